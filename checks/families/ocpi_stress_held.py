"""Connections that are held, and messages that can be read in two ways: ended, and harmless to other partners."""

from collections.abc import Iterable
from typing import Any, Final, TypeVar

from checks.families.ocpi_good_partner import good_verdict
from checks.model.by_writing import check_by_writing
from checks.model.check import Case, Check
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.stress import (
    HeldConnections,
    IdleConnectionsHeld,
    MisframedTreated,
    SlowBodiesHeld,
    SlowHeadersHeld,
)
from scanner.model.severity import Severity

_H = TypeVar("_H", bound=HeldConnections)


def _held_harmless(case: Case[_H]) -> Iterable[Verdict]:
    fact = case.driver.fact
    held = f"{fact.opened} connections held for up to {fact.longest_s:g} s"
    yield from good_verdict(case, fact.good, held, fact.curl)


def _held_ended(case: Case[_H]) -> Iterable[Verdict]:
    fact = case.driver.fact
    yield case.holds(
        fact.ended == fact.opened,
        f"all {fact.opened} connections were ended by the platform, the last after {fact.last_ended_s or 0:g} s",
        f"{fact.opened - fact.ended} of {fact.opened} connections were still held after {fact.held_s:g} s",
        population=Population(examined=fact.opened, unit="connection"),
        reproduce=fact.curl,
    )


def _one_reading(case: Case[MisframedTreated]) -> Iterable[Verdict]:
    messages = case.driver.fact.messages
    wrong = [m for m in messages if len(m.statuses) > 1 or (not m.ended and m.statuses)]
    silent = [m for m in messages if not m.statuses and not m.ended]
    examined = Population(examined=len(messages), unit="message")
    if wrong:
        told = "; ".join(f"{m.what}: {' and then '.join(map(str, m.statuses))}" for m in wrong)
        yield case.fails(f"read as more than one request, or the connection went on: {told}", population=examined)
    elif silent:
        told = "; ".join(m.what for m in silent)
        yield case.fails(f"waited for more, so what follows becomes part of the message: {told}", population=examined)
    else:
        yield case.passes("every message of doubtful length ended its connection", population=examined)


_END_SLOW: Final = "Give a request's headers and its body a time of their own at the load balancer or server."

CHECKS: Final[tuple[Check[Any], ...]] = (
    check_by_writing(
        "ocpi-stress-slow-headers-ended",
        "A request whose headers never end is ended",
        SlowHeadersHeld,
        _held_ended,
        controls=("OCPI-NET-04",),
        severity=Severity.MEDIUM,
        source="RFC 9110, 15.5.9; CWE-400",
        do=_END_SLOW,
    ),
    check_by_writing(
        "ocpi-stress-slow-headers-harmless",
        "Requests whose headers never end cost no other partner anything",
        SlowHeadersHeld,
        _held_harmless,
        controls=("OCPI-NET-04",),
        severity=Severity.HIGH,
        source="CWE-400",
        do=_END_SLOW,
    ),
    check_by_writing(
        "ocpi-stress-slow-bodies-ended",
        "A request whose body never ends is ended",
        SlowBodiesHeld,
        _held_ended,
        controls=("OCPI-NET-04",),
        severity=Severity.MEDIUM,
        source="RFC 9110, 15.5.9; CWE-400",
        do=_END_SLOW,
    ),
    check_by_writing(
        "ocpi-stress-slow-bodies-harmless",
        "Requests whose body never ends cost no other partner anything",
        SlowBodiesHeld,
        _held_harmless,
        controls=("OCPI-NET-04",),
        severity=Severity.HIGH,
        source="CWE-400",
        do=_END_SLOW,
    ),
    check_by_writing(
        "ocpi-stress-idle-harmless",
        "Idle connections cost no other partner anything",
        IdleConnectionsHeld,
        _held_harmless,
        controls=("OCPI-NET-04", "OCPI-TST-09"),
        severity=Severity.MEDIUM,
        source="CWE-400",
        do="Serve many more connections than partners have, and end idle ones.",
    ),
    check_by_writing(
        "ocpi-stress-one-reading",
        "A message whose length can be read in two ways ends its connection",
        MisframedTreated,
        _one_reading,
        controls=("OCPI-NET-02",),
        severity=Severity.HIGH,
        source="RFC 9112, 6.1 and 6.3; CWE-444",
        do="Refuse such messages with 400 and close, at the outermost server and at every one behind it.",
    ),
)
