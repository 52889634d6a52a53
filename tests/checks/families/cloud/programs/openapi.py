"""APIs that are described by an OpenAPI body: a sound one, and one case for each thing that can be wrong in it."""

import json

import pulumi
import pulumi_aws as aws

GATEWAY = "x-amazon-apigateway"
ROLE = "arn:aws:iam::123456789012:role/functions"


def sound() -> None:
    _rest()


def in_yaml() -> None:
    aws.apigateway.RestApi("api", body="swagger: '2.0'\npaths:\n  /{proxy+}:\n    x-amazon-apigateway-any-method: {}\n")


def with_aliases() -> None:
    aws.apigateway.RestApi("api", body="openapi: 3.0.1\npaths: &p\n  /a: {get: {}}\nx: *p\n")


def in_other_files() -> None:
    aws.apigateway.RestApi("api", body='{"openapi": "3.0.1", "paths": {"/a": {"$ref": "a.json"}}}')


def open_method() -> None:
    _rest(post={"security": []})


def guarded_as_a_whole() -> None:
    _rest(post={"security": None}, whole={"security": [{"partners": []}]})


def guarded_on_paper() -> None:
    _rest(scheme={f"{GATEWAY}-authorizer": None})


def key_alone() -> None:
    _rest(post={"security": [{"key": []}]})


def unknown_scheme() -> None:
    _rest(post={"security": [{"elsewhere": []}]})


def long_memory() -> None:
    _rest(authoriser={"authorizerResultTtlInSeconds": 3600})


def asked_with_another_header() -> None:
    _rest(authoriser={"identitySource": "method.request.header.X-Partner"})


def no_validator() -> None:
    _rest(whole={f"{GATEWAY}-request-validator": None})


def parameters_only() -> None:
    _rest(validator={"validateRequestBody": False})


def no_model() -> None:
    _rest(post={"requestBody": None})


def empty_model() -> None:
    _rest(model={"title": "whatever is sent"})


def one_type() -> None:
    _rest(types=["application/json"])


def plain_upstream() -> None:
    _rest(integration={"type": "http_proxy", "uri": "http://upstream.example/ocpi"})


def any_method() -> None:
    _rest(verb=f"{GATEWAY}-any-method")


def http_api() -> None:
    _http("/ocpi/2.2.1/cdrs", {"security": [{"partners": []}]})


def http_open_default() -> None:
    _http("/$default", {}, "x-amazon-apigateway-any-method")


def _rest(verb="post", post=(), authoriser=(), scheme=(), validator=(), integration=(), whole=(), **more) -> None:
    function, uri = _function()
    named = {"schema": {"$ref": "#/components/schemas/Cdr"}}
    asks = {
        "type": "request",
        "authorizerUri": uri,
        "identitySource": "method.request.header.Authorization",
        "authorizerResultTtlInSeconds": 30,
        **dict(authoriser),
    }
    partners = {"type": "apiKey", "name": "Authorization", "in": "header", f"{GATEWAY}-authorizer": asks}
    operation = {
        "security": [{"partners": [], "key": []}],
        "requestBody": {"content": dict.fromkeys(more.get("types", ["application/json", "$default"]), named)},
        f"{GATEWAY}-integration": {"type": "aws_proxy", "httpMethod": "POST", "uri": uri, **dict(integration)},
        **dict(post),
    }
    key = {"type": "apiKey", "name": "x-api-key", "in": "header"}
    model = more.get("model", {"type": "object", "properties": {"id": {"type": "string"}}})
    document = {
        "openapi": "3.0.1",
        f"{GATEWAY}-request-validator": "all",
        f"{GATEWAY}-request-validators": {
            "all": {"validateRequestBody": True, "validateRequestParameters": True, **dict(validator)}
        },
        "paths": {"/ocpi/2.2.1/cdrs": {verb: _set(operation)}},
        "components": {
            "securitySchemes": {"partners": _set({**partners, **dict(scheme)}), "key": key},
            "schemas": {"Cdr": model},
        },
        **dict(whole),
    }
    api = aws.apigateway.RestApi("api", body=json.dumps(_set(document)))
    deployment = aws.apigateway.Deployment("now", rest_api=api.id)
    aws.apigateway.Stage("stage", rest_api=api.id, deployment=deployment.id, stage_name="ocpi")
    _asked_by_the_gateway(function)


def _http(path, operation, verb="post") -> None:
    function, uri = _function()
    asks = {"type": "request", "authorizerUri": uri, "identitySource": "$request.header.Authorization"}
    partners = {"type": "apiKey", "name": "Authorization", "in": "header", f"{GATEWAY}-authorizer": asks}
    calls = {"type": "AWS_PROXY", "uri": uri, "payloadFormatVersion": "2.0"}
    document = {
        "openapi": "3.0.1",
        "paths": {path: {verb: {f"{GATEWAY}-integration": calls, **operation}}},
        "components": {"securitySchemes": {"partners": partners}},
    }
    api = aws.apigatewayv2.Api("api", protocol_type="HTTP", body=json.dumps(document))
    aws.apigatewayv2.Stage("stage", api_id=api.id, name="ocpi")
    _asked_by_the_gateway(function)


def _function():
    """One that has been deployed: its address is known."""
    arn = "arn:aws:lambda:eu-central-1:123456789012:function:ocpi"
    function = aws.lambda_.Function(
        "ocpi", name="ocpi", role=ROLE, runtime="python3.13", handler="h.h", s3_bucket="b", s3_key="k"
    )
    return function, f"arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/{arn}/invocations"


def _asked_by_the_gateway(function) -> None:
    aws.lambda_.Permission(
        "asked",
        function=function.name,
        action="lambda:InvokeFunction",
        principal="apigateway.amazonaws.com",
        source_arn="arn:aws:execute-api:eu-central-1:123456789012:api/authorizers/a",
    )


def _set(values):
    return {name: value for name, value in values.items() if value is not None}


globals()[pulumi.Config("case").require("name")]()
