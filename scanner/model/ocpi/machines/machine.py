"""The words of the state machines, and the walks through them."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import field
from enum import Enum, StrEnum
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass

ABSENT: Final = "ABSENT"  # the receiver does not know the object


class Legality(StrEnum):
    """What the specification says about an edge."""

    LEGAL = "legal"
    ILLEGAL = "illegal"  # forbidden, or against the definition of what it changes
    UNSPECIFIED = "unspecified"  # neither: an answer to it is a fact, not a fault


class Tag(Enum):
    """A value that only whoever makes the object knows."""

    NOW = "the present moment"
    EARLIER = "a moment before that of the former state"
    PAST = "a moment long ago"
    FUTURE = "a moment to come"
    LEFT_OUT = "the property is not there"
    SAME_ID = "the id of the object in its former state"
    NEW_ID = "an id that was not used before"
    OTHER_PARTY = "the party id of somebody else: our second identity, or a party that does not exist"
    NEGATED = "the amount of the former state with the opposite sign"
    MORE = "more than in the former state"


class Sender(StrEnum):
    """Whose token carries the change."""

    OWNER = "owner"  # the party that the object belongs to
    OTHER = "other"  # our second identity
    FIRST_TOKEN = "first token"  # the owner, with the token that registration gave up
    FORMER_TOKEN = "former token"  # the owner, with the token that a renewal or the end of registration gave up


Value = JsonValue | Tag
Sets = Mapping[str, Value]  # JSON pointer to what stands there


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One change of state.

    `by`: the method that carries it, or `event` for what no request does. `carries`: the class (or enumeration) of
    the body, None without one. `before` and `after`: what the object is set to in its former state and by the
    change; everything else is as a builder makes it. For charging profiles, `before` is of their session. `status`:
    the HTTP status that a refusal shall have, where the specification names one.
    """

    name: str
    source: str
    target: str
    by: str
    legality: Legality
    section: str
    carries: str | None = None
    before: Sets = field(default_factory=dict)
    after: Sets = field(default_factory=dict)
    sender: Sender = Sender.OWNER
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """States and edges of what one module keeps; `states` begins with the initial one.

    `final`: states that no legal edge leaves. `name` is the module's id, but for what lives in another module.
    """

    version: str
    name: str
    module: str
    states: tuple[str, ...]
    final: frozenset[str]
    edges: tuple[Edge, ...]


def edges_that_are(machine: Machine, legality: Legality) -> tuple[Edge, ...]:
    """The edges of one kind, in the order of the data."""
    return tuple(edge for edge in machine.edges if edge.legality is legality)


def illegal_edges(machine: Machine) -> tuple[Edge, ...]:
    """The edges that a receiver has to refuse."""
    return edges_that_are(machine, Legality.ILLEGAL)


def path_to(machine: Machine, state: str) -> tuple[Edge, ...]:
    """The shortest legal way from the initial state; the first in the order of the data.

    Raises: LookupError if no legal way leads there.
    """
    if state == machine.states[0]:
        return ()
    ways: deque[tuple[Edge, ...]] = deque([()])
    seen = {machine.states[0]}
    while ways:
        way = ways.popleft()
        for edge in _leaving(machine, way[-1].target if way else machine.states[0]):
            if edge.target == state:
                return (*way, edge)
            if edge.target not in seen:
                seen.add(edge.target)
                ways.append((*way, edge))
    raise LookupError(f"no legal way to {state} in {machine.name} of {machine.version}")


def legal_paths(machine: Machine) -> Iterator[tuple[Edge, ...]]:
    """Legal ways from the initial state that together take every legal edge; none begins another one."""
    ways = [(*path_to(machine, edge.source), edge) for edge in edges_that_are(machine, Legality.LEGAL)]
    for way in ways:
        if not any(other[: len(way)] == way and len(other) > len(way) for other in ways):
            yield way


def _leaving(machine: Machine, state: str) -> Iterator[Edge]:
    return (edge for edge in machine.edges if edge.source == state and edge.legality is Legality.LEGAL)
