"""The REST API, its methods, stage, domain and usage plans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tests.infra.applied.account import Account
from tests.infra.applied.declared import Declared

_RENAMED: Final = {"restApi": "restApiId", "restApiId": "restApiId"}


def _renamed(inputs: Mapping[str, Any], **more: str) -> dict[str, Any]:
    into = {**_RENAMED, **more}
    return {into.get(key, key): value for key, value in inputs.items()}


def rest_api(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    tags = declared.tags
    made = aws.call("apigateway", "CreateRestApi", declared.rest(), tags=tags)
    outputs = {
        "arn": f"arn:aws:apigateway:{aws.region}::/restapis/{made['id']}",
        "executionArn": aws.arn("execute-api", made["id"]),
        "rootResourceId": made["rootResourceId"],
    }
    return made["id"], outputs


def resource(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    made = aws.call("apigateway", "CreateResource", _renamed(declared.rest()))
    return made["id"], {"path": made["path"]}


def authorizer(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    return aws.call("apigateway", "CreateAuthorizer", _renamed(declared.rest()))["id"], {}


def request_validator(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    return aws.call("apigateway", "CreateRequestValidator", _renamed(declared.rest()))["id"], {}


def model(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    made = aws.call("apigateway", "CreateModel", _renamed(declared.rest()))
    return made["id"], {"name": made["name"]}


def method(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    aws.call("apigateway", "PutMethod", _renamed(declared.rest(), authorization="authorizationType"))
    return f"{declared.inputs['restApi']}-{declared.inputs['resourceId']}-{declared.inputs['httpMethod']}", {}


def integration(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    aws.call("apigateway", "PutIntegration", _renamed(declared.rest()))
    return f"{declared.inputs['restApi']}-{declared.inputs['resourceId']}-{declared.inputs['httpMethod']}-i", {}


def gateway_response(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    aws.call("apigateway", "PutGatewayResponse", _renamed(declared.rest()))
    return f"{declared.inputs['restApiId']}-{declared.inputs['responseType']}", {}


def deployment(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    declared.take("triggers")  # the provider's own: a change of them asks for a new deployment
    return aws.call("apigateway", "CreateDeployment", _renamed(declared.rest()))["id"], {}


def _replace(**values: Any) -> list[dict[str, str]]:
    return [{"op": "replace", "path": path, "value": _text(value)} for path, value in values.items()]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def stage(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    logs, tags = declared.take("accessLogSettings"), declared.tags
    inputs = _renamed(declared.rest(), deployment="deploymentId", xrayTracingEnabled="tracingEnabled")
    aws.call("apigateway", "CreateStage", inputs, tags=tags)
    api, name = declared.inputs["restApi"], declared.inputs["stageName"]
    if logs:
        patch = _replace(**{f"/accessLogSettings/{key}": value for key, value in logs.items()})
        aws.call("apigateway", "UpdateStage", restApiId=api, stageName=name, patchOperations=patch)
    arn = f"arn:aws:apigateway:{aws.region}::/restapis/{api}/stages/{name}"
    return f"ags-{api}-{name}", {"arn": arn, "executionArn": aws.arn("execute-api", f"{api}/{name}")}


# Where the settings of all methods are in a stage: API Gateway's patch operations, `updateStage`.
_SETTINGS: Final = {
    "loggingLevel": "logging/loglevel",
    "dataTraceEnabled": "logging/dataTrace",
    "metricsEnabled": "metrics/enabled",
    "throttlingRateLimit": "throttling/rateLimit",
    "throttlingBurstLimit": "throttling/burstLimit",
    "cachingEnabled": "caching/enabled",
    "cacheDataEncrypted": "caching/dataEncrypted",
}


def method_settings(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    path, settings = declared.take("methodPath"), declared.take("settings")
    patch = _replace(**{f"/{path}/{_SETTINGS[key]}": value for key, value in settings.items()})
    aws.call("apigateway", "UpdateStage", _renamed(declared.rest()), patchOperations=patch)
    return f"{declared.inputs['restApi']}-{declared.inputs['stageName']}-{path}", {}


def account(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    patch = _replace(**{"/cloudwatchRoleArn": declared.take("cloudwatchRoleArn")})
    aws.call("apigateway", "UpdateAccount", patchOperations=patch)
    return "api-gateway-account", {}


def domain_name(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    tags = declared.tags
    made = aws.call("apigateway", "CreateDomainName", declared.rest(), tags=tags)
    outputs = {"regionalDomainName": made["regionalDomainName"], "regionalZoneId": made.get("regionalHostedZoneId", "")}
    return declared.inputs["domainName"], {"arn": aws.arn("apigateway", "/domainnames"), **outputs}


def base_path_mapping(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    aws.call("apigateway", "CreateBasePathMapping", _renamed(declared.rest(), stageName="stage"))
    return f"{declared.inputs['domainName']}/", {}


def usage_plan(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    tags = declared.tags
    inputs = _renamed(declared.rest(), throttleSettings="throttle", quotaSettings="quota")
    return aws.call("apigateway", "CreateUsagePlan", inputs, tags=tags)["id"], {}


def api_key(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    tags = declared.tags
    made = aws.call("apigateway", "CreateApiKey", declared.rest(), enabled=True, tags=tags)
    return made["id"], {"value": made["value"]}


def usage_plan_key(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    return aws.call("apigateway", "CreateUsagePlanKey", declared.rest())["id"], {}


KINDS = {
    "aws:apigateway/restApi:RestApi": rest_api,
    "aws:apigateway/resource:Resource": resource,
    "aws:apigateway/authorizer:Authorizer": authorizer,
    "aws:apigateway/requestValidator:RequestValidator": request_validator,
    "aws:apigateway/model:Model": model,
    "aws:apigateway/method:Method": method,
    "aws:apigateway/integration:Integration": integration,
    "aws:apigateway/response:Response": gateway_response,
    "aws:apigateway/deployment:Deployment": deployment,
    "aws:apigateway/stage:Stage": stage,
    "aws:apigateway/methodSettings:MethodSettings": method_settings,
    "aws:apigateway/account:Account": account,
    "aws:apigateway/domainName:DomainName": domain_name,
    "aws:apigateway/basePathMapping:BasePathMapping": base_path_mapping,
    "aws:apigateway/usagePlan:UsagePlan": usage_plan,
    "aws:apigateway/apiKey:ApiKey": api_key,
    "aws:apigateway/usagePlanKey:UsagePlanKey": usage_plan_key,
}
