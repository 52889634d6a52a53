"""CKV_OCPI_10: logs outlive a dispute, and end."""

from typing import Any

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

# The window of the check `cloud-logs-retention-in-window`, here once more because Checkov loads this file alone.
_SHORTEST_DAYS = 365  # Security Hub control CloudWatch.16; PCI DSS 4.0, 10.5.1
_LONGEST_DAYS = 3653  # ten years, the longest duty to keep accounting records (German AO 147 (3))


class LogsAreKeptInWindow(BaseResourceCheck):
    """Nothing set, and 0, is for ever."""

    def __init__(self) -> None:
        super().__init__(
            name="Ensure logs of the OCPI deployment are kept for a year at least and ten at most",
            id="CKV_OCPI_10",
            categories=[CheckCategories.LOGGING],
            supported_resources=["aws_cloudwatch_log_group"],
        )

    def scan_resource_conf(self, conf: dict[str, list[Any]]) -> CheckResult:
        """Passes inside the window; a number that is not known yet is not judged."""
        self.evaluated_keys = ["retention_in_days"]
        held = (conf.get("retention_in_days") or [0])[0] or 0
        if not isinstance(held, int | float):
            return CheckResult.UNKNOWN
        return CheckResult.PASSED if _SHORTEST_DAYS <= held <= _LONGEST_DAYS else CheckResult.FAILED


check = LogsAreKeptInWindow()
