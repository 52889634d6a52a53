"""Sessions: PENDING or RESERVATION, ACTIVE, then COMPLETED or INVALID."""

from collections.abc import Iterator
from itertools import product
from typing import Final

from scanner.model.ocpi.machines.machine import ABSENT, Edge, Legality, Machine, Sets, Tag
from scanner.model.ocpi.machines.pushed import misuse, patch_before_put

_STATUS: Final = "sessions, SessionStatus enum"
_LEGAL: Final = frozenset(
    {
        (ABSENT, "PENDING"),
        (ABSENT, "ACTIVE"),
        (ABSENT, "RESERVATION"),
        ("PENDING", "ACTIVE"),
        ("PENDING", "INVALID"),
        ("RESERVATION", "ACTIVE"),
        ("RESERVATION", "INVALID"),
        ("ACTIVE", "ACTIVE"),
        ("ACTIVE", "COMPLETED"),
        ("ACTIVE", "INVALID"),
    }
)


def session_machine(version: str) -> Machine:
    """Sessions of one version: RESERVATION came with 2.2."""
    reservation = () if version == "2.1.1" else ("RESERVATION",)
    statuses = ("PENDING", *reservation, "ACTIVE", "COMPLETED", "INVALID")
    return Machine(
        version=version,
        name="sessions",
        module="sessions",
        states=(ABSENT, *statuses),
        final=frozenset({"COMPLETED", "INVALID"}),
        edges=(
            *_changes(version, statuses),
            patch_before_put("Session", {"/status": "ACTIVE"}),
            *_removals(statuses),
            *misuse(version, "Session", "ACTIVE", module="sessions"),
        ),
    )


def _changes(version: str, statuses: tuple[str, ...]) -> Iterator[Edge]:
    for source, target in product((ABSENT, *statuses), statuses):
        for by in ("PUT",) if source == ABSENT else ("PUT", "PATCH"):
            yield Edge(
                name=f"{source}-{by.lower()}-{target}",
                source=source,
                target=target,
                by=by,
                legality=_legality(source, target),
                section="sessions, PUT and PATCH method" if source == ABSENT else _STATUS,
                carries="Session",
                before={} if source == ABSENT else state(version, source),
                after={**state(version, target), "/last_updated": Tag.NOW, "/kwh": _energy(source, target)},
            )


def _legality(source: str, target: str) -> Legality:
    if source == "COMPLETED":
        return Legality.ILLEGAL  # no more modifications, that of the energy included
    return Legality.LEGAL if (source, target) in _LEGAL else Legality.UNSPECIFIED


def state(version: str, status: str) -> Sets:
    """What makes a session one of this status: an end where it is over, none before."""
    end = "/end_datetime" if version == "2.1.1" else "/end_date_time"
    return {"/status": status, end: Tag.NOW if status == "COMPLETED" else Tag.LEFT_OUT}


def _energy(source: str, target: str) -> float | Tag:
    return 0.0 if target in {"PENDING", "RESERVATION"} else Tag.MORE if source != ABSENT else 1.0


def _removals(statuses: tuple[str, ...]) -> Iterator[Edge]:
    for status in statuses:
        yield Edge(
            name=f"{status}-delete",
            source=status,
            target=ABSENT,
            by="DELETE",
            legality=Legality.ILLEGAL,
            section="sessions, receiver interface",
            before={"/status": status},
        )
