"""Ways from an entry point to the workloads behind it, resource by resource."""

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from checks.resource_graph import types as aws
from checks.resource_graph.leaves import hides, is_set, items, word
from checks.resource_graph.stack import Stack
from checks.resource_graph.steps import forwarding, leads_on, next_steps
from scanner.model.late_dataclass import dataclass
from scanner.model.leaves import texts
from scanner.model.resource import ABSENT, CloudValue, Resource

_ANSWERS_ITSELF: Final = frozenset({"redirect", "fixed-response"})
_STORES: Final = (*aws.DATABASES, *aws.BUCKETS)
_DESCRIBED: Final = (aws.REST_API, aws.HTTP_API)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """`resources` begin with the entry's own and end with the workload, in the order in which a request meets them."""

    resources: tuple[Resource, ...]

    @property
    def workload(self) -> Resource:
        """Who answers in the end."""
        return self.resources[-1]

    def __str__(self) -> str:
        return " -> ".join(names(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What lies behind an entry point: one shortest way to each workload or store.

    `loose`: one sentence for each step that could not be followed; what lies behind it is not known.
    """

    ways: tuple[Way, ...]
    loose: tuple[str, ...] = ()

    @property
    def workloads(self) -> frozenset[str]:
        """URNs of all workloads and stores that are reached."""
        return frozenset(way.workload.urn for way in self.ways)


def named(one: Resource) -> str:
    """`Stage ocpi`: type and name, for people."""
    return f"{one.token.rpartition(':')[2]} {one.name}"


def names(way: Way) -> tuple[str, ...]:
    """Each resource of the way, for people."""
    return tuple(named(one) for one in way.resources)


def follow(stack: Stack, start: Resource, without: Collection[str] = ()) -> Reach:
    """Everything that gets a request which comes in at `start`; never through the URNs of `without`."""
    if start.urn in without:
        return Reach(ways=())
    came_from: dict[str, Resource | None] = {start.urn: None}
    queue = deque([start])
    ways: list[Way] = []
    loose: list[str] = []
    while queue:
        one = queue.popleft()
        if one.token in aws.WORKLOADS or one.token in _STORES:
            ways.append(Way(resources=_back(one, came_from)))
            continue
        following = next_steps(stack, one)
        loose += _loose_ends(one, following, is_read=one.urn in stack.index.bodies)
        for each in following:
            if each.urn not in came_from and each.urn not in without:
                came_from[each.urn] = one
                queue.append(each)
    return Reach(ways=tuple(ways), loose=tuple(loose))


def _back(one: Resource, came_from: dict[str, Resource | None]) -> tuple[Resource, ...]:
    way = [one]
    while (before := came_from[way[-1].urn]) is not None:
        way.append(before)
    return tuple(reversed(way))


def _loose_ends(one: Resource, following: Collection[Resource], *, is_read: bool) -> Iterator[str]:
    """Why something may lie behind this resource that was not followed; `is_read`: its OpenAPI body was."""
    if one.token in _DESCRIBED and is_set(one.get("body")) and not is_read:
        yield f"{named(one)} is described by an OpenAPI body, which cannot be read"
    elif not following and leads_on(one) and not _ends_here(one):
        values = [one.get(name) for name in forwarding(one)]
        literal = next((text for value in values for text in texts(value)), None)
        if any(hides(value) for value in values):
            yield f"where {named(one)} leads is unknown until deploy"
        elif literal:
            yield f"{named(one)} leads to {literal}, which this stack does not declare"
        else:
            yield f"what stands behind {named(one)} is not declared"


def _ends_here(one: Resource) -> bool:
    """True for what answers by itself: a mock integration, a redirect, a fixed response."""
    if one.token in (aws.REST_INTEGRATION, aws.HTTP_INTEGRATION):
        return "MOCK" in (one.get("type"), one.get("integrationType"))
    if one.token in {*aws.LISTENERS, *aws.LISTENER_RULES}:
        kinds = {_kind(action) for name in ("defaultActions", "actions") for action in items(one.get(name))}
        return bool(kinds) and kinds <= _ANSWERS_ITSELF
    return one.token == aws.ADDRESS


def _kind(action: CloudValue) -> CloudValue:
    return word(action.get("type", ABSENT) if isinstance(action, Mapping) else action)
