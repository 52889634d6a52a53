"""CKV_OCPI_4: no credentials token stands in a function's environment variables."""

import re
from typing import Any

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

_SECRET_NAME = re.compile(r"TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|CREDENTIAL|PRIVATE_?KEY", re.IGNORECASE)
_POINTS_TO = re.compile(r"ARN|NAME|_ID\b|URL|PATH|PREFIX|TABLE|TTL|SECONDS|DAYS|HEADER", re.IGNORECASE)
_REFERENCE = re.compile(r"arn:|https?://|/|aws_\w+\.|[a-z0-9_.-]+(/[a-z0-9_.-]*)+$")
_SECRET_VALUE = "[secret]"  # what Pulumi writes in place of a secret


def is_secret(name: str, value: object) -> bool:
    """True for a value that Pulumi holds secret, or text under a secret's name that does not only point to one."""
    if value == _SECRET_VALUE:
        return True
    pointer = _POINTS_TO.search(name) or (isinstance(value, str) and _REFERENCE.match(value))
    return bool(_SECRET_NAME.search(name)) and isinstance(value, str) and bool(value) and not pointer


class NoTokenInEnvironment(BaseResourceCheck):
    """Whoever may read the function's configuration reads its variables."""

    def __init__(self) -> None:
        super().__init__(
            name="Ensure no OCPI credentials token is in a Lambda environment variable",
            id="CKV_OCPI_4",
            categories=[CheckCategories.SECRETS],
            supported_resources=["aws_lambda_function"],
        )

    def scan_resource_conf(self, conf: dict[str, list[Any]]) -> CheckResult:
        """Fails on the first variable that holds a secret."""
        environment = (conf.get("environment") or [{}])[0] or {}
        variables = (environment.get("variables") or [{}])[0] or {}
        values = {name: held[0] if isinstance(held, list) and held else held for name, held in variables.items()}
        secret = any(is_secret(name, value) for name, value in values.items())
        return CheckResult.FAILED if secret else CheckResult.PASSED


check = NoTokenInEnvironment()
