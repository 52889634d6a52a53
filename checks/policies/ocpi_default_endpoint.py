"""CKV_OCPI_3: the default execute-api endpoint is closed, so that the domain with its TLS policy is the only way in."""

from typing import Any

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck


class DefaultEndpointClosed(BaseResourceCheck):
    """`disable_execute_api_endpoint` of REST, HTTP and WebSocket APIs."""

    def __init__(self) -> None:
        super().__init__(
            name="Ensure the default endpoint of the OCPI API is disabled",
            id="CKV_OCPI_3",
            categories=[CheckCategories.NETWORKING],
            supported_resources=["aws_api_gateway_rest_api", "aws_apigatewayv2_api"],
        )

    def scan_resource_conf(self, conf: dict[str, list[Any]]) -> CheckResult:
        """Fails where it is not set: the default is open."""
        closed = conf.get("disable_execute_api_endpoint") in ([True], ["true"])
        return CheckResult.PASSED if closed else CheckResult.FAILED


check = DefaultEndpointClosed()
