"""CKV_OCPI_9: a revoked token is refused within minutes."""

from typing import Any

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

_LONGEST_S = 300  # for as long a token that was revoked still opens the door; what AWS has by itself
_REST = "aws_api_gateway_authorizer"
_DEFAULTS_S = {_REST: 300, "aws_apigatewayv2_authorizer": 0}  # API Gateway API references, version 1 and 2


class AuthoriserForgetsSoon(BaseResourceCheck):
    """How long the gateway keeps an authoriser's answer, which nobody can take back."""

    def __init__(self) -> None:
        super().__init__(
            name="Ensure the OCPI API's authorisers keep an answer for five minutes at most",
            id="CKV_OCPI_9",
            categories=[CheckCategories.IAM],
            supported_resources=list(_DEFAULTS_S),
        )

    def scan_resource_conf(self, conf: dict[str, list[Any]]) -> CheckResult:
        """Fails above the limit, which is also AWS's default for REST APIs."""
        if conf.get("type") == ["COGNITO_USER_POOLS"] or conf.get("authorizer_type") == ["JWT"]:
            return CheckResult.UNKNOWN
        self.evaluated_keys = ["authorizer_result_ttl_in_seconds"]
        held = (conf.get("authorizer_result_ttl_in_seconds") or [None])[0]
        seconds = _DEFAULTS_S[self.entity_type] if held is None else held
        if not isinstance(seconds, int | float):
            return CheckResult.UNKNOWN  # not known yet
        return CheckResult.PASSED if seconds <= _LONGEST_S else CheckResult.FAILED


check = AuthoriserForgetsSoon()
