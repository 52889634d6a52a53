"""REST APIs as partners meet them: a sound one, and one case for each thing that can be wrong."""

import json

import pulumi
import pulumi_aws as aws

OBJECT = {"$schema": "http://json-schema.org/draft-04/schema#", "type": "object"}


def sound() -> None:
    _api()


def long_cache() -> None:
    _api(authoriser={"authorizer_result_ttl_in_seconds": 3600})


def no_identity_source() -> None:
    _api(authoriser={"identity_source": None})


def asked_with_another_header() -> None:
    _api(authoriser={"identity_source": "method.request.header.X-Partner"})


def asked_by_token() -> None:
    _api(authoriser={"type": "TOKEN", "identity_source": None, "identity_validation_expression": "^Token .+$"})


def any_token() -> None:
    _api(authoriser={"type": "TOKEN"})


def bearer_only() -> None:
    _api(authoriser={"type": "TOKEN", "identity_validation_expression": "^Bearer .+$"})


def asked_by_every_api() -> None:
    _api(permission={"source_arn": None})


def asked_by_nobody() -> None:
    _api(permission=None)


def asked_by_role() -> None:
    _api(permission=None, authoriser={"authorizer_credentials": "arn:aws:iam::123456789012:role/gateway"})


def function_elsewhere() -> None:
    elsewhere = "arn:aws:lambda:eu-central-1:210987654321:function:decides"
    uri = f"arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/{elsewhere}/invocations"
    _api(authoriser={"authorizer_uri": uri})


def http_authoriser() -> None:
    api = aws.apigatewayv2.Api("api", protocol_type="HTTP")
    aws.apigatewayv2.Authorizer(
        "partners",
        api_id=api.id,
        authorizer_type="REQUEST",
        identity_sources=["$request.header.Authorization"],
        authorizer_result_ttl_in_seconds=60,
    )
    aws.apigatewayv2.Route("list", api_id=api.id, route_key="GET /ocpi/versions", authorization_type="CUSTOM")
    aws.apigatewayv2.Stage("stage", api_id=api.id, name="$default")


def no_validator() -> None:
    _api(method={"request_validator_id": None})


def parameters_only() -> None:
    _api(validator={"validate_request_body": False})


def no_model() -> None:
    _api(method={"request_models": None})


def empty_model() -> None:
    _api(method={"request_models": {"application/json": "Empty"}})


def json_only() -> None:
    _api(method={"request_models": {"application/json": "OcpiObject"}})


def other_types_refused() -> None:
    never = {"type": "AWS", "passthrough_behavior": "NEVER", "request_templates": {"application/json": "$input.body"}}
    _api(method={"request_models": {"application/json": "OcpiObject"}}, integration=never)


def other_types_passed_to_a_proxy() -> None:
    never = {"passthrough_behavior": "NEVER", "request_templates": {"application/json": "$input.body"}}
    _api(method={"request_models": {"application/json": "OcpiObject"}}, integration=never)


def closed_model() -> None:
    inner = {"evses": {"type": "array", "items": {"type": "object", "additionalProperties": False}}}
    _api(schema={**OBJECT, "properties": inner})


def no_rate() -> None:
    _api(rate=None)


def rate_switched_off() -> None:
    _api(rate=-1)


def http_stage_with_rate() -> None:
    api = aws.apigatewayv2.Api("api", protocol_type="HTTP")
    limits = {"throttling_rate_limit": 100, "throttling_burst_limit": 200}
    aws.apigatewayv2.Stage("stage", api_id=api.id, name="$default", default_route_settings=limits)


def plan_without_rate() -> None:
    _api(plan={"throttle_settings": None})


def plan_without_key() -> None:
    _api(key=False)


def no_plan() -> None:
    _api(plan=None)


def keys_from_partners() -> None:
    _api(rest={"api_key_source": "HEADER"})


def not_counted() -> None:
    _api(method={"api_key_required": False})


def key_as_only_authentication() -> None:
    _api(method={"authorization": "NONE", "authorizer_id": None})


def in_an_openapi_body() -> None:
    aws.apigateway.RestApi("api", body='{"openapi": "3.0.1", "paths": {}}')


def no_api() -> None:
    aws.s3.Bucket("bucket")


def _api(rest=(), authoriser=(), permission=(), validator=(), method=(), integration=(), plan=(), **more) -> None:
    api = aws.apigateway.RestApi("api", **{"api_key_source": "AUTHORIZER", **dict(rest)})
    role = "arn:aws:iam::123456789012:role/functions"
    function = aws.lambda_.Function(
        "decides", role=role, runtime="python3.13", handler="h.h", s3_bucket="b", s3_key="k"
    )
    asks = {
        "type": "REQUEST",
        "identity_source": "method.request.header.Authorization",
        "authorizer_uri": function.invoke_arn,
        "authorizer_result_ttl_in_seconds": 30,
        **dict(authoriser),
    }
    partners = aws.apigateway.Authorizer("partners", rest_api=api.id, **asks)
    if permission is not None:
        given = {"source_arn": "arn:aws:execute-api:eu-central-1:123456789012:api/authorizers/a", **dict(permission)}
        aws.lambda_.Permission(
            "asked",
            function=function.name,
            action="lambda:InvokeFunction",
            principal="apigateway.amazonaws.com",
            **given,
        )
    validates = {"validate_request_parameters": True, "validate_request_body": True, **dict(validator)}
    whole = aws.apigateway.RequestValidator("whole", rest_api=api.id, **validates)
    schema = json.dumps(more.get("schema", OBJECT))
    model = aws.apigateway.Model("model", rest_api=api.id, content_type="application/json", schema=schema)
    path = aws.apigateway.Resource("cdrs", rest_api=api.id, parent_id=api.root_resource_id, path_part="cdrs")
    settings = {
        "http_method": "POST",
        "authorization": "CUSTOM",
        "authorizer_id": partners.id,
        "api_key_required": True,
        "request_validator_id": whole.id,
        "request_models": {"application/json": model.name, "$default": model.name},
        **dict(method),
    }
    aws.apigateway.Method("post", rest_api=api.id, resource_id=path.id, **settings)
    calls = {"type": "AWS_PROXY", "integration_http_method": "POST", "uri": function.invoke_arn, **dict(integration)}
    aws.apigateway.Integration("post", rest_api=api.id, resource_id=path.id, http_method="POST", **calls)
    deployment = aws.apigateway.Deployment("deployment", rest_api=api.id)
    stage = aws.apigateway.Stage("stage", rest_api=api.id, deployment=deployment.id, stage_name="test")
    rate = more.get("rate", 100)
    if rate is not None:
        limits = {"throttling_rate_limit": rate, "throttling_burst_limit": rate}
        aws.apigateway.MethodSettings(
            "rates", rest_api=api.id, stage_name=stage.stage_name, method_path="*/*", settings=limits
        )
    if plan is not None:
        limits = {"throttle_settings": {"rate_limit": 20, "burst_limit": 40}, **dict(plan)}
        stages = [{"api_id": api.id, "stage": stage.stage_name}]
        own = aws.apigateway.UsagePlan("plan", api_stages=stages, **limits)
        key = aws.apigateway.ApiKey("key")
        if more.get("key", True):
            aws.apigateway.UsagePlanKey("key", key_id=key.id, key_type="API_KEY", usage_plan_id=own.id)


globals()[pulumi.Config("case").require("name")]()
