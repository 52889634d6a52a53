"""CKV_OCPI_7: no body reaches the OCPI service unvalidated because of its content type."""

from typing import Any

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

_WITH_BODY = frozenset({"POST", "PUT", "PATCH", "ANY"})


class EveryContentTypeIsValidated(BaseResourceCheck):
    """A body of a content type that no model names is let pass, unless a model is for `$default`.

    API Gateway Developer Guide, request validation for REST APIs.
    """

    def __init__(self) -> None:
        super().__init__(
            name="Ensure methods of the OCPI API validate bodies of every content type ($default)",
            id="CKV_OCPI_7",
            categories=[CheckCategories.NETWORKING],
            supported_resources=["aws_api_gateway_method"],
        )

    def scan_resource_conf(self, conf: dict[str, list[Any]]) -> CheckResult:
        """Passes with a validator and a model for `$default`; a method that takes no body is left out."""
        if conf.get("http_method", [None])[0] not in _WITH_BODY:
            return CheckResult.UNKNOWN
        models = (conf.get("request_models") or [{}])[0] or {}
        validated = conf.get("request_validator_id") not in (None, [None], [""])
        return CheckResult.PASSED if validated and "$default" in models else CheckResult.FAILED


check = EveryContentTypeIsValidated()
