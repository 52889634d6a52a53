"""Properties that Pulumi has in another form, in the same resource."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from scanner.cloud.loaders.cloudformation.intrinsics import Values
from scanner.model.resource import UNKNOWN, CloudValue

_BALANCER: Final[Mapping[str, str]] = {
    "access_logs.s3.enabled": "accessLogs.enabled",
    "access_logs.s3.bucket": "accessLogs.bucket",
    "access_logs.s3.prefix": "accessLogs.prefix",
    "connection_logs.s3.enabled": "connectionLogs.enabled",
    "connection_logs.s3.bucket": "connectionLogs.bucket",
    "connection_logs.s3.prefix": "connectionLogs.prefix",
    "deletion_protection.enabled": "enableDeletionProtection",
    "idle_timeout.timeout_seconds": "idleTimeout",
    "client_keep_alive.seconds": "clientKeepAlive",
    "load_balancing.cross_zone.enabled": "enableCrossZoneLoadBalancing",
    "routing.http.desync_mitigation_mode": "desyncMitigationMode",
    "routing.http.drop_invalid_header_fields.enabled": "dropInvalidHeaderFields",
    "routing.http.preserve_host_header.enabled": "preserveHostHeader",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "enableTlsVersionAndCipherSuiteHeaders",
    "routing.http.xff_client_port.enabled": "enableXffClientPort",
    "routing.http.xff_header_processing.mode": "xffHeaderProcessingMode",
    "routing.http2.enabled": "enableHttp2",
    "waf.fail_open.enabled": "enableWafFailOpen",
}
_TARGETS: Final[Mapping[str, str]] = {
    "deregistration_delay.timeout_seconds": "deregistrationDelay",
    "deregistration_delay.connection_termination.enabled": "connectionTermination",
    "load_balancing.algorithm.type": "loadBalancingAlgorithmType",
    "preserve_client_ip.enabled": "preserveClientIp",
    "proxy_protocol_v2.enabled": "proxyProtocolV2",
    "slow_start.duration_seconds": "slowStart",
    "stickiness.enabled": "stickiness.enabled",
    "stickiness.type": "stickiness.type",
    "lambda.multi_value_headers.enabled": "lambdaMultiValueHeadersEnabled",
}
_KEYS: Final = {"HASH": "hashKey", "RANGE": "rangeKey"}
_FLOWS: Final = {
    "VPC": "vpcId",
    "Subnet": "subnetId",
    "NetworkInterface": "eniId",
    "TransitGateway": "transitGatewayId",
    "TransitGatewayAttachment": "transitGatewayAttachmentId",
}
_AUTHORS: Final = frozenset({"Options", "DockerLabels", "DriverOpts", "Labels"})  # whose names are the author's
_INTERFACE: Final = {
    "AssociatePublicIpAddress": "associatePublicIpAddress",
    "SubnetId": "subnetId",
    "GroupSet": "vpcSecurityGroupIds",
}

PACKED: Final = "Folder"  # our own word in place of the code: SAM packs a folder

Made = dict[str, CloudValue]


def _objects(values: Values, raw: Any) -> list[Mapping[str, CloudValue]]:  # noqa: ANN401 - JSON
    value = values.value(raw)
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, tuple) else []


def _key_schema(values: Values, raw: Any) -> Made:  # noqa: ANN401 - JSON
    keys = _objects(values, raw)
    named = ((_KEYS.get(str(one.get("KeyType"))), one.get("AttributeName")) for one in keys)
    return {key: value for key, value in named if key}


def _zip_file(values: Values, raw: Any) -> Made:  # noqa: ANN401 - JSON
    """The code stands in the template, or in a folder that is packed when SAM deploys."""
    if isinstance(raw, dict) and isinstance(raw.get(PACKED), str):
        return {"code": {"asset": {"kind": "archive", "path": raw[PACKED]}}}
    text = values.value(raw)
    known = {"text": text} if isinstance(text, str) and text else {"seen": False}
    return {"code": {"asset": {"kind": "asset", **known}}}


def _attributes(table: Mapping[str, str]) -> Callable[[Values, Any], Made]:
    def make(values: Values, raw: Any) -> Made:  # noqa: ANN401 - JSON
        made: Made = {}
        for one in _objects(values, raw):
            path = table.get(str(one.get("Key")))
            if path is not None:
                first, _, rest = path.partition(".")
                value = _plain(one.get("Value"))
                held = made.get(first)
                made[first] = {**(held if isinstance(held, dict) else {}), rest: value} if rest else value
        return made

    return make


def _plain(value: CloudValue) -> CloudValue:
    """Attributes are text in a template, whatever they mean."""
    if not isinstance(value, str):
        return value
    return value == "true" if value in {"true", "false"} else int(value) if value.isdecimal() else value


def _patterns(values: Values, raw: Any) -> Made:  # noqa: ANN401 - JSON
    found = values.value(raw)
    return {"regularExpressions": tuple({"regexString": one} for one in found) if isinstance(found, tuple) else UNKNOWN}


def _interfaces(values: Values, raw: Any) -> Made:  # noqa: ANN401 - JSON
    """The first network interface of an instance says where it stands and whether it has a public address."""
    first = next(iter(_objects(values, raw)), {})
    return {_INTERFACE[name]: value for name, value in first.items() if name in _INTERFACE}


def _containers(values: Values, raw: Any) -> Made:  # noqa: ANN401 - JSON
    """All containers of a task, with names as ECS itself has them: text in Pulumi, unless something is not known."""
    found = _as_ecs(values.value(raw))
    try:
        return {"containerDefinitions": json.dumps(found, default=_refuse)}
    except TypeError:
        return {"containerDefinitions": found}


def _as_ecs(value: CloudValue) -> CloudValue:
    if isinstance(value, Mapping):
        return {
            name[:1].lower() + name[1:]: inner if name in _AUTHORS else _as_ecs(inner) for name, inner in value.items()
        }
    return tuple(map(_as_ecs, value)) if isinstance(value, tuple) else value


def _refuse(value: object) -> object:
    raise TypeError(f"no JSON: {value!r}")


# What Pulumi takes as one text, whatever the table says of its form.
AS_TEXT: Final[Mapping[str, Callable[[Values, Any], Made]]] = {"ContainerDefinitions": _containers}
WITHIN: Final[Mapping[str, Callable[[Values, Any], Made]]] = {
    "KeySchema": _key_schema,
    "ZipFile": _zip_file,
    "LoadBalancerAttributes": _attributes(_BALANCER),
    "TargetGroupAttributes": _attributes(_TARGETS),
    "RegularExpressionList": _patterns,
    "NetworkInterfaces": _interfaces,
    **AS_TEXT,
}


def flow_log_target(values: Values, kind: Any, target: Any) -> Made:  # noqa: ANN401 - JSON
    """`ResourceId` of a flow log, by what `ResourceType` says that it is."""
    found = _FLOWS.get(str(values.value(kind)))
    return {found: values.value(target)} if found else {}
