"""CKV_OCPI_1: the host that partners call negotiates TLS 1.2 or newer."""

from typing import Any

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

_NEW_ENOUGH = ("TLS_1_2", "SecurityPolicy_TLS12_", "SecurityPolicy_TLS13_1_2_", "SecurityPolicy_TLS13_1_3_")
_DOMAIN = "aws_api_gateway_domain_name"


class DomainNegotiatesTls12(BaseResourceCheck):
    """Reads `security_policy` of REST domains and of the configuration block of HTTP and WebSocket domains."""

    def __init__(self) -> None:
        super().__init__(
            name="Ensure the API Gateway domain of OCPI negotiates TLS 1.2 or newer",
            id="CKV_OCPI_1",
            categories=[CheckCategories.NETWORKING],
            supported_resources=[_DOMAIN, "aws_apigatewayv2_domain_name"],
        )

    def scan_resource_conf(self, conf: dict[str, list[Any]]) -> CheckResult:
        """Fails where the version is older, or is left to a default."""
        block = conf if self.entity_type == _DOMAIN else (conf.get("domain_name_configuration") or [{}])[0]
        policy = (block.get("security_policy") or [None])[0]
        return CheckResult.PASSED if str(policy).startswith(_NEW_ENOUGH) else CheckResult.FAILED


check = DomainNegotiatesTls12()
