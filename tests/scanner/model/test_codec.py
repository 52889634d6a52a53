"""What is written of facts is what pydantic reads back: each kind of value that a fact can hold is written alike."""

import dataclasses
import json
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum, StrEnum
from typing import Any

import pytest
from pydantic import TypeAdapter

from scanner.model.codec import WITH_MARKERS, observation_from_json, observation_to_json, to_json
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.catalog import FACT_TYPES
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.facts.run import ScanTime
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.resource import HIDDEN, UNKNOWN, Marker, Provider, Resource
from scanner.model.subject import SUBJECT_TYPES, EnvironmentSubject, StackSubject
from scanner.model.tool_verdict import SourcePosition, ToolVerdict
from scanner.model.witness import Witness

_WRITTEN_ALIKE = (str, int, float, bool, type(None), datetime, date)
_EVIDENCE = (EvidenceRef(id="ev-1", sha256="0" * 64, path="evidence/0/0.json", title="what was seen"),)


class _Colour(StrEnum):
    RED = "red"


class _Number(Enum):
    ONE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inner:
    colour: _Colour
    number: _Number


@dataclass(frozen=True, slots=True, kw_only=True)
class _Everything:
    text: str
    floating: float
    none: int | None
    at: datetime
    elsewhere: datetime
    day: date
    many: tuple[_Inner, ...]
    some: frozenset[str]


def _parts(kind: Any, met: set[Any]) -> Iterator[Any]:
    """Every class that a value of the type can hold, itself included."""
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) in {types.UnionType, typing.Union, tuple, frozenset, typing.Annotated}:
        for inner in arguments:
            if inner is not ...:
                yield from _parts(inner, met)
        return
    if typing.get_origin(kind) is typing.Literal:
        yield from {type(value) for value in arguments}
        return
    if kind in met:
        return
    met.add(kind)
    yield kind
    if dataclasses.is_dataclass(kind) and kind is not Resource:  # which has a writer of its own
        hints = typing.get_type_hints(kind, include_extras=True)
        for field in dataclasses.fields(kind):
            yield from _parts(hints[field.name], met)


def _is_written_alike(part: Any) -> bool:
    an_enum = isinstance(part, type) and issubclass(part, Enum) and part is not Marker
    return part in _WRITTEN_ALIKE or dataclasses.is_dataclass(part) or an_enum


@pytest.mark.parametrize("kind", FACT_TYPES, ids=lambda kind: kind.__name__)
def test_a_fact_holds_only_what_is_written_as_it_is_read(kind):
    held = set(_parts(kind, set()))

    assert (Resource in held) == (kind.__name__ in WITH_MARKERS)
    assert Resource in held or all(map(_is_written_alike, held))


@pytest.mark.parametrize("kind", [*SUBJECT_TYPES, EvidenceRef], ids=lambda kind: kind.__name__)
def test_so_do_subjects_and_references(kind):
    assert all(map(_is_written_alike, _parts(kind, set())))


def test_each_of_these_is_written_as_pydantic_writes_it():
    value = _Everything(
        text="half a pair: \ud800 and \u2028",
        floating=1e22,
        none=None,
        at=datetime(2026, 1, 2, 3, 4, 5, 60, tzinfo=UTC),
        elsewhere=datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
        day=date(2026, 1, 2),
        many=(_Inner(colour=_Colour.RED, number=_Number.ONE),),
        some=frozenset({"one"}),
    )

    theirs = TypeAdapter(_Everything).dump_python(value, mode="json")
    assert json.dumps(to_json(value)) == json.dumps(theirs)
    assert TypeAdapter(_Everything).validate_python(json.loads(json.dumps(to_json(value)))) == value


def test_markers_of_a_stack_come_back_as_what_they_are():
    resource = Resource(urn="urn", token="a:b:C", name="c", stack="s", inputs={"a": UNKNOWN, "b": [HIDDEN, "secret"]})
    fact = DeclaredResources(stack="s", source="a program", resources=(resource,), missing=())
    subject = StackSubject(environment="test", stack="s")

    assert _back(fact, subject).resources[0].inputs == {"a": UNKNOWN, "b": (HIDDEN, "secret")}


def test_a_stack_is_written_as_pydantic_writes_it():
    resource = Resource(
        urn="urn",
        token="a:b:C",
        name="c",
        stack="s",
        inputs={"a": UNKNOWN, "b": [HIDDEN, ("secret", {"c": 1.5})]},
        outputs={"d": [None, True]},
        depends_on_by_property={"b": ("one", "two")},
        provider=Provider(urn="provider", account="123456789012"),
        position=SourcePosition(file="__main__.py", line=3),
    )
    fact = DeclaredResources(stack="s", source="a program", resources=(resource,), missing=("half of it",))

    theirs = TypeAdapter(DeclaredResources).dump_python(fact, mode="json")
    assert json.dumps(to_json(fact)) == json.dumps(theirs)


def test_the_time_of_a_run_comes_back_to_the_microsecond():
    now = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)

    assert _back(ScanTime(now=now), EnvironmentSubject(environment="test")).now == now


def test_a_tool_verdict_holds_the_same_beside_its_subject():
    held = {
        part
        for field, kind in typing.get_type_hints(ToolVerdict, include_extras=True).items()
        if field != "subject"
        for part in _parts(kind, set())
    }

    assert all(map(_is_written_alike, held))


def _back(fact, subject):
    key = FactKey(fact=type(fact), subject=subject, witness=Witness.CLOUD_DECLARED, identity=None)
    document = observation_to_json(Observation(key=key, result=Seen(fact=fact, evidence=_EVIDENCE)))
    result = observation_from_json(json.loads(json.dumps(document))).result
    assert isinstance(result, Seen)
    return result.fact
