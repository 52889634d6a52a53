"""CKV_OCPI_6: every plan and every stage that can have a rate of its own has one."""

from typing import Any

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

# Where each type keeps its rate, as AWS names it in the API Gateway Developer Guide, throttling of requests.
_BLOCKS = {
    "aws_api_gateway_usage_plan": ("throttle_settings", "rate_limit", "burst_limit"),
    "aws_api_gateway_method_settings": ("settings", "throttling_rate_limit", "throttling_burst_limit"),
    "aws_apigatewayv2_stage": ("default_route_settings", "throttling_rate_limit", "throttling_burst_limit"),
}


class StageIsThrottled(BaseResourceCheck):
    """Without a rate, one partner may use up what the whole account has; 0 refuses everybody, -1 is no limit."""

    def __init__(self) -> None:
        super().__init__(
            name="Ensure the OCPI API's usage plans, REST methods and HTTP stages have a rate and a burst limit",
            id="CKV_OCPI_6",
            categories=[CheckCategories.NETWORKING],
            supported_resources=list(_BLOCKS),
        )

    def scan_resource_conf(self, conf: dict[str, list[Any]]) -> CheckResult:
        """Fails where the rate or the burst is missing or no limit; settings of single methods are not the stage's."""
        if self.entity_type == "aws_api_gateway_method_settings" and conf.get("method_path") != ["*/*"]:
            return CheckResult.UNKNOWN
        block, *names = _BLOCKS[self.entity_type]
        self.evaluated_keys = [f"{block}/[0]/{name}" for name in names]
        settings = (conf.get(block) or [{}])[0] or {}
        values = [_first(settings.get(name)) for name in names] if isinstance(settings, dict) else [settings]
        if any(isinstance(value, str) for value in values):
            return CheckResult.UNKNOWN  # not known yet
        limited = all(isinstance(value, int | float) and value > 0 for value in values)
        return CheckResult.PASSED if limited else CheckResult.FAILED


def _first(held: object) -> object:
    return held[0] if isinstance(held, list) and held else held


check = StageIsThrottled()
