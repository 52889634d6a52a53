"""Where each part of an environment stands in the picture, which component it is, and what leads where; on Lambda.

An arrow is drawn when the program has the resource (or the variable of a function) that makes it so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.infra.architecture import program
from tests.infra.architecture.program import Reader

WIDTH: Final = 1240


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """`of`: components that it stands for. `at`: x, y, width, height."""

    title: str
    kind: str  # its colour: outside, edge, run, data, watch
    at: tuple[int, int, int, int]
    of: tuple[str, ...] = ()
    facts: Reader | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A border round others."""

    title: str
    at: tuple[int, int, int, int]
    facts: Reader | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """`by`: type and name (empty: any) of the resource that makes it so. `bend`: corners between start and end."""

    points: tuple[tuple[int, int], ...]
    by: tuple[str, str]
    label: str = ""
    label_at: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One picture. `further` is where those components are named that have no place of their own yet."""

    title: str
    height: int
    further: tuple[int, int, int, int]
    frames: tuple[Frame, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


_FRAMES: Final = (
    Frame(title="AWS account of this environment alone", at=(236, 84, 984, 690)),
    Frame(title="VPC", at=(606, 124, 340, 452), facts=program.network),
    Frame(title="isolated subnets: no route to the internet", at=(624, 158, 304, 246)),
    Frame(title="calling subnets", at=(624, 424, 304, 132)),
)
_BOXES: Final = (
    Box(title="Roaming partners", kind="outside", at=(20, 180, 196, 112), facts=program.partners),
    Box(title="Operators", kind="outside", at=(20, 640, 196, 84)),
    Box(title="AWS WAF", kind="edge", at=(252, 180, 146, 112), of=("Edge",), facts=program.firewall),
    Box(
        title="API Gateway",
        kind="edge",
        at=(422, 180, 168, 112),
        of=("Api", "Stage", "Domain", "PartnerAccess"),
        facts=program.gateway,
    ),
    Box(title="Authoriser", kind="run", at=(640, 186, 272, 70), of=("Function authoriser",), facts=program.authoriser),
    Box(
        title="OCPI service",
        kind="run",
        at=(640, 262, 272, 70),
        of=("Service",),
        facts=program.service,
    ),
    Box(
        title="Private endpoints",
        kind="run",
        at=(640, 338, 272, 54),
        of=("Network", "Endpoints"),
        facts=program.endpoints,
    ),
    Box(
        title="Rotation of credentials",
        kind="run",
        at=(640, 456, 272, 84),
        of=("Function rotation",),
        facts=program.rotation,
    ),
    Box(title="Filtered way out", kind="edge", at=(256, 456, 334, 84), of=("Egress",), facts=program.way_out),
    Box(title="DynamoDB", kind="data", at=(984, 190, 216, 84), of=("Data", "Quarantine"), facts=program.tables),
    Box(title="KMS keys", kind="data", at=(984, 312, 216, 62), of=("Keys",), facts=program.keys),
    Box(title="Secrets Manager", kind="data", at=(984, 466, 216, 62), of=("PartnerSecret",), facts=program.secrets),
    Box(title="Alarms", kind="watch", at=(256, 640, 214, 84), of=("Alarms",), facts=program.alarms),
    Box(title="Logs", kind="watch", at=(522, 640, 214, 84), of=("Logs",), facts=program.logs),
    Box(title="Audit trail", kind="watch", at=(788, 640, 214, 84), of=("Trail",), facts=program.trail),
    Box(title="Detectors", kind="watch", at=(1022, 640, 184, 84), of=("Detectors",), facts=program.detectors),
    Box(
        title="Scanner's role, mark of deployments",
        kind="watch",
        at=(252, 350, 338, 70),
        of=("PostureRole", "DeploymentMarker"),
        facts=program.scanned,
    ),
)
_ARROWS: Final = (
    Arrow(points=((216, 236), (252, 236)), by=("aws:wafv2/webAclAssociation:WebAclAssociation", "")),
    Arrow(points=((398, 236), (422, 236)), by=("aws:wafv2/webAclAssociation:WebAclAssociation", "")),
    Arrow(points=((590, 221), (640, 221)), by=("aws:apigateway/authorizer:Authorizer", "")),
    Arrow(points=((590, 276), (640, 276)), by=("aws:apigateway/integration:Integration", "")),
    Arrow(points=((912, 221), (984, 221)), by=("aws:lambda/function:Function", "authoriser")),
    Arrow(points=((912, 295), (962, 295), (962, 250), (984, 250)), by=("aws:lambda/function:Function", "service")),
    Arrow(points=((1092, 466), (1092, 374)), by=("aws:secretsmanager/secret:Secret", "")),
    Arrow(points=((1092, 274), (1092, 312)), by=("aws:dynamodb/table:Table", "")),
    Arrow(points=((984, 497), (912, 497)), by=("aws:secretsmanager/secretRotation:SecretRotation", "")),
    Arrow(points=((640, 498), (590, 498)), by=("aws:networkfirewall/firewall:Firewall", "")),
    Arrow(
        points=((256, 498), (118, 498), (118, 292)),
        by=("aws:ec2/natGateway:NatGateway", ""),
        label="credentials handshake",
        label_at=(112, 518),
    ),
    Arrow(points=((522, 682), (470, 682)), by=("aws:cloudwatch/logMetricFilter:LogMetricFilter", "")),
    Arrow(points=((788, 682), (736, 682)), by=("aws:cloudtrail/trail:Trail", "")),
    Arrow(points=((256, 682), (216, 682)), by=("aws:sns/topicSubscription:TopicSubscription", "")),
    Arrow(points=((776, 576), (776, 608), (673, 608), (673, 640)), by=("aws:ec2/flowLog:FlowLog", "")),
    Arrow(
        points=((423, 540), (423, 590), (585, 590), (585, 640)),
        by=("aws:networkfirewall/loggingConfiguration:LoggingConfiguration", ""),
    ),
)
FUNCTIONS: Final = Layout(
    title="An OCPI environment, as `pulumi up` makes it",
    height=800,
    further=(970, 552, 236, 62),
    frames=_FRAMES,
    boxes=_BOXES,
    arrows=_ARROWS,
)
