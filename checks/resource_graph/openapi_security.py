"""Who may call an operation of an OpenAPI document, as API Gateway reads it: schemes, authorisers, API keys.

API Gateway Developer Guide, OpenAPI extensions: `x-amazon-apigateway-authorizer`, `-authtype` and `-auth`.
"""

from collections.abc import Mapping
from typing import Any, Final

from checks.resource_graph.openapi_document import resolved
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import UNKNOWN, CloudValue

AUTHORISER: Final = "x-amazon-apigateway-authorizer"
_KINDS: Final = {
    "token": "CUSTOM",
    "request": "CUSTOM",
    "cognito_user_pools": "COGNITO_USER_POOLS",
    "jwt": "JWT",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """`authorization` in API Gateway's words, `UNKNOWN` where the document does not decide it."""

    authorization: CloudValue
    scheme: str = ""
    api_key: CloudValue = False


def schemes(document: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Security schemes by name, in OpenAPI 3 and in Swagger 2."""
    components = document.get("components")
    three = components.get("securitySchemes") if isinstance(components, Mapping) else None
    found = {**_objects(document.get("securityDefinitions")), **_objects(three)}
    return {str(name): resolved(document, one) for name, one in found.items()}


def guarded(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Guarded:
    """What the operation asks for by itself; what only the document asks for as a whole is left undecided."""
    method = operation.get("x-amazon-apigateway-auth")
    if isinstance(method, Mapping) and str(method.get("type")).upper() == "AWS_IAM":
        return Guarded(authorization="AWS_IAM")
    if "security" not in operation:
        return Guarded(authorization=UNKNOWN if document.get("security") else "NONE")
    asked = operation["security"]
    if not isinstance(asked, list | tuple) or not all(isinstance(one, Mapping) for one in asked):
        return Guarded(authorization=UNKNOWN)
    names = [str(name) for one in asked for name in one]
    known = schemes(document)
    if any(name not in known for name in names) or (names and any(not one for one in asked)):
        return Guarded(authorization=UNKNOWN)
    kinds = {name: _kind(known[name]) for name in names}
    by = next((name for name, kind in kinds.items() if kind not in ("NONE", "KEY")), "")
    undecided = UNKNOWN in kinds.values() or (len(asked) > 1 and len(set(kinds.values())) > 1)
    if undecided:
        return Guarded(authorization=UNKNOWN, api_key=UNKNOWN)
    return Guarded(authorization=kinds.get(by, "NONE"), scheme=by, api_key="KEY" in kinds.values())


def _kind(scheme: Mapping[str, Any]) -> CloudValue:
    """What a scheme means to API Gateway; one without its extensions is documentation, and guards nothing."""
    if str(scheme.get("x-amazon-apigateway-authtype")).lower() == "awssigv4":
        return "AWS_IAM"
    given = scheme.get(AUTHORISER)
    if isinstance(given, Mapping):
        return _KINDS.get(str(given.get("type")).lower(), UNKNOWN)
    is_key = scheme.get("type") == "apiKey" and str(scheme.get("name")).lower() == "x-api-key"
    return "KEY" if is_key else "NONE"


def _objects(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
