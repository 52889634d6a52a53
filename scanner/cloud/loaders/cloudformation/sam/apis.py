"""`AWS::Serverless::Api`, `AWS::Serverless::HttpApi`, and those that events bring with them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanner.cloud.loaders.cloudformation.nodes import mapping
from scanner.cloud.loaders.cloudformation.sam.parts import Expanded, Node, att, picked, ref, referred, segments, tags
from scanner.model.late_dataclass import dataclass

IMPLICIT: Final = {"Api": "ServerlessRestApi", "HttpApi": "ServerlessHttpApi"}
_DOMAIN: Final = ("DomainName", "SecurityPolicy", "MutualTlsAuthentication", "OwnershipVerificationCertificateArn")
_OPEN: Final = "NONE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One event of a function: a path and a method that lead to it."""

    function: str
    path: str
    method: str
    auth: Mapping[str, Any]


def calls(functions: Mapping[str, Node], kind: str, api: str) -> Iterator[Call]:
    """The events of this kind (`Api`, `HttpApi`) that belong to an API."""
    place = "RestApiId" if kind == "Api" else "ApiId"
    for name, held in functions.items():
        for event in mapping(held.get("Events")).values():
            about = mapping(mapping(event).get("Properties"))
            if mapping(event).get("Type") == kind and (referred(about.get(place)) or IMPLICIT[kind]) == api:
                path = about.get("Path", "/{proxy+}" if kind == "Api" else "/$default")
                method = about.get("Method", "ANY")
                yield Call(function=name, path=str(path), method=str(method).upper(), auth=mapping(about.get("Auth")))


def expand_rest_api(out: Expanded, name: str, held: Node, functions: Mapping[str, Node]) -> None:
    """A REST API with its deployment, stage, authorisers and methods."""
    endpoint = held.get("EndpointConfiguration")
    if isinstance(endpoint, dict) and "Type" in endpoint:
        endpoint = {**picked(endpoint, VpcEndpointIds="VPCEndpointIds"), "Types": [endpoint["Type"]]}
    made = picked(
        held, "Name", "Description", "BinaryMediaTypes", "MinimumCompressionSize", "DisableExecuteApiEndpoint",
        ApiKeySourceType="ApiKeySourceType", Body="DefinitionBody", BodyS3Location="DefinitionUri",
    )  # fmt: skip
    made |= (
        {"EndpointConfiguration": {"Types": [endpoint]} if isinstance(endpoint, str) else endpoint} if endpoint else {}
    )
    auth = mapping(held.get("Auth"))
    if policy := auth.get("ResourcePolicy"):
        made["Policy"] = {"Fn::Transform": policy}
    out.add(name, "AWS::ApiGateway::RestApi", made, name)
    stage = held.get("StageName", "Prod")
    out.add(f"{name}Deployment", "AWS::ApiGateway::Deployment", {"RestApiId": ref(name)}, name)
    kept = picked(held, "AccessLogSetting", "MethodSettings", "TracingEnabled", "Variables", "CacheClusterEnabled")
    kept |= {"StageName": stage, "RestApiId": ref(name), "DeploymentId": ref(f"{name}Deployment")}
    kept |= {"Tags": tags(held["Tags"])} if "Tags" in held else {}
    label = stage if isinstance(stage, str) and stage.isalnum() else ""
    out.add(f"{name}{label}Stage", "AWS::ApiGateway::Stage", kept, name)
    kinds = _authorisers(out, name, auth)
    if "DefinitionBody" not in held and "DefinitionUri" not in held:
        for number, call in enumerate(calls(functions, "Api", name)):
            _method(out, name, call, auth, kinds, number)
    _domain(out, name, held, "AWS::ApiGateway")


def _authorisers(out: Expanded, api: str, auth: Node) -> dict[str, str]:
    kinds: dict[str, str] = {}
    for name, about in mapping(auth.get("Authorizers")).items():
        held, identity = mapping(about), mapping(mapping(about).get("Identity"))
        kind = "COGNITO_USER_POOLS" if "UserPoolArn" in held else str(held.get("FunctionPayloadType", "TOKEN"))
        kinds[str(name)] = kind if kind.startswith("COGNITO") else "CUSTOM"
        made = {
            "Name": name,
            "RestApiId": ref(api),
            "Type": kind,
            "AuthorizerUri": held.get("FunctionArn"),
            "ProviderARNs": [held["UserPoolArn"]] if "UserPoolArn" in held else None,
            "AuthorizerResultTtlInSeconds": identity.get("ReauthorizeEvery"),
            "IdentitySource": f"method.request.header.{identity.get('Header', 'Authorization')}",
        }
        set_ones = {key: value for key, value in made.items() if value is not None}
        out.add(f"{api}{name}Authorizer", "AWS::ApiGateway::Authorizer", set_ones, api)
    return kinds


