from __future__ import annotations

import json

from checks.families.ocpi_security_policy import lax_in
from infra.authoriser import handler as authoriser_handler
from tests.infra.recorded_program import Recorded

METHOD = "aws:apigateway/method:Method"


def test_partners_reach_the_api_by_its_domain_only(stack: Recorded):
    rest = stack.inputs("aws:apigateway/restApi:RestApi")
    assert rest["disableExecuteApiEndpoint"] is True
    assert rest["endpointConfiguration"]["types"] == "REGIONAL"
    domain = stack.inputs("aws:apigateway/domainName:DomainName")
    for one in (domain, rest):  # the domain is served with the policy of the API
        assert one["securityPolicy"] == "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09"
        assert one["endpointAccessMode"] == "STRICT"
    mapping = stack.one("aws:apigateway/basePathMapping:BasePathMapping")
    assert {"restApi", "stageName"} <= mapping["property_dependencies"].keys()


def test_every_method_is_authorised_counted_and_validated(stack: Recorded):
    methods = [m["inputs"] for m in stack.all(METHOD)]
    for method in methods:
        assert (method["authorization"], method["authorizerId"]) == ("CUSTOM", "partners-id")
        assert method["apiKeyRequired"] is True
        assert method["requestParameters"]["method.request.header.Authorization"] is True
        with_body = method["httpMethod"] in ("POST", "PUT", "PATCH")
        assert method["requestValidatorId"] == ("parameters-and-body-id" if with_body else "parameters-id")


def test_the_gateway_has_a_route_for_what_contracts_name_and_none_for_anything_else(stack: Recorded):
    paths = {r["name"]: r["inputs"]["pathPart"] for r in stack.all("aws:apigateway/resource:Resource")}
    assert "{proxy+}" not in paths.values()
    verbs: dict[str, set[str]] = {}
    for method in stack.all(METHOD):
        verbs.setdefault(method["inputs"]["resourceId"].removesuffix("-id"), set()).add(method["inputs"]["httpMethod"])
    assert verbs["ocpi-versions"] == verbs["ocpi-version"] == {"GET"}
    assert verbs["ocpi-version-credentials"] == {"GET", "POST", "PUT", "DELETE"}
    assert verbs["ocpi-cpo-version-locations"] == verbs["ocpi-cpo-version-locations-object"] == {"GET"}
    location = "ocpi-emsp-version-locations-country_code-party_id-location_id"
    for path in (location, f"{location}-evse_uid", f"{location}-evse_uid-connector_id"):
        assert verbs[path] == {"GET", "PUT", "PATCH"}
    assert verbs["ocpi-emsp-version-cdrs"] == {"POST"}
    assert verbs["ocpi-cpo-version-tokens-object"] == {"GET", "PUT", "PATCH"}
    assert not any("commands" in name or "chargingprofiles" in name for name in paths)


def test_bodies_of_every_content_type_are_validated(stack: Recorded):
    for method in stack.all(METHOD):
        if method["inputs"]["httpMethod"] in ("POST", "PUT", "PATCH"):
            assert method["inputs"]["requestModels"].keys() == {"application/json", "$default"}
    for model in stack.all("aws:apigateway/model:Model"):
        assert json.loads(model["inputs"]["schema"])["type"] == "object"
        assert "additionalProperties" not in model["inputs"]["schema"]  # OCPI: unknown fields are not refused


def test_validators_validate(stack: Recorded):
    found = {v["name"]: v["inputs"] for v in stack.all("aws:apigateway/requestValidator:RequestValidator")}
    assert found["parameters"]["validateRequestParameters"] is True
    assert found["parameters-and-body"]["validateRequestBody"] is True


def test_the_authoriser_is_asked_with_the_header_and_forgets_quickly(stack: Recorded):
    authoriser = stack.inputs("aws:apigateway/authorizer:Authorizer")
    assert authoriser["type"] == "REQUEST"
    assert authoriser["identitySource"] == "method.request.header.Authorization"
    assert authoriser["authorizerResultTtlInSeconds"] <= 60
    assert authoriser["authorizerUri"] == "authoriser:invokeArn"
    module, _, name = stack.inputs("aws:lambda/function:Function", "authoriser")["handler"].rpartition(".")
    assert getattr(authoriser_handler, name)
    assert module == authoriser_handler.__name__


def test_the_stage_logs_accesses_without_paths_headers_or_queries(stack: Recorded):
    settings = stack.inputs("aws:apigateway/stage:Stage")["accessLogSettings"]
    assert "access" in settings["destinationArn"]
    variables = set(json.loads(settings["format"]).values())
    assert {"$context.requestId", "$context.authorizer.principalId", "$context.resourcePath"} <= variables
    assert not variables & {"$context.path", "$context.requestOverride.path", "$context.identity.apiKey"}


def test_the_stage_throttles_traces_and_stores_no_answer(stack: Recorded):
    stage = stack.inputs("aws:apigateway/stage:Stage")
    assert stage["xrayTracingEnabled"] is True
    assert stage["cacheClusterEnabled"] is False
    settings = stack.inputs("aws:apigateway/methodSettings:MethodSettings")["settings"]
    assert (settings["throttlingRateLimit"], settings["throttlingBurstLimit"]) == (200, 400)
    assert settings["cachingEnabled"] is False
    assert settings["dataTraceEnabled"] is False
    assert settings["loggingLevel"] == "ERROR"


def test_the_deployment_comes_after_all_it_is_a_snapshot_of(stack: Recorded):
    waits = stack.one("aws:apigateway/deployment:Deployment")["dependencies"]
    for kind in ("Method", "Integration", "Response"):
        assert sum(f":{kind}::" in urn for urn in waits) == len(
            stack.all(f"aws:apigateway/{kind[0].lower()}{kind[1:]}:{kind}")
        )


def test_refusals_of_the_gateway_are_plain_and_never_stored(stack: Recorded):
    responses = [r["inputs"] for r in stack.all("aws:apigateway/response:Response")]
    assert {r["responseType"] for r in responses} == {
        "UNAUTHORIZED", "BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "DEFAULT_4XX", "DEFAULT_5XX",
    }  # fmt: skip
    for response in responses:
        body = json.loads(response["responseTemplates"]["application/json"])
        assert body.keys() == {"status_code", "status_message"}
        assert response["responseParameters"]["gatewayresponse.header.Cache-Control"] == "'no-store'"
        policy = response["responseParameters"]["gatewayresponse.header.Content-Security-Policy"]
        assert lax_in([policy.strip("'")]) is None  # and a quote within the quotes of a fixed value is none of them
        assert policy.count("'") == 2


def test_only_the_gateway_and_secrets_manager_may_call_functions(stack: Recorded):
    permissions = [p["inputs"] for p in stack.all("aws:lambda/permission:Permission")]
    assert sorted((p["function"], p["principal"]) for p in permissions) == [
        ("ocpi-test-authoriser", "apigateway.amazonaws.com"),
        ("ocpi-test-rotation", "secretsmanager.amazonaws.com"),
        ("ocpi-test-service", "apigateway.amazonaws.com"),
    ]
    assert all(p["sourceArn"] for p in permissions)
    assert not stack.all("aws:lambda/functionUrl:FunctionUrl")
