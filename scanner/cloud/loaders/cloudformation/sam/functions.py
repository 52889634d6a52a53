"""`AWS::Serverless::Function`: the function, its role, its URL, and what calls it."""

from typing import Any, Final

from scanner.cloud.loaders.cloudformation.nodes import listed, mapping
from scanner.cloud.loaders.cloudformation.sam.parts import Expanded, Node, att, picked, ref, tags
from scanner.cloud.loaders.cloudformation.splits.within import PACKED

_SAME: Final = (
    "Architectures", "CodeSigningConfigArn", "Description", "Environment", "EphemeralStorage", "FileSystemConfigs",
    "FunctionName", "Handler", "ImageConfig", "KmsKeyArn", "Layers", "LoggingConfig", "MemorySize", "PackageType",
    "ReservedConcurrentExecutions", "Role", "Runtime", "SnapStart", "Timeout", "VpcConfig",
)  # fmt: skip
_MANAGED: Final = "arn:aws:iam::aws:policy/"
_BASIC: Final = f"{_MANAGED}service-role/AWSLambdaBasicExecutionRole"
_NETWORK: Final = f"{_MANAGED}service-role/AWSLambdaVPCAccessExecutionRole"
_TRACES: Final = f"{_MANAGED}AWSXRayDaemonWriteAccess"
_STREAMS: Final = {"SQS": "Queue", "Kinesis": "Stream", "DynamoDB": "Stream", "MSK": "Stream"}
_TRUST: Final = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com"]}, "Action": ["sts:AssumeRole"]}
    ],
}


def expand_function(out: Expanded, name: str, held: Node) -> None:
    """The function and what comes with it; its API events are read by the APIs."""
    properties = picked(held, *_SAME)
    properties["Code"] = _code(held)
    if "Tracing" in held:
        properties["TracingConfig"] = {"Mode": held["Tracing"]}
    if "Tags" in held:
        properties["Tags"] = tags(held["Tags"])
    if target := mapping(held.get("DeadLetterQueue")).get("TargetArn"):
        properties["DeadLetterConfig"] = {"TargetArn": target}
    if "Role" not in held:
        properties["Role"] = att(f"{name}Role", "Arn")
        _role(out, name, held)
    out.add(name, "AWS::Lambda::Function", properties, name)
    if url := mapping(held.get("FunctionUrlConfig")):
        made = {**picked(url, "AuthType", "Cors", "InvokeMode"), "TargetFunctionArn": ref(name)}
        out.add(f"{name}Url", "AWS::Lambda::Url", made, name)
    if isinstance(alias := held.get("AutoPublishAlias"), str):
        made = {"Name": alias, "FunctionName": ref(name), "FunctionVersion": att(f"{name}.Version", "Version")}
        out.add(f"{name}Alias{alias}", "AWS::Lambda::Alias", made, name)
    for event, about in mapping(held.get("Events")).items():
        _event(out, name, str(event), mapping(about))


def _code(held: Node) -> Node:
    uri = held.get("CodeUri")
    if "ImageUri" in held:
        return {"ImageUri": held["ImageUri"]}
    if "InlineCode" in held:
        return {"ZipFile": held["InlineCode"]}
    if isinstance(uri, dict) and "Bucket" in uri:
        return picked(uri, S3Bucket="Bucket", S3Key="Key", S3ObjectVersion="Version")
    return {"ZipFile": {PACKED: uri} if isinstance(uri, str) else ""}


def _role(out: Expanded, name: str, held: Node) -> None:
    managed: list[Any] = [_NETWORK if held.get("VpcConfig") else _BASIC]
    if held.get("Tracing") == "Active":
        managed.append(_TRACES)
    inline: list[Node] = []
    for number, policy in enumerate(listed(held.get("Policies"))):
        if isinstance(policy, str):
            managed.append(policy if policy.startswith("arn:") else f"{_MANAGED}{policy}")
        elif "Statement" in mapping(policy):
            inline.append({"PolicyName": f"{name}RolePolicy{number}", "PolicyDocument": policy})
        elif set(mapping(policy)) & {"Ref", "Fn::GetAtt", "Fn::Sub", "Fn::ImportValue"}:
            managed.append(policy)
        else:
            inline.append({"PolicyName": f"{name}RolePolicy{number}", "PolicyDocument": {"Fn::Transform": policy}})
            out.missing.append(
                f"the policy template {', '.join(map(str, mapping(policy)))} of {name} is not written out"
            )
    made: Node = {
        "AssumeRolePolicyDocument": held.get("AssumeRolePolicyDocument", _TRUST),
        "ManagedPolicyArns": managed,
        **picked(held, "PermissionsBoundary", Path="RolePath"),
    }
    out.add(f"{name}Role", "AWS::IAM::Role", {**made, **({"Policies": inline} if inline else {})}, name)


def _event(out: Expanded, function: str, name: str, event: Node) -> None:
    kind, held = str(event.get("Type")), mapping(event.get("Properties"))
    made = f"{function}{name}"
    if kind in _STREAMS:
        source = {"EventSourceArn": held.get(_STREAMS[kind]), "FunctionName": ref(function)}
        out.add(made, "AWS::Lambda::EventSourceMapping", {**source, **picked(held, "BatchSize", "Enabled")}, function)
    elif kind == "SNS":
        told = {"TopicArn": held.get("Topic"), "Protocol": "lambda", "Endpoint": att(function, "Arn")}
        out.add(made, "AWS::SNS::Subscription", told, function)
    elif kind in {"Schedule", "EventBridgeRule", "CloudWatchEvent"}:
        rule = picked(held, "Name", "Description", EventPattern="Pattern", ScheduleExpression="Schedule")
        target = [{"Id": f"{made}LambdaTarget", "Arn": att(function, "Arn")}]
        out.add(made, "AWS::Events::Rule", {**rule, "Targets": target}, function)
    elif kind not in {"Api", "HttpApi"}:
        out.missing.append(f"the event {name} of {function} ({kind}) is not expanded")
