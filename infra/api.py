"""The gateway: a regional REST API whose methods validate, ask the authoriser, and hand over to the service.

It has a route for what the contracts name, and none for anything else. What stands behind it: `infra/upstream.py`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra.api_methods import VALIDATED_CONTENT_TYPES, model_name, model_schema
from infra.contracts import Partner
from infra.domain import OLD_TLS_POLICY, TLS_POLICY
from infra.function import Function
from infra.naming import physical_name
from infra.newer_arguments import known, with_the_others
from infra.routes import ROOT, Route, routes
from infra.upstream import Handover, Upstream
from infra.weaknesses import Weakness


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiArgs:
    """`authoriser_cache_s`: how long a revoked token may still pass."""

    environment: str
    partners: Sequence[Partner]
    upstream: Upstream
    authoriser: Function
    authoriser_cache_s: int
    weaknesses: frozenset[Weakness] = frozenset()


# What the gateway answers by itself: HTTP status, where it is not the kind's own, and OCPI's (2001: wrong parameters).
REFUSALS: Final[Mapping[str, tuple[str | None, int]]] = {
    "UNAUTHORIZED": ("401", 2001),
    "BAD_REQUEST_BODY": (None, 2001),
    "BAD_REQUEST_PARAMETERS": (None, 2001),
    "DEFAULT_4XX": (None, 2000),
    "DEFAULT_5XX": (None, 3000),
}
# With each of them; a policy without sources lets a browser load and frame nothing, and needs no quotes within quotes.
_PROTECTIVE: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src; frame-ancestors",
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=63072000",
}
_AN_HOUR_S: Final = 3600  # by a weakness only
_IN_A_DEPLOYMENT: Final = frozenset(
    {
        Weakness.NO_AUTHORISER,
        Weakness.NO_REQUEST_VALIDATION,
        Weakness.UNKNOWN_FIELDS_REFUSED,
        Weakness.OTHER_CONTENT_TYPES,
        Weakness.UNCOUNTED_METHODS,
    }
)


class Api(pulumi.ComponentResource):
    """REST API below `/ocpi`; `deployment` is made last and again whenever anything of it changes."""

    def __init__(self, name: str, args: ApiArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Api", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self.rest = self._rest()
        self._paths: dict[tuple[str, ...], aws.apigateway.Resource] = {}
        self._routes = self._all_routes()
        self._authorizer = self._authoriser()
        self._validators = {has_body: self._validator(has_body=has_body) for has_body in (False, True)}
        self._models: dict[str, aws.apigateway.Model] = {}
        parts = [part for route in self._routes for part in self._method(route)]
        self.deployment = self._deploy([*parts, *self._responses()])
        args.upstream.admit(self._execution_arn("*/*/ocpi/*"))
        self.register_outputs({"id": self.rest.id})

    def _rest(self) -> aws.apigateway.RestApi:
        old = Weakness.OLD_TLS in self._args.weaknesses
        # a domain is served with the policy of the API behind it, whose default is TLS 1.0
        negotiated = {
            "security_policy": OLD_TLS_POLICY if old else TLS_POLICY,
            "endpoint_access_mode": None if old else "STRICT",
        }
        return aws.apigateway.RestApi(
            "ocpi",
            name=physical_name(self._args.environment, "api"),
            description="OCPI for roaming partners",
            endpoint_configuration={"types": "REGIONAL", "ip_address_type": "ipv4"},
            # partners come through the custom domain, where the TLS policy is
            disable_execute_api_endpoint=Weakness.DEFAULT_ENDPOINT_OPEN not in self._args.weaknesses,
            # the authoriser names the partner's key; partners never hold it
            api_key_source="AUTHORIZER",
            **known(aws.apigateway.RestApi, negotiated),
            opts=with_the_others(self._own, aws.apigateway.RestApi, negotiated),
        )

    def _all_routes(self) -> tuple[Route, ...]:
        found = routes(self._args.partners)
        if Weakness.CATCH_ALL_ROUTE in self._args.weaknesses:
            return (*found, Route(path=(ROOT, "{proxy+}"), verb="ANY"))
        return found

    def _path(self, path: tuple[str, ...]) -> aws.apigateway.Resource:
        """The resource of a path, which is made with all above it when it is first asked for."""
        if path not in self._paths:
            above = self._path(path[:-1]).id if len(path) > 1 else self.rest.root_resource_id
            self._paths[path] = aws.apigateway.Resource(
                "-".join(part.strip("{+}") for part in path),
                rest_api=self.rest.id,
                parent_id=above,
                path_part=path[-1],
                opts=self._own,
            )
        return self._paths[path]

    def _authoriser(self) -> aws.apigateway.Authorizer:
        function = self._args.authoriser
        authorizer = aws.apigateway.Authorizer(
            "partners",
            rest_api=self.rest.id,
            name="partners",
            type="REQUEST",
            # a request without the header is answered 401 by the gateway itself
            identity_source="method.request.header.Authorization",
            authorizer_uri=function.function.invoke_arn,
            authorizer_result_ttl_in_seconds=_AN_HOUR_S
            if Weakness.LONG_MEMORY in self._args.weaknesses
            else self._args.authoriser_cache_s,
            opts=self._own,
        )
        function.allow_invocation(
            "gateway-authoriser",
            "apigateway.amazonaws.com",
            pulumi.Output.concat(self.rest.execution_arn, "/authorizers/", authorizer.id),
        )
        return authorizer

    def _validator(self, *, has_body: bool) -> aws.apigateway.RequestValidator:
        name = "parameters-and-body" if has_body else "parameters"
        return aws.apigateway.RequestValidator(
            name,
            rest_api=self.rest.id,
            name=name,
            validate_request_parameters=True,
            validate_request_body=has_body,
            opts=self._own,
        )

    @property
    def _content_types(self) -> tuple[str, ...]:
        return VALIDATED_CONTENT_TYPES[: 1 if Weakness.OTHER_CONTENT_TYPES in self._args.weaknesses else None]

    def _model(self, body: str) -> aws.apigateway.Model:
        """What bodies of that name have to fit, made when it is first asked for."""
        if body not in self._models:
            self._models[body] = aws.apigateway.Model(
                body or "object",
                rest_api=self.rest.id,
                name=model_name(body),
                content_type="application/json",
                schema=model_schema(body, closed=Weakness.UNKNOWN_FIELDS_REFUSED in self._args.weaknesses),
                opts=self._own,
            )
        return self._models[body]

    def _method(self, route: Route) -> tuple[pulumi.Resource, pulumi.Resource]:
        weak = self._args.weaknesses
        declared = aws.apigateway.Method(
            route.name,
            rest_api=self.rest.id,
            resource_id=self._path(route.path).id,
            http_method=route.verb,
            authorization="NONE" if Weakness.NO_AUTHORISER in weak else "CUSTOM",
            authorizer_id=None if Weakness.NO_AUTHORISER in weak else self._authorizer.id,
            api_key_required=Weakness.UNCOUNTED_METHODS not in weak,
            request_validator_id=None
            if Weakness.NO_REQUEST_VALIDATION in weak
            else self._validators[route.has_body].id,
            request_parameters={
                "method.request.header.Authorization": True,
                **{f"method.request.path.{part.strip('{+}')}": True for part in route.path if part.startswith("{")},
            },
            request_models=dict.fromkeys(self._content_types, self._model(route.body).name) if route.has_body else None,
            opts=self._own,
        )
        return declared, self._integration(route, declared.http_method)

    def _integration(self, route: Route, verb: pulumi.Input[str]) -> aws.apigateway.Integration:
        given: Handover = self._args.upstream.handover(route)
        return aws.apigateway.Integration(
            route.name,
            rest_api=self.rest.id,
            resource_id=self._path(route.path).id,
            http_method=verb,
            type=given.type,
            integration_http_method=given.verb,
            uri=given.uri,
            connection_type=None if given.link is None else "VPC_LINK",
            connection_id=given.link,
            integration_target=given.balancer,
            request_parameters=given.parameters,
            tls_config={"insecure_skip_verification": True} if given.unverified else None,
            opts=self._own,
        )

    def _responses(self) -> list[aws.apigateway.Response]:
        """What the gateway answers by itself says nothing about it, is never stored, and shows in no browser."""
        protective = {f"gatewayresponse.header.{name}": f"'{value}'" for name, value in _PROTECTIVE.items()}
        asks = {**protective, "gatewayresponse.header.WWW-Authenticate": "'Token'"}
        return [
            self._response(kind, asks if kind == "UNAUTHORIZED" else protective, *said)
            for kind, said in REFUSALS.items()
        ]

    def _response(self, kind: str, headers: dict[str, str], status: str | None, ocpi: int) -> aws.apigateway.Response:
        return aws.apigateway.Response(
            kind.lower().replace("_", "-"),
            rest_api_id=self.rest.id,
            response_type=kind,
            status_code=status,
            response_parameters=headers,
            response_templates={"application/json": f'{{"status_code": {ocpi}, "status_message": "Refused"}}'},
            opts=self._own,
        )

    def _deploy(self, parts: list[pulumi.Resource]) -> aws.apigateway.Deployment:
        """A deployment is a snapshot: its trigger changes with whatever is in it."""
        return aws.apigateway.Deployment(
            "ocpi",
            rest_api=self.rest.id,
            triggers={"definition": self._fingerprint(), **self._args.upstream.triggers},
            opts=pulumi.ResourceOptions(parent=self, depends_on=parts),
        )

    def _fingerprint(self) -> str:
        description = [
            {body: model_schema(body) for body in sorted(self._models)},
            VALIDATED_CONTENT_TYPES,
            [(route.verb, route.path) for route in self._routes],
            sorted(self._args.weaknesses & _IN_A_DEPLOYMENT),
            self._args.authoriser_cache_s,
            REFUSALS,
            _PROTECTIVE,
        ]
        return hashlib.sha256(json.dumps(description).encode()).hexdigest()

    def _execution_arn(self, path: str) -> pulumi.Output[str]:
        return self.rest.execution_arn.apply(lambda arn: f"{arn}/{path}")
