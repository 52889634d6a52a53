"""CKV_OCPI_5: every stage writes access logs."""

from typing import Any

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck


class StageWritesAccessLogs(BaseResourceCheck):
    """A destination and a format: without a format, there is no line to write."""

    def __init__(self) -> None:
        super().__init__(
            name="Ensure every stage of the OCPI API writes access logs",
            id="CKV_OCPI_5",
            categories=[CheckCategories.LOGGING],
            supported_resources=["aws_api_gateway_stage", "aws_apigatewayv2_stage"],
        )

    def scan_resource_conf(self, conf: dict[str, list[Any]]) -> CheckResult:
        """Fails where destination or format is missing or empty."""
        settings = (conf.get("access_log_settings") or [{}])[0] or {}
        said = all(settings.get(name) not in (None, [], [""], [None]) for name in ("destination_arn", "format"))
        return CheckResult.PASSED if said else CheckResult.FAILED


check = StageWritesAccessLogs()
