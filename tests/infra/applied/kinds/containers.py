"""What runs a container of the user's own: load balancer, service, its scaling, and the gateway's link to it."""

from __future__ import annotations

from typing import Any, Final

from tests.infra.applied.account import Account
from tests.infra.applied.declared import Declared
from tests.infra.applied.kinds.detection import awsvpc

Made = tuple[str, dict[str, Any]]

# Switches of a load balancer that the provider has as inputs, and the API as attributes.
_ATTRIBUTES: Final = {
    "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
    "enableDeletionProtection": "deletion_protection.enabled",
    "idleTimeout": "idle_timeout.timeout_seconds",
}
_NO_REWRITE: Final = "moto's load balancers rewrite no path"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def balancer(aws: Account, declared: Declared) -> Made:
    switches = {_ATTRIBUTES[key]: _text(declared.take(key)) for key in _ATTRIBUTES if key in declared.inputs}
    scheme = "internal" if declared.take("internal") else "internet-facing"
    kind, tags = declared.take("loadBalancerType"), declared.tag_list()
    made = aws.call("elbv2", "CreateLoadBalancer", declared.rest(), Scheme=scheme, Type=kind, Tags=tags)
    (made,) = made["LoadBalancers"]
    arn = made["LoadBalancerArn"]
    attributes = [{"Key": key, "Value": value} for key, value in switches.items()]
    aws.call("elbv2", "ModifyLoadBalancerAttributes", LoadBalancerArn=arn, Attributes=attributes)
    suffix = arn.partition("loadbalancer/")[2]
    return arn, {"arn": arn, "arnSuffix": suffix, "dnsName": made["DNSName"]}


def target_group(aws: Account, declared: Declared) -> Made:
    health = dict(declared.take("healthCheck"))
    said = {
        "HealthCheckEnabled": health.pop("enabled"),
        "HealthCheckProtocol": health.pop("protocol"),
        "HealthCheckPath": health.pop("path"),
        "HealthCheckIntervalSeconds": int(health.pop("interval")),
        "HealthCheckTimeoutSeconds": int(health.pop("timeout")),
        "HealthyThresholdCount": int(health.pop("healthyThreshold")),
        "UnhealthyThresholdCount": int(health.pop("unhealthyThreshold")),
        "Matcher": {"HttpCode": health.pop("matcher")},
    }
    assert not health, f"a health check has {sorted(health)}"
    delay, tags = declared.take("deregistrationDelay"), declared.tag_list()
    (made,) = aws.call("elbv2", "CreateTargetGroup", declared.rest(), Tags=tags, **said)["TargetGroups"]
    arn = made["TargetGroupArn"]
    waits = [{"Key": "deregistration_delay.timeout_seconds", "Value": _text(delay)}]
    aws.call("elbv2", "ModifyTargetGroupAttributes", TargetGroupArn=arn, Attributes=waits)
    return arn, {"arn": arn, "arnSuffix": arn.rpartition(":")[2], "name": made["TargetGroupName"]}


def _answered(action: dict[str, Any]) -> dict[str, Any]:
    """The provider has a word less."""
    said = dict(action)
    if "fixedResponse" in said:
        said["fixedResponseConfig"] = said.pop("fixedResponse")
    return said


def listener(aws: Account, declared: Declared) -> Made:
    certificate, tags = declared.take("certificateArn"), declared.tag_list()
    actions = [_answered(action) for action in declared.take("defaultActions")]
    certificates = [{"CertificateArn": certificate}] if certificate else None
    made = aws.call(
        "elbv2", "CreateListener", declared.rest(), {"defaultActions": actions}, Certificates=certificates, Tags=tags
    )
    (made,) = made["Listeners"]
    return made["ListenerArn"], {"arn": made["ListenerArn"]}


_CONDITIONS: Final = {
    "hostHeader": ("host-header", "HostHeaderConfig"),
    "pathPattern": ("path-pattern", "PathPatternConfig"),
}


def listener_rule(aws: Account, declared: Declared) -> Made:
    conditions, transforms = [], declared.take("transforms")
    for given in declared.take("conditions"):
        ((word, values),) = given.items()
        field, config = _CONDITIONS[word]
        conditions.append({"Field": field, config: {"Values": values["values"]}})
    tags, rest = declared.tag_list(), declared.rest()
    if transforms:
        asked = [
            {"Type": one["type"], "UrlRewriteConfig": {"Rewrites": [
                {"Regex": one["urlRewriteConfig"]["rewrite"]["regex"],
                 "Replace": one["urlRewriteConfig"]["rewrite"]["replace"]}]}}
            for one in transforms
        ]  # fmt: skip
        aws.call("elbv2", "CreateRule", rest, Conditions=conditions, Tags=tags, Transforms=asked, unsent=_NO_REWRITE)
    made = aws.call("elbv2", "CreateRule", rest, Conditions=conditions, Tags=tags)
    (made,) = made["Rules"]
    return made["RuleArn"], {"arn": made["RuleArn"]}


def service(aws: Account, declared: Declared) -> Made:
    tags = [{"key": key, "value": value} for key, value in declared.tags.items()]
    name = declared.take("name")
    network = {"awsvpcConfiguration": awsvpc(declared.take("networkConfiguration"))}
    behaviour = {
        "maximumPercent": int(declared.take("deploymentMaximumPercent")),
        "minimumHealthyPercent": int(declared.take("deploymentMinimumHealthyPercent")),
        "deploymentCircuitBreaker": declared.take("deploymentCircuitBreaker"),
    }
    inputs = declared.rest()
    if "enableEcsManagedTags" in inputs:
        inputs["enableECSManagedTags"] = inputs.pop("enableEcsManagedTags")
    made = aws.call(
        "ecs", "CreateService", inputs, {"networkConfiguration": network}, serviceName=name,
        deploymentConfiguration=behaviour, tags=tags,
    )["service"]  # fmt: skip
    return made["serviceArn"], {"name": name, "arn": made["serviceArn"]}


def scaled(aws: Account, declared: Declared) -> Made:
    tags = declared.tags
    aws.call("application-autoscaling", "RegisterScalableTarget", declared.rest(), Tags=tags)
    named = ("resourceId", "scalableDimension", "serviceNamespace")
    return declared.inputs["resourceId"], {key: declared.inputs[key] for key in named}


def scaling(aws: Account, declared: Declared) -> Made:
    name = declared.take("name")
    made = aws.call("application-autoscaling", "PutScalingPolicy", declared.rest(), PolicyName=name)
    return name, {"arn": made["PolicyARN"]}


def link(aws: Account, declared: Declared) -> Made:
    tags = declared.tags
    made = aws.call("apigatewayv2", "CreateVpcLink", declared.rest(), Tags=tags)
    return made["VpcLinkId"], {"arn": aws.arn("apigateway", f"/vpclinks/{made['VpcLinkId']}")}


KINDS = {
    "aws:lb/loadBalancer:LoadBalancer": balancer,
    "aws:lb/targetGroup:TargetGroup": target_group,
    "aws:lb/listener:Listener": listener,
    "aws:lb/listenerRule:ListenerRule": listener_rule,
    "aws:ecs/service:Service": service,
    "aws:appautoscaling/target:Target": scaled,
    "aws:appautoscaling/policy:Policy": scaling,
    "aws:apigatewayv2/vpcLink:VpcLink": link,
}