def _method(out: Expanded, api: str, call: Call, auth: Node, kinds: Mapping[str, str], number: int) -> None:
    chosen = str(call.auth.get("Authorizer", auth.get("DefaultAuthorizer", _OPEN)))
    made: Node = {
        "RestApiId": ref(api),
        "ResourceId": _resource(out, api, call.path),
        "HttpMethod": call.method,
        "AuthorizationType": chosen if chosen in {_OPEN, "AWS_IAM"} else kinds.get(chosen, "CUSTOM"),
        "ApiKeyRequired": call.auth.get("ApiKeyRequired", auth.get("ApiKeyRequired", False)),
        "Integration": {"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST", "Uri": att(call.function, "Arn")},
    }
    if chosen in kinds:
        made["AuthorizerId"] = ref(f"{api}{chosen}Authorizer")
    out.add(f"{api}{call.function}Method{number}", "AWS::ApiGateway::Method", made, api)


def _resource(out: Expanded, api: str, path: str) -> Node:
    """The resource at a path, with all above it."""
    above, name = att(api, "RootResourceId"), f"{api}Resource"
    for part in segments(path):
        name += f"/{part}"
        out.add(name, "AWS::ApiGateway::Resource", {"RestApiId": ref(api), "ParentId": above, "PathPart": part}, api)
        above = ref(name)
    return above


def expand_http_api(out: Expanded, name: str, held: Node, functions: Mapping[str, Node]) -> None:
    """An HTTP API with its stage, authorisers and routes."""
    made = picked(held, "Name", "Description", "DisableExecuteApiEndpoint", "CorsConfiguration", Body="DefinitionBody")
    made |= picked(held, BodyS3Location="DefinitionUri")
    out.add(name, "AWS::ApiGatewayV2::Api", {**made, "ProtocolType": "HTTP"}, name)
    stage = picked(held, "AccessLogSettings", "DefaultRouteSettings", "RouteSettings", "StageVariables")
    stage |= {"ApiId": ref(name), "StageName": held.get("StageName", "$default"), "AutoDeploy": True}
    out.add(f"{name}ApiGatewayDefaultStage", "AWS::ApiGatewayV2::Stage", stage, name)
    auth = mapping(held.get("Auth"))
    for key, about in mapping(auth.get("Authorizers")).items():
        kind = "JWT" if "JwtConfiguration" in mapping(about) else "REQUEST"
        kept = {"ApiId": ref(name), "Name": key, "AuthorizerType": kind}
        kept |= picked(mapping(about), "JwtConfiguration", AuthorizerUri="FunctionArn")
        out.add(f"{name}{key}Authorizer", "AWS::ApiGatewayV2::Authorizer", kept, name)
    if "DefinitionBody" not in held and "DefinitionUri" not in held:
        for number, call in enumerate(calls(functions, "HttpApi", name)):
            _route(out, name, call, auth, number)
    _domain(out, name, held, "AWS::ApiGatewayV2")


def _route(out: Expanded, api: str, call: Call, auth: Node, number: int) -> None:
    known = mapping(auth.get("Authorizers"))
    chosen = str(call.auth.get("Authorizer", auth.get("DefaultAuthorizer", _OPEN)))
    kind = (
        chosen
        if chosen in {_OPEN, "AWS_IAM"}
        else "JWT"
        if "JwtConfiguration" in mapping(known.get(chosen))
        else "CUSTOM"
    )
    integration = f"{api}{call.function}Integration{number}"
    uri = {"ApiId": ref(api), "IntegrationType": "AWS_PROXY", "IntegrationUri": att(call.function, "Arn")}
    out.add(integration, "AWS::ApiGatewayV2::Integration", uri, api)
    made: Node = {
        "ApiId": ref(api),
        "RouteKey": "$default" if call.path == "/$default" else f"{call.method} {call.path}",
        "AuthorizationType": kind,
        "Target": {"Fn::Sub": f"integrations/${{{integration}}}"},
    }
    if chosen in known:
        made["AuthorizerId"] = ref(f"{api}{chosen}Authorizer")
    out.add(f"{api}{call.function}Route{number}", "AWS::ApiGatewayV2::Route", made, api)


def _domain(out: Expanded, api: str, held: Node, service: str) -> None:
    domain = mapping(held.get("Domain"))
    if not domain:
        return
    if service == "AWS::ApiGateway":
        made = picked(domain, *_DOMAIN, RegionalCertificateArn="CertificateArn")
        made |= {"EndpointConfiguration": {"Types": [domain.get("EndpointConfiguration", "REGIONAL")]}}
    else:
        one = picked(domain, "CertificateArn", "SecurityPolicy") | {"EndpointType": "REGIONAL"}
        made = picked(domain, "DomainName", "MutualTlsAuthentication") | {"DomainNameConfigurations": [one]}
    out.add(f"{api}DomainName", f"{service}::DomainName", made, api)
