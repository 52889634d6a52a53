"""CKV_OCPI_2: no function URL lets the internet past the gateway and its firewall."""

from typing import Any

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck


class NoOpenFunctionUrl(BaseResourceCheck):
    """Only `AWS_IAM` refuses a stranger; a missing type is refused by AWS itself."""

    def __init__(self) -> None:
        super().__init__(
            name="Ensure no Lambda function URL answers without authentication, around the OCPI gateway",
            id="CKV_OCPI_2",
            categories=[CheckCategories.NETWORKING],
            supported_resources=["aws_lambda_function_url"],
        )

    def scan_resource_conf(self, conf: dict[str, list[Any]]) -> CheckResult:
        """Passes with `AWS_IAM` alone."""
        passed = conf.get("authorization_type") == ["AWS_IAM"]
        return CheckResult.PASSED if passed else CheckResult.FAILED


check = NoOpenFunctionUrl()
