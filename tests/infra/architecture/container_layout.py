"""The same environment where the service is a container that calls partners: what stands elsewhere, and what is new."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tests.infra.architecture import program
from tests.infra.architecture.layout import FUNCTIONS, Arrow, Box, Frame, Layout

_LOWER: Final = 90  # pixels: room for a second box in the calling subnets
_BELOW: Final = 440  # what begins below this line stands lower
_ELSEWHERE: Final = frozenset({"OCPI service", "Private endpoints", "Filtered way out"})

_BOXES: Final = (
    Box(
        title="Private endpoints",
        kind="run",
        at=(640, 262, 272, 70),
        of=("Network", "Endpoints", "ContainerEndpoints"),
        facts=program.endpoints,
    ),
    Box(title="Load balancer", kind="edge", at=(640, 338, 272, 54), of=("Balancer",), facts=program.balancer),
    Box(title="OCPI service", kind="run", at=(640, 456, 272, 84), of=("ContainerService",), facts=program.containers),
    Box(title="Filtered way out", kind="edge", at=(256, 456, 334, 174), of=("Egress",), facts=program.way_out),
)
_ARROWS: Final = (
    Arrow(
        points=((590, 276), (615, 276), (615, 365), (640, 365)),
        by=("aws:apigatewayv2/vpcLink:VpcLink", ""),
        label="VPC link",
        label_at=(540, 330),
    ),
    Arrow(points=((776, 392), (776, 456)), by=("aws:lb/targetGroup:TargetGroup", "")),
    Arrow(points=((912, 498), (962, 498), (962, 250), (984, 250)), by=("aws:ecs/taskDefinition:TaskDefinition", "")),
    Arrow(points=((640, 498), (590, 498)), by=("aws:networkfirewall/firewall:Firewall", "")),
    Arrow(points=((640, 588), (590, 588)), by=("aws:networkfirewall/firewall:Firewall", "")),
    Arrow(
        points=((256, 543), (118, 543), (118, 292)),
        by=("aws:ec2/natGateway:NatGateway", ""),
        label="calls of partners",
        label_at=(126, 563),
    ),
)
# Arrows of the other picture that these stand for.
_REPLACED: Final = (
    ("aws:apigateway/integration:Integration", ""),
    ("aws:lambda/function:Function", "service"),
    ("aws:networkfirewall/firewall:Firewall", ""),
    ("aws:ec2/natGateway:NatGateway", ""),
)


def _lower(y: int) -> int:
    return y + _LOWER if y > _BELOW else y


def _box(box: Box) -> Box:
    x, y, width, height = box.at
    return replace(box, at=(x, _lower(y), width, height))


def _frame(frame: Frame) -> Frame:
    """What reaches below the line grows."""
    x, y, width, height = frame.at
    return replace(frame, at=(x, y, width, _lower(y + height) - y))


def _arrow(arrow: Arrow) -> Arrow:
    return replace(arrow, points=tuple((x, _lower(y)) for x, y in arrow.points))


CONTAINERS: Final = Layout(
    title="The same with a container of your own that calls partners",
    height=FUNCTIONS.height + _LOWER,
    further=_box(Box(title="", kind="", at=FUNCTIONS.further)).at,
    frames=tuple(_frame(frame) for frame in FUNCTIONS.frames),
    boxes=(*(_box(box) for box in FUNCTIONS.boxes if box.title not in _ELSEWHERE), *_BOXES),
    arrows=(*(_arrow(arrow) for arrow in FUNCTIONS.arrows if arrow.by not in _REPLACED), *_ARROWS),
)
