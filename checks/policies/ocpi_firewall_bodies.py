"""CKV_OCPI_8: the firewall neither refuses real OCPI objects nor lets what it does not read pass."""

from collections.abc import Iterator
from typing import Any

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

_CORE_RULES = "AWSManagedRulesCommonRuleSet"
_BODY_RULE = "SizeRestrictions_BODY"  # refuses bodies above 8 KB: locations and CDRs are larger
_MOST = "KB_64"  # that AWS WAF reads of a body; 16 KB unless told otherwise


class FirewallReadsWholeBodies(BaseResourceCheck):
    """AWS WAF Developer Guide: baseline rule groups, and handling of oversize request components."""

    def __init__(self) -> None:
        super().__init__(
            name="Ensure the web ACL reads OCPI bodies whole and does not refuse them for 8 KB",
            id="CKV_OCPI_8",
            categories=[CheckCategories.NETWORKING],
            supported_resources=["aws_wafv2_web_acl"],
        )

    def scan_resource_conf(self, conf: dict[str, list[Any]]) -> CheckResult:
        """Fails with the core rules' own limit in force, or with less read than AWS WAF can."""
        if conf.get("scope") == ["CLOUDFRONT"]:
            return CheckResult.UNKNOWN
        said = [one for one in _below(conf.get("association_config")) if "default_size_inspection_limit" in one]
        limits = {str(_first(one["default_size_inspection_limit"])) for one in said}
        refused = any(_refuses(one) for one in _below(conf.get("rule")) if _first(one.get("name")) == _CORE_RULES)
        return CheckResult.PASSED if limits == {_MOST} and not refused else CheckResult.FAILED


def _refuses(group: dict[str, Any]) -> bool:
    """True unless the rule on bodies is overridden (it then counts, or allows), or left out."""
    overridden = {_first(one.get("name")) for one in _below(group) if one is not group}
    return _BODY_RULE not in overridden


def _first(held: object) -> object:
    return held[0] if isinstance(held, list) and held else held


def _below(value: object) -> Iterator[dict[str, Any]]:
    """Every object inside, in whatever blocks."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _below(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _below(inner)


check = FirewallReadsWholeBodies()
