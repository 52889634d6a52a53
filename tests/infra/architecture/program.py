"""What the picture says of each part: read from what the program registers, never written down beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.infra.recorded_program import Recorded

Facts = tuple[str, ...]
_OWN: Final = "ocpi-posture:infra:"
_NAMES: Final = 4  # of endpoints on a line


def components(stack: Recorded) -> Mapping[str, int]:
    """The parts of the environment with how many resources lie in each, or deeper; functions by their names."""
    above = {_place(one["type"], one["name"]): _parent(one["parent"]) for one in stack.registrations}
    found: dict[str, int] = {}
    for one in stack.registrations:
        if not one["type"].startswith(_OWN):
            part = _part(above, _parent(one["parent"]))
            if part:
                found[part] = found.get(part, 0) + 1
    return dict(sorted(found.items()))


def _place(kind: str, name: str) -> str:
    return f"{kind}::{name}"


def _parent(urn: str) -> str:
    """Type and name at the end of an URN."""
    if not urn:
        return ""
    above, kind, name = urn.rsplit("::", 2)
    return _place(kind.rpartition("$")[2], name) if above else ""


def _part(above: Mapping[str, str], place: str) -> str:
    """The component right below the environment that holds a place; empty for what is in none."""
    while place.startswith(_OWN) and not above[place].startswith(f"{_OWN}Environment"):
        place = above[place]
    if not place.startswith(_OWN) or place.startswith(f"{_OWN}Environment"):
        return ""
    kind, name = place.removeprefix(_OWN).split("::")
    return f"{kind} {name}" if kind == "Function" else kind


def partners(stack: Recorded) -> Facts:
    plans = stack.all("aws:apigateway/usagePlan:UsagePlan")
    return tuple(f"{plan['name']}: {plan['inputs']['throttleSettings']['rateLimit']:g}/s" for plan in plans)


def firewall(stack: Recorded) -> Facts:
    rules = sorted(stack.inputs("aws:wafv2/webAcl:WebAcl")["rules"], key=lambda rule: int(rule["priority"]))
    return (f"{len(rules)} rules,", f"{_last(rules)} pass last")


def _last(rules: list[Mapping[str, Any]]) -> str:
    return "partners" if "ipSetReferenceStatement" in rules[-1]["statement"] else "others"


def gateway(stack: Recorded) -> Facts:
    api = stack.inputs("aws:apigateway/restApi:RestApi")
    methods, models = stack.all("aws:apigateway/method:Method"), stack.all("aws:apigateway/model:Model")
    return (
        f"{len(methods)} methods",
        f"{len(models)} body schemas",
        "TLS 1.3 + 1.2, PQ" if "PQ" in api["securityPolicy"] else str(api["securityPolicy"]),
        "own host name only" if api["disableExecuteApiEndpoint"] else "default endpoint open",
    )


def authoriser(stack: Recorded) -> Facts:
    kept = stack.inputs("aws:apigateway/authorizer:Authorizer")["authorizerResultTtlInSeconds"]
    return ("token, contract, certificate", f"remembers for {kept:g} s")


def service(stack: Recorded) -> Facts:
    function = stack.inputs("aws:lambda/function:Function", "service")
    return (f"{function['runtime']}, {function['architectures'][0]}", f"{function['memorySize']:g} MB")


def containers(stack: Recorded) -> Facts:
    task = stack.inputs("aws:ecs/taskDefinition:TaskDefinition")
    runs = stack.inputs("aws:appautoscaling/target:Target")
    image = json.loads(task["containerDefinitions"])[0]["image"]
    return (
        f"Fargate, {task['runtimePlatform']['cpuArchitecture']}, {runs['minCapacity']:g} to {runs['maxCapacity']:g}",
        "image by digest" if "@sha256:" in image else "image by tag",
    )


def balancer(stack: Recorded) -> Facts:
    inside = stack.inputs("aws:lb/loadBalancer:LoadBalancer")["internal"]
    hops = {stack.inputs(kind)["protocol"] for kind in ("aws:lb/listener:Listener", "aws:lb/targetGroup:TargetGroup")}
    return (f"{'internal' if inside else 'on the internet'}, {'TLS' if hops == {'HTTPS'} else 'not TLS'} on both hops",)


def rotation(stack: Recorded) -> Facts:
    days = stack.all("aws:secretsmanager/secretRotation:SecretRotation")[0]["inputs"]["rotationRules"]
    return ("credentials handshake", f"every {days['automaticallyAfterDays']:g} days")


def way_out(stack: Recorded) -> Facts:
    rule = stack.inputs("aws:networkfirewall/ruleGroup:RuleGroup")["ruleGroup"]["rulesSource"]["rulesSourceList"]
    fixed = stack.all("aws:ec2/eip:Eip")
    return (f"{len(rule['targets'])} hosts by name, no other;", f"{len(fixed)} fixed addresses")


def tables(stack: Recorded) -> Facts:
    found = stack.all("aws:dynamodb/table:Table")
    return (", ".join(table["name"] for table in found), "recoverable, expiring")


def secrets(stack: Recorded) -> Facts:
    return (f"{len(stack.all('aws:secretsmanager/secret:Secret'))}, one for each partner",)


def keys(stack: Recorded) -> Facts:
    return (f"{len(stack.all('aws:kms/key:Key'))}, one for each kind of data",)


def endpoints(stack: Recorded) -> Facts:
    names = [one["name"] for one in stack.all("aws:ec2/vpcEndpoint:VpcEndpoint")]
    return tuple(", ".join(part) for part in (names[:_NAMES], names[_NAMES:]) if part)


def logs(stack: Recorded) -> Facts:
    groups = stack.all("aws:cloudwatch/logGroup:LogGroup")
    days = {group["inputs"]["retentionInDays"] for group in groups}
    return (
        f"{len(groups)} groups, of every part",
        f"encrypted, kept {' or '.join(f'{day:g}' for day in sorted(days))} days",
    )


def trail(stack: Recorded) -> Facts:
    lock = stack.all("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
    return ("every region, validated", "locked bucket" if lock else "bucket without lock")


def alarms(stack: Recorded) -> Facts:
    found = stack.all("aws:cloudwatch/metricAlarm:MetricAlarm")
    return (f"{len(found)} alarms from logs,", "firewall, functions, queue")


def network(stack: Recorded) -> Facts:
    return (str(stack.inputs("aws:ec2/vpc:Vpc")["cidrBlock"]),)


def detectors(stack: Recorded) -> Facts:
    kinds = {one["type"].split(":")[1].split("/")[0] for one in stack.registrations if "Detectors" in one["parent"]}
    named = {"guardduty": "GuardDuty", "cfg": "Config", "securityhub": "Security Hub", "accessanalyzer": "Analyzer"}
    found = [name for kind, name in named.items() if kind in kinds]
    return tuple(", ".join(found[at : at + 2]) for at in range(0, len(found), 2))


def scanned(stack: Recorded) -> Facts:
    return ("from the audit account, reads only",) if stack.all("aws:iam/role:Role") else ()


Reader = Callable[[Recorded], Facts]
