"""CKV_OCPI_11: the firewall keeps no samples of requests, which would show the credentials token."""

from typing import Any

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck


class NoSampledRequests(BaseResourceCheck):
    """Samples hold every header for three hours; redaction is for logs only (AWS WAF Developer Guide, sampling)."""

    def __init__(self) -> None:
        super().__init__(
            name="Ensure the web ACL of the OCPI API keeps no sampled requests (they show the Authorization header)",
            id="CKV_OCPI_11",
            categories=[CheckCategories.SECRETS],
            supported_resources=["aws_wafv2_web_acl"],
        )

    def scan_resource_conf(self, conf: dict[str, list[Any]]) -> CheckResult:
        """Fails where the ACL or one of its rules samples; it has to be said for each."""
        settings = [conf.get("visibility_config"), *(one.get("visibility_config") for one in _rules(conf))]
        silent = all(_is_off(one) for one in settings)
        return CheckResult.PASSED if silent else CheckResult.FAILED


def _rules(conf: dict[str, list[Any]]) -> list[dict[str, Any]]:
    held: list[Any] = conf.get("rule") or []
    flat = [one for item in held for one in (item if isinstance(item, list) else [item])]
    return [one for one in flat if isinstance(one, dict)]


def _is_off(block: object) -> bool:
    inner = block[0] if isinstance(block, list) and block else block
    said = inner.get("sampled_requests_enabled") if isinstance(inner, dict) else None
    return said in (False, [False], "false", ["false"])


check = NoSampledRequests()
