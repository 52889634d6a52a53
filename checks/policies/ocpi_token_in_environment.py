"""CKV_OCPI_4: no credentials token stands in a function's environment variables."""

import re
from typing import Any

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

# The rules of the check `cloud-secrets-not-in-environment`, here once more because Checkov loads this file alone.
_SECRET_NAME = re.compile(
    r"TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|(API|ACCESS|PRIVATE|SIGNING|AUTH|MASTER|SHARED|HMAC)_?KEY|CREDENTIAL"
    r"|(^|_)(PASS|PWD)($|_)|(?-i:[a-z](Pass|Pwd)($|[A-Z]))",
    re.IGNORECASE,
)
_POINTS_TO = re.compile(r"(^|_)(ARN|NAME|PATH|PREFIX|TABLE|SPEC)$|(?-i:[a-z]Spec)$", re.IGNORECASE)
_ADDRESS = re.compile(r"(^|_)(URL|URI|ENDPOINT)$", re.IGNORECASE)
_LIFETIME = re.compile(r"(^|_)(TTL|SECONDS|MINUTES|HOURS|DAYS)$", re.IGNORECASE)
_REFERENCE = re.compile(r"arn:aws[\w-]*:[\w-]+:\S+|/?[\w.-]+(/[\w.-]+)*/?")
_PART = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d.*\d)\S{12,}")  # no word of a path: letters and digits mixed
_TERRAFORM = re.compile(r"\$?\{?aws_\w+\.[\w.\[\]-]+\}?")  # another resource's attribute, not known yet
_PLAIN_URL = re.compile(r"https?://[^@?#\s]+")
_VALUES = (
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),  # RFC 7468
    # A password in a URL, RFC 3986 3.2.1; looked for where a scheme begins, not at each letter of a long text.
    re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}://[^/\s:@]*:[^/\s@]+@", re.IGNORECASE),
    re.compile(r"https?://[^/\s@]+@", re.IGNORECASE),  # a token in place of the user
    re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"),  # JWT, RFC 7519
    re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"),  # access key id, IAM User Guide
    re.compile(r"^(?=\S*[a-z])(?=\S*[A-Z])(?=\S*\d)[A-Za-z0-9/+]{40}$"),  # secret access key, in its own form
    re.compile(r"^(Token|Bearer|Basic)\s+\S{8,}$", re.IGNORECASE),  # a whole Authorization header
)
_SECRET_VALUE = "[secret]"  # what Pulumi writes in place of a secret


def names_secret(name: str) -> bool:
    """True for a name under which a secret is to be expected, and not only what points to one."""
    return bool(_SECRET_NAME.search(name)) and not _POINTS_TO.search(name)


def is_secret(name: str, value: object) -> bool:
    """True for a value that Pulumi holds secret, that has the form of a secret, or stands under a secret's name."""
    if value == _SECRET_VALUE:
        return True
    if not isinstance(value, str) or not value or _TERRAFORM.fullmatch(value):
        return False
    if any(form.search(value) for form in _VALUES):
        return True
    return names_secret(name) and not _only_points(name, value)


def _only_points(name: str, value: str) -> bool:
    if _REFERENCE.fullmatch(value) and (value.startswith("arn:") or "/" in value):
        return value.startswith("arn:") or not any(map(_PART.fullmatch, value.split("/")))
    if _ADDRESS.search(name):
        return bool(_PLAIN_URL.fullmatch(value))
    return bool(_LIFETIME.search(name)) and value.isdigit()


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
        """Fails where a variable holds a secret; one that is not known before a deployment is not in a plan."""
        environment = (conf.get("environment") or [{}])[0] or {}
        variables = (environment.get("variables") or [{}])[0] or {}
        values = {name: held[0] if isinstance(held, list) and held else held for name, held in variables.items()}
        secret = any(is_secret(name, value) for name, value in values.items())
        return CheckResult.FAILED if secret else CheckResult.PASSED


check = NoTokenInEnvironment()
