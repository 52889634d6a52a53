"""Who may do what: the cells of the matrix, a method of an interface for an identity, from what the probe saw."""

from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from scanner.model.facts.ocpi.contract import OPEN, AccessCell, Conduct, ContractMatrix
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import AnyObservation, Seen
from scanner.model.subject import InterfaceSubject


class AccessState(StrEnum):
    """What a method came to, against the contract; the order of the members is that of their weight."""

    OPEN = "open"  # not in the contract, and it answers
    BROKEN = "broken"  # in the contract, and refused; or it fails
    WORKS = "works"
    REFUSED = "refused"
    ANSWERS = "answers"  # without a contract to judge it
    CLOSED = "closed"  # likewise
    UNSEEN = "unseen"  # not asked, or an answer that shows nothing


_ORDER: Final = tuple(AccessState)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEntry:
    """One method of one interface for one identity; `said` is the answer, or why there is none."""

    environment: str
    endpoint: str
    version: str
    module: str
    side: str
    method: str
    identity: str
    state: AccessState
    said: str


def access_entries(observations: Iterable[AnyObservation]) -> tuple[AccessEntry, ...]:
    """Every method of every interface for every identity, sorted; the gravest of several requests speaks for it."""
    entries = []
    for observation in observations:
        subject, result = observation.key.subject, observation.result
        if not isinstance(subject, InterfaceSubject) or not isinstance(result, Seen):
            continue
        if isinstance(result.fact, ContractMatrix):
            entries += _of(subject, observation.key.identity or "", result.fact)
    return tuple(sorted(entries, key=_key))


def _key(entry: AccessEntry) -> tuple[str, ...]:
    return (
        entry.environment,
        entry.endpoint,
        entry.version,
        entry.module,
        entry.side,
        entry.method,
        entry.identity,
    )


def _of(subject: InterfaceSubject, identity: str, fact: ContractMatrix) -> list[AccessEntry]:
    by_method: dict[str, list[AccessCell]] = defaultdict(list)
    for cell in fact.cells:
        by_method[cell.method].append(cell)
    return [_entry(subject, identity, method, cells) for method, cells in by_method.items()]


def _entry(subject: InterfaceSubject, identity: str, method: str, cells: list[AccessCell]) -> AccessEntry:
    gravest = min(cells, key=lambda cell: _ORDER.index(_state(cell)))
    return AccessEntry(
        environment=subject.environment,
        endpoint=subject.endpoint,
        version=subject.version or "",
        module=subject.module or "",
        side=subject.side or "",
        method=method,
        identity=identity,
        state=_state(gravest),
        said=f"{gravest.reason}: {gravest.why}" if gravest.reason else gravest.said(),
    )


def _state(cell: AccessCell) -> AccessState:
    if cell.conduct in {Conduct.NOT_ASKED, Conduct.NOTHING_THERE}:
        return AccessState.UNSEEN
    if cell.conduct is Conduct.BROKEN:
        return AccessState.BROKEN
    opened = cell.conduct in OPEN
    if cell.granted is None:
        return AccessState.ANSWERS if opened else AccessState.CLOSED
    if opened:
        return AccessState.WORKS if cell.granted else AccessState.OPEN
    if not cell.granted:
        return AccessState.REFUSED if cell.decided else AccessState.UNSEEN
    unsure = cell.names_unknown or (cell.conduct is Conduct.REFUSED_OTHERWISE and not cell.sure)
    return AccessState.UNSEEN if unsure else AccessState.BROKEN
