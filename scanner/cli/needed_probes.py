"""Which probes a few checks need: those that bring their facts, and those whose facts these read in turn."""

from collections.abc import Iterable, Sequence
from typing import Any

from checks.model.check import Check
from scanner.probe import Probe, brought_by, read_by


def bringing(checks: Iterable[Check[Any]], probes: Sequence[Probe]) -> set[str]:
    """Names of the probes that bring what the checks look at and join, from whichever witness they take it."""
    return {
        probe.name
        for check in checks
        for need in (check.looks_at, *check.joins)
        for probe in probes
        if need.fact in brought_by(probe) and need.witness in {None, probe.witness}
    }


def with_those_read(names: Iterable[str], probes: Sequence[Probe]) -> tuple[Probe, ...]:
    """The probes of these names and, to the last, those whose facts they read; in the order in which they stand."""
    wanted = set(names)
    while more := {name for probe in probes if probe.name in wanted for name in read_by(probe)} - wanted:
        wanted |= more
    return tuple(probe for probe in probes if probe.name in wanted)
