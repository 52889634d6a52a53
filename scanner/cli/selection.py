"""What of the catalogue a run was asked for: by witness, by check or row, by glob."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from checks.catalog import CATALOG
from checks.checklist.loader import controls
from checks.model.check import Check
from reports.model.exit_code import Demand
from scanner.config.nearest import suggestion
from scanner.errors import UsageError
from scanner.model.witness import Witness
from scanner.probe import Probe


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The checks that judge, the probes that look, and what the exit code may ask for.

    `is_whole`: nothing was left out.
    """

    checks: tuple[Check[Any], ...]
    probes: tuple[Probe, ...]
    witnesses: frozenset[Witness]
    is_whole: bool
    by_name: bool

    @property
    def demand(self) -> Demand:
        """What of the profile's requirements this run was asked for."""
        if self.is_whole:
            return Demand()
        names = {check.id for check in self.checks} | {str(witness) for witness in self.witnesses}
        rows = {control for check in self.checks for control in check.controls}
        return Demand(controls=frozenset(rows) if self.by_name else None, names=frozenset(names))


def select(probes: Sequence[Probe], witnesses: Iterable[str], patterns: Iterable[str]) -> Selection:
    """The checks that match, and the probes that these need.

    `patterns` are ids or globs of checks and of rows; none: all.

    Raises: UsageError for a pattern that matches nothing.
    """
    looking = frozenset(Witness(name) for name in witnesses) or frozenset(probe.witness for probe in probes)
    wanted = tuple(patterns)
    checks = tuple(check for check in CATALOG if check.witness in looking and _matches(check, wanted))
    for pattern in wanted:
        if not any(_matches(check, (pattern,)) for check in CATALOG):
            raise _nothing(pattern)
    chosen = [probe for probe in probes if probe.witness in looking]
    return Selection(
        checks=checks,
        probes=tuple(_needed(chosen, checks) if wanted else chosen),
        witnesses=frozenset(check.witness for check in checks) if wanted else looking,
        is_whole=not wanted and looking >= {probe.witness for probe in probes},
        by_name=bool(wanted),
    )


def _matches(check: Check[Any], patterns: tuple[str, ...]) -> bool:
    names = (check.id, *check.controls)
    return not patterns or any(fnmatchcase(name, pattern) for name in names for pattern in patterns)


def _nothing(pattern: str) -> UsageError:
    rows = [control.id for control in controls()]
    if pattern in rows:
        return UsageError(f"No check answers {pattern} yet.", "`ocpi-posture checks coverage` shows what is covered.")
    near = suggestion(pattern, [*(check.id for check in CATALOG), *rows])
    return UsageError(f"No check or row matches {pattern!r}{near}.", "`ocpi-posture checks list` shows them all.")


def _needed(probes: Sequence[Probe], checks: Iterable[Check[Any]]) -> list[Probe]:
    """The probes that see what the checks read, and those whose facts these probes read in turn."""
    facts = {need.fact for check in checks for need in (check.looks_at, *check.joins)}
    names = {probe.name for probe in probes if probe.provides & facts}
    while more := {name for probe in probes if probe.name in names for name in probe.after} - names:
        names |= more
    return [probe for probe in probes if probe.name in names]
