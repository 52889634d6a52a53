"""What an OpenAPI body declares, as the resources that would declare the same one by one.

API Gateway Developer Guide, OpenAPI extensions. The rules on methods, routes, authorisers, validators, models and
integrations judge these as they judge any others.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from checks.resource_graph import types as aws
from checks.resource_graph.openapi_document import document_of, operations, resolved
from checks.resource_graph.openapi_security import AUTHORISER, guarded, schemes
from scanner.model.resource import UNKNOWN, CloudValue, Resource

_REST_AUTHORISER: Final = "aws:apigateway/authorizer:Authorizer"
_HTTP_AUTHORISER: Final = "aws:apigatewayv2/authorizer:Authorizer"
_VALIDATOR: Final = "aws:apigateway/requestValidator:RequestValidator"
_MODEL: Final = "aws:apigateway/model:Model"
_INTEGRATION: Final = "x-amazon-apigateway-integration"
_VALIDATES: Final = "x-amazon-apigateway-request-validator"
_DEFAULT_ROUTE: Final = "/$default"


def resources_in(api: Resource) -> tuple[Resource, ...] | None:
    """Everything that the body of an API declares; None where the body cannot be read."""
    document = document_of(api.get("body"))
    if document is None:
        return None
    body = _Rest(api, document) if api.token == aws.REST_API else _Http(api, document)
    return tuple({one.urn: one for one in body.all()}.values())


@dataclass(frozen=True, slots=True)
class _Body:
    """The document of one API; `api_property` is the word by which its parts name the API."""

    api: Resource
    document: Mapping[str, Any]

    def made(self, token: str, name: str, inputs: Mapping[str, Any], **refers: str) -> Resource:
        """A resource inside the body: beneath the API, at its line; `refers` gives URNs by property."""
        inner = {key: value for key, value in inputs.items() if value is not None}
        return Resource(
            urn=self.urn(name),
            token=token,
            name=f"{self.api.name}/{name}",
            stack=self.api.stack,
            inputs=inner,
            depends_on_by_property={key: (urn,) for key, urn in sorted(refers.items()) if urn},
            parent=self.api.urn,
            provider=self.api.provider,
            position=self.api.position,
        )

    def urn(self, name: str) -> str:
        return f"{self.api.urn}/{name}"

    def guarding(self) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
        """(name, scheme, authoriser)."""
        for name, scheme in schemes(self.document).items():
            given = scheme.get(AUTHORISER)
            if isinstance(given, Mapping):
                yield name, scheme, given


class _Rest(_Body):
    """A REST API."""

    def all(self) -> Iterator[Resource]:
        """Authorisers, validators, models; and for each operation its place, method and integration."""
        yield from self._authorisers()
        yield from self._validators()
        yield from self._models()
        for path, method, operation in operations(self.document):
            above = self.api.urn
            for depth, part in enumerate(parts := _parts(path), start=1):
                place = "resource /" + "/".join(parts[:depth])
                yield self.made(aws.REST_RESOURCE, place, {"pathPart": part}, restApi=self.api.urn, parentId=above)
                above = self.urn(place)
            yield self._method(path, method, operation, above)
            yield from self._integration(path, method, operation, above)

    def _method(self, path: str, method: str, operation: Mapping[str, Any], place: str) -> Resource:
        guard = guarded(self.document, operation)
        validator = operation.get(_VALIDATES, self.document.get(_VALIDATES))
        known = isinstance(validator, str) and validator in self._given("x-amazon-apigateway-request-validators")
        inputs = {
            "httpMethod": method,
            "authorization": guard.authorization,
            "authorizerId": UNKNOWN if guard.scheme else None,
            "apiKeyRequired": guard.api_key,
            "requestValidatorId": UNKNOWN if validator is not None else None,
            "requestModels": self._models_of(operation) or None,
        }
        refers = {
            "authorizerId": self.urn(f"authoriser {guard.scheme}") if guard.scheme else "",
            "requestValidatorId": self.urn(f"validator {validator}") if known else "",
        }
        return self.made(aws.REST_METHOD, f"{method} {path}", inputs, restApi=self.api.urn, resourceId=place, **refers)

    def _integration(self, path: str, method: str, operation: Mapping[str, Any], place: str) -> Iterator[Resource]:
        given = resolved(self.document, operation.get(_INTEGRATION))
        if not given:
            return
        inputs = {
            "httpMethod": method,
            "type": _capitals(given.get("type")),
            "passthroughBehavior": _capitals(given.get("passthroughBehavior")),
            **{name: given.get(name) for name in ("uri", "connectionId", "integrationTarget", "requestTemplates")},
            **{name: given.get(name) for name in ("connectionType", "tlsConfig", "credentials")},
        }
        name = f"integration {method} {path}"
        yield self.made(aws.REST_INTEGRATION, name, inputs, restApi=self.api.urn, resourceId=place)

    def _authorisers(self) -> Iterator[Resource]:
        for name, scheme, given in self.guarding():
            kind = str(given.get("type")).upper()
            header = f"method.request.header.{scheme.get('name')}" if kind == "TOKEN" and scheme.get("name") else None
            inputs = {
                "type": kind,
                "identitySource": given.get("identitySource", header),
                **{key: given.get(key) for key in ("authorizerUri", "authorizerCredentials")},
                **{key: given.get(key) for key in ("identityValidationExpression", "authorizerResultTtlInSeconds")},
            }
            yield self.made(_REST_AUTHORISER, f"authoriser {name}", inputs, restApi=self.api.urn)

    def _validators(self) -> Iterator[Resource]:
        for name, given in self._given("x-amazon-apigateway-request-validators").items():
            if isinstance(given, Mapping):
                yield self.made(_VALIDATOR, f"validator {name}", given, restApi=self.api.urn)

    def _models(self) -> Iterator[Resource]:
        components = self.document.get("components")
        three = components.get("schemas") if isinstance(components, Mapping) else None
        found = {**self._given("definitions"), **(three if isinstance(three, Mapping) else {})}
        for name, schema in found.items():
            inputs = {"name": name, "schema": _text(schema), "contentType": "application/json"}
            yield self.made(_MODEL, f"model {name}", inputs, restApi=self.api.urn)

    def _models_of(self, operation: Mapping[str, Any]) -> Mapping[str, CloudValue]:
        """By content type the name of the model; `UNKNOWN` for a schema without a name, which is one."""
        content = resolved(self.document, operation.get("requestBody")).get("content")
        found = {
            str(kind): one.get("schema")
            for kind, one in (content.items() if isinstance(content, Mapping) else ())
            if isinstance(one, Mapping)
        }
        parameters = operation.get("parameters")
        for one in parameters if isinstance(parameters, list | tuple) else ():
            parameter = resolved(self.document, one)
            if parameter.get("in") == "body":
                kinds = operation.get("consumes") or self.document.get("consumes") or ("application/json",)
                found |= {
                    str(kind): parameter.get("schema") for kind in (kinds if isinstance(kinds, list | tuple) else ())
                }
        return {kind: _named(schema) for kind, schema in found.items() if isinstance(schema, Mapping) and schema}

    def _given(self, name: str) -> Mapping[str, Any]:
        value = self.document.get(name)
        return value if isinstance(value, Mapping) else {}


class _Http(_Body):
    """An HTTP API, whose routes are keys."""

    def all(self) -> Iterator[Resource]:
        """Authorisers, and for each operation its route and integration."""
        for name, scheme, given in self.guarding():
            yield self._authoriser(name, scheme, given)
        for path, method, operation in operations(self.document):
            key = "$default" if path == _DEFAULT_ROUTE else f"{method} {path}"
            guard = guarded(self.document, operation)
            inputs = {
                "routeKey": key,
                "authorizationType": guard.authorization,
                "authorizerId": UNKNOWN if guard.scheme else None,
                "apiKeyRequired": guard.api_key,
            }
            by = self.urn(f"authoriser {guard.scheme}") if guard.scheme else ""
            yield self.made(aws.HTTP_ROUTE, key, inputs, apiId=self.api.urn, authorizerId=by)
            given = resolved(self.document, operation.get(_INTEGRATION))
            if given:
                yield self.made(aws.HTTP_INTEGRATION, f"integration {key}", _target(given), apiId=self.api.urn)

    def _authoriser(self, name: str, scheme: Mapping[str, Any], given: Mapping[str, Any]) -> Resource:
        sources = given.get("identitySource")
        inputs = {
            "authorizerType": "JWT" if str(given.get("type")).lower() == "jwt" else "REQUEST",
            "identitySources": tuple(sources.split(",")) if isinstance(sources, str) else sources,
            "authorizerUri": given.get("authorizerUri"),
            "authorizerCredentialsArn": given.get("authorizerCredentials"),
            "authorizerResultTtlInSeconds": given.get("authorizerResultTtlInSeconds"),
            "name": scheme.get("name"),
        }
        return self.made(_HTTP_AUTHORISER, f"authoriser {name}", inputs, apiId=self.api.urn)


def _target(given: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "integrationType": _capitals(given.get("type")),
        "integrationUri": given.get("uri"),
        **{name: given.get(name) for name in ("connectionId", "connectionType", "tlsConfig")},
    }


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _capitals(value: Any) -> CloudValue:  # noqa: ANN401 - JSON
    return value.upper() if isinstance(value, str) else value


def _named(schema: Mapping[str, Any]) -> CloudValue:
    reference = schema.get("$ref")
    return reference.rpartition("/")[2] if isinstance(reference, str) else UNKNOWN


def _text(schema: Any) -> CloudValue:  # noqa: ANN401 - JSON
    try:
        return json.dumps(schema)
    except (TypeError, ValueError, RecursionError):
        return UNKNOWN
