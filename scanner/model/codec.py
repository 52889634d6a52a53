"""Observations and tool verdicts to JSON and back, for the journal."""

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from scanner.model.evidence import EvidenceRef
from scanner.model.json_value import JsonValue
from scanner.model.observation import AnyObservation, FactKey, Observation, Seen, Unavailable
from scanner.model.subject import SUBJECT_TYPES, Subject
from scanner.model.tool_verdict import ToolVerdict
from scanner.model.witness import Witness

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from scanner.model.facts.cloud import DeclaredResources

# Facts with values of a cloud, whose markers `scanner.model.resource` writes in a way of their own.
WITH_MARKERS: Final = frozenset({"DeclaredResources"})


@cache
def adapter(kind: Any) -> "TypeAdapter[Any]":  # noqa: ANN401 - any class is hashable, mypy thinks of its instances
    """What turns values of a type into JSON and back; made when it is first asked for, which takes milliseconds."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - what looks begins before anything is written down

    return TypeAdapter(kind)


def to_json(value: object) -> Any:  # noqa: ANN401 - JSON
    """As pydantic writes it, without its schemas: to make those of a scan takes ten times as long as to write."""
    if type(value).__name__ in WITH_MARKERS:
        from scanner.model.resource import resource_to_json  # noqa: PLC0415 - it needs pydantic, which most do not

        declared = cast("DeclaredResources", value)
        resources = [resource_to_json(resource) for resource in declared.resources]
        return {**msgspec.to_builtins(replace(declared, resources=())), "resources": resources}
    return msgspec.to_builtins(value, str_keys=True)


def _fact_type(name: str) -> type:
    from scanner.model.facts.catalog import FACT_TYPES  # noqa: PLC0415 - hundreds of types, and subjects need none

    return next(kind for kind in FACT_TYPES if kind.__name__ == name)


def subject_to_json(subject: Subject) -> dict[str, JsonValue]:
    """`kind` and the fields of the subject."""
    fields: dict[str, JsonValue] = to_json(subject)
    return {"kind": subject.kind, **fields}


def subject_from_json(document: dict[str, Any]) -> Subject:
    """The subject that `subject_to_json` wrote."""
    kind = next(kind for kind in SUBJECT_TYPES if kind.kind == document["kind"])
    subject: Subject = adapter(cast("Any", kind)).validate_python({k: v for k, v in document.items() if k != "kind"})
    return subject


def observation_to_json(observation: AnyObservation) -> dict[str, JsonValue]:
    """One observation as a JSON object.

    Raises: StopIteration (a bug of ours) if the fact type is not in the catalogue.
    """
    key, result = observation.key, observation.result
    document: dict[str, Any] = {
        "fact": key.fact.__name__,
        "subject": subject_to_json(key.subject),
        "witness": key.witness,
        "identity": key.identity,
    }
    _fact_type(key.fact.__name__)
    if isinstance(result, Unavailable):
        return {**document, "unavailable": to_json(result)}
    return {**document, "seen": to_json(result.fact), "evidence": [to_json(ref) for ref in result.evidence]}


def observation_from_json(document: dict[str, Any]) -> AnyObservation:
    """The observation that `observation_to_json` wrote."""
    kind = _fact_type(document["fact"])
    key: FactKey[Any] = FactKey(
        fact=kind,
        subject=subject_from_json(document["subject"]),
        witness=Witness(document["witness"]),
        identity=document["identity"],
    )
    if "unavailable" in document:
        unavailable = adapter(Unavailable).validate_python(document["unavailable"])
        return Observation(key=key, result=unavailable)
    evidence = tuple(adapter(EvidenceRef).validate_python(ref) for ref in document["evidence"])
    return Observation(key=key, result=Seen(fact=adapter(kind).validate_python(document["seen"]), evidence=evidence))


def tool_verdict_to_json(verdict: ToolVerdict) -> dict[str, JsonValue]:
    """One tool verdict as a JSON object."""
    fields: dict[str, JsonValue] = to_json(verdict)
    return {**fields, "subject": subject_to_json(verdict.subject)}


def tool_verdict_from_json(document: dict[str, Any]) -> ToolVerdict:
    """The tool verdict that `tool_verdict_to_json` wrote."""
    subject = subject_from_json(document["subject"])
    verdict = {**document, "subject": subject}
    loaded: ToolVerdict = adapter(ToolVerdict).validate_python(verdict)
    return loaded
