"""API Gateway, as far as a request through the stack's API meets it: reads the API from the account and obeys it.

In the order of the service: route, authoriser and its cache, the caller's key, required parameters and body, function.
Throttling is not shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from jsonschema import Draft4Validator

from tests.infra.applied.events import HttpRequest, Matched, authoriser_event, integration_event, method_arn
from tests.infra.applied.function_runtime import Functions

_STATUS: Final = {"BAD_REQUEST_BODY": 400, "BAD_REQUEST_PARAMETERS": 400, "AUTHORIZER_FAILURE": 500}
_FUNCTION: Final = re.compile(r"/functions/(?P<arn>arn:[^/]+)/invocations")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """What goes back; `by` is `service`, or the kind of the gateway's own response."""

    status: int
    headers: Mapping[str, str]
    body: str
    by: str


class _Refused(Exception):
    """`kind` as in the documentation, DEFAULT_4XX standing for those that are not told apart here."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)


@dataclass(frozen=True, slots=True)
class _Decision:
    """What an authoriser answered, and until when it is remembered."""

    answer: Mapping[str, Any]
    until: float


PrivateWay = Callable[[HttpRequest, Matched, Mapping[str, Any], Mapping[str, Any]], HttpAnswer]


class RestGateway:
    """One API, one stage. `clock` in seconds; the authoriser's cache looks at it.

    `containers` answers what private integrations hand over, where there are some.
    """

    def __init__(self, client: Any, functions: Functions, account_id: str, clock: Callable[[], float]) -> None:
        self._client, self._functions, self._account_id, self._clock = client, functions, account_id, clock
        (self._api,) = client.get_rest_apis()["items"]
        (self._stage,) = client.get_stages(restApiId=self._api["id"])["item"]
        pages = client.get_paginator("get_resources").paginate(restApiId=self._api["id"], embed=["methods"])
        self._resources = [one for page in pages for one in page["items"]]
        self._decisions: dict[str, _Decision] = {}
        self.events: list[Mapping[str, Any]] = []
        self.containers: PrivateWay | None = None

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """The answer to one request."""
        try:
            return self._serve(request)
        except _Refused as refusal:
            return self._own_response(str(refusal))

    def forget_decisions(self, api: str, stage: str) -> None:
        """FlushStageAuthorizersCache."""
        assert (api, stage) == (self._api["id"], self._stage["stageName"])
        self._decisions.clear()

    def _serve(self, request: HttpRequest) -> HttpAnswer:
        matched, method = self._route(request)
        authorizer: Mapping[str, Any] = {}
        if method["authorizationType"] == "CUSTOM":
            decision = self._authorised(request, matched, method["authorizerId"])
            authorizer = {"principalId": decision["principalId"], **decision.get("context", {})}
            if method["apiKeyRequired"]:
                self._counted(decision.get("usageIdentifierKey"))
        self._valid(request, matched, method)
        integration = method["methodIntegration"]
        if integration["type"] == "HTTP_PROXY":
            assert self.containers is not None, "nobody stands behind a private integration"
            return self.containers(request, matched, integration, authorizer)
        event = integration_event(request, matched, {**authorizer, "integrationLatency": 0})
        self.events.append(event)
        answer = self._functions.invoke(_function_of(integration["uri"]), event)
        headers = {name: values[-1] for name, values in answer["multiValueHeaders"].items()}
        return HttpAnswer(status=answer["statusCode"], headers=headers, body=answer["body"], by="service")

    def _route(self, request: HttpRequest) -> tuple[Matched, Mapping[str, Any]]:
        """The most literal path that fits."""
        fitting = [
            (resource["path"], found.groupdict(), resource)
            for resource in self._resources
            if request.method in resource.get("resourceMethods", {})
            and (found := _pattern(resource["path"]).fullmatch(request.path))
        ]
        if not fitting:
            raise _Refused("MISSING_AUTHENTICATION_TOKEN")
        path, parameters, resource = min(fitting, key=lambda fit: ("{object" in fit[0], fit[0].count("{")))
        method = self._client.get_method(
            restApiId=self._api["id"], resourceId=resource["id"], httpMethod=request.method
        )
        matched = Matched(
            api_id=self._api["id"],
            account_id=self._account_id,
            region=self._client.meta.region_name,
            stage=self._stage["stageName"],
            deployment_id=self._stage["deploymentId"],
            resource_id=resource["id"],
            resource_path=path,
            parameters=parameters,
        )
        return matched, method

    def _authorised(self, request: HttpRequest, matched: Matched, authorizer_id: str) -> Mapping[str, Any]:
        authorizer = self._client.get_authorizer(restApiId=self._api["id"], authorizerId=authorizer_id)
        source = authorizer["identitySource"].removeprefix("method.request.header.")
        identity = request.header(source)
        if not identity:
            raise _Refused("UNAUTHORIZED")
        known = self._decisions.get(identity)
        if known is None or known.until <= self._clock():
            answer = self._ask(_function_of(authorizer["authorizerUri"]), authoriser_event(request, matched))
            known = _Decision(answer, self._clock() + authorizer["authorizerResultTtlInSeconds"])
            self._decisions[identity] = known
        if not _allows(known.answer["policyDocument"], method_arn(request, matched)):
            raise _Refused("ACCESS_DENIED")
        return known.answer

    def _ask(self, function: str, event: Mapping[str, Any]) -> Mapping[str, Any]:
        self.events.append(event)
        try:
            answer: Mapping[str, Any] = self._functions.invoke(function, event)
        except Exception as error:
            raise _Refused("UNAUTHORIZED" if str(error) == "Unauthorized" else "AUTHORIZER_FAILURE") from error
        return answer

    def _counted(self, key: str | None) -> None:
        """The key that the authoriser named has to belong to a usage plan of this stage."""
        for plan in self._client.get_usage_plans()["items"]:
            stages = {(stage["apiId"], stage["stage"]) for stage in plan["apiStages"]}
            keys = {one["value"] for one in self._client.get_usage_plan_keys(usagePlanId=plan["id"])["items"]}
            if (self._api["id"], self._stage["stageName"]) in stages and key in keys:
                return
        raise _Refused("INVALID_API_KEY")

    def _valid(self, request: HttpRequest, matched: Matched, method: Mapping[str, Any]) -> None:
        validator = self._client.get_request_validator(
            restApiId=self._api["id"], requestValidatorId=method["requestValidatorId"]
        )
        for name, required in method.get("requestParameters", {}).items():
            kind, _, parameter = name.removeprefix("method.request.").partition(".")
            found = request.header(parameter) if kind == "header" else matched.parameters.get(parameter)
            if validator["validateRequestParameters"] and required and not found:
                raise _Refused("BAD_REQUEST_PARAMETERS")
        if validator["validateRequestBody"]:
            self._valid_body(request, method.get("requestModels", {}))

    def _valid_body(self, request: HttpRequest, models: Mapping[str, str]) -> None:
        content_type = (request.header("Content-Type") or "application/json").partition(";")[0].strip()
        name = models.get(content_type, models.get("$default"))
        if name is None:
            return
        model = self._client.get_model(restApiId=self._api["id"], modelName=name)
        try:
            fits = Draft4Validator(json.loads(model["schema"])).is_valid(json.loads(request.body or ""))
        except ValueError:
            fits = False
        if not fits:
            raise _Refused("BAD_REQUEST_BODY")

    def _own_response(self, kind: str) -> HttpAnswer:
        default = "DEFAULT_5XX" if _STATUS.get(kind, 403) >= 500 else "DEFAULT_4XX"
        told = {
            one["responseType"]: one for one in self._client.get_gateway_responses(restApiId=self._api["id"])["items"]
        }
        response = told.get(kind) or told[default]
        status = int(response.get("statusCode") or _STATUS.get(kind, 403))
        headers = {
            name.removeprefix("gatewayresponse.header."): value.strip("'")
            for name, value in response["responseParameters"].items()
        }
        return HttpAnswer(
            status=status, headers=headers, body=response["responseTemplates"]["application/json"], by=kind
        )


def _pattern(path: str) -> re.Pattern[str]:
    """`{name}` is a segment, `{name+}` one or more."""
    greedy = re.sub(r"\\{(\w+)\\\+\\}", r"(?P<\1>.+)", re.escape(path))
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", greedy))


def _function_of(uri: str) -> str:
    found = _FUNCTION.search(uri)
    assert found is not None, uri
    return found["arn"]


def _allows(policy: Mapping[str, Any], arn: str) -> bool:
    """Effect and resource only: the one action is execute-api:Invoke."""
    met = [
        statement["Effect"]
        for statement in policy["Statement"]
        for resource in ([statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"])
        if fnmatchcase(arn, resource.replace("[", "[[]"))
    ]
    return "Allow" in met and "Deny" not in met
