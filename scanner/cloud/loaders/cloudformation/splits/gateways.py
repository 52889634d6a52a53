"""Integrations, settings and stages of REST APIs, each a resource of its own in Pulumi."""

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.cloud.loaders.cloudformation.nodes import listed
from scanner.cloud.loaders.cloudformation.splits.split import Beside, get, named


def integration(raw: Any, held: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    """What a method calls."""
    names = (
        "CacheKeyParameters CacheNamespace ConnectionId ConnectionType ContentHandling Credentials "
        "IntegrationHttpMethod PassthroughBehavior RequestParameters RequestTemplates Type Uri"
    )
    written = named(raw, {name: name[0].lower() + name[1:] for name in names.split()})
    written |= named(raw, {"TimeoutInMillis": "timeoutMilliseconds"})
    written |= named(held, {"RestApiId": "restApi", "ResourceId": "resourceId", "HttpMethod": "httpMethod"})
    yield Beside(token="aws:apigateway/integration:Integration", suffix="Integration", written=written)


def method_settings(raw: Any, held: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    """Settings for methods of a stage, one each."""
    names = (
        "CacheDataEncrypted CacheTtlInSeconds CachingEnabled DataTraceEnabled LoggingLevel MetricsEnabled "
        "ThrottlingBurstLimit ThrottlingRateLimit"
    )
    for number, one in enumerate(listed(raw)):
        resource = str(get(one, "ResourcePath") or "/*").strip("/").replace("/", "~1") or "~1"
        yield Beside(
            token="aws:apigateway/methodSettings:MethodSettings",
            suffix=f"MethodSettings{number or ''}",
            own=("stageName",),
            written={
                **named(held, {"RestApiId": "restApi"}),
                "methodPath": f"{resource}/{get(one, 'HttpMethod') or '*'}",
                "settings": named(one, {name: name[0].lower() + name[1:] for name in names.split()}),
            },
        )


def deployed_stage(raw: Any, held: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    """A deployment with a stage name makes the stage."""
    about = held.get("StageDescription")
    written = {"stageName": raw, **named(held, {"RestApiId": "restApi"})}
    written |= named(about, {"TracingEnabled": "xrayTracingEnabled", "Variables": "variables"})
    access = get(about, "AccessLogSetting")
    if access:
        written["accessLogSettings"] = named(access, {"DestinationArn": "destinationArn", "Format": "format"})
    yield Beside(token="aws:apigateway/stage:Stage", suffix="Stage", own=("deployment",), written=written)
