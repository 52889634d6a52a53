"""What of the catalogue a run was asked for: by witness, by check, rule or row, by glob."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from checks.catalog import CATALOG
from checks.checklist.loader import controls
from checks.mappings.loader import rule_table
from checks.model.check import Check
from checks.model.tool_rule import ToolRule
from checks.tool_findings import RULES_SEEN_BY, RuleTable
from reports.model.exit_code import Demand
from scanner.config.nearest import suggestion
from scanner.errors import UsageError
from scanner.model.witness import Witness
from scanner.probe import Probe, read_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The checks and rules that judge, the probes that look, and what the exit code may ask for.

    `patterns` empty: nothing was picked by name. `is_whole`: nothing was left out at all; `narrowed`: by which options
    something was.
    """

    checks: tuple[Check[Any], ...]
    rules: RuleTable
    probes: tuple[Probe, ...]
    witnesses: frozenset[Witness]
    patterns: tuple[str, ...]
    is_whole: bool
    narrowed: tuple[str, ...]

    @property
    def demand(self) -> Demand:
        """What of the profile's requirements this run was asked for."""
        if self.is_whole:
            return Demand()
        names = {*(check.id for check in self.checks), *(rule.rule for rule in self.rules.values()), *self.witnesses}
        rows = frozenset(row for check in self.checks for row in check.controls)
        rows |= frozenset(row for rule in self.rules.values() for row in rule.controls)
        return Demand(controls=rows if self.patterns else None, names=frozenset(map(str, names)))

    def wants_rule(self, rule: str) -> bool:
        """True where a verdict of another tool belongs to what was asked for."""
        return not self.patterns or any(known == rule for _, known in self.rules)


def select(probes: Sequence[Probe], witnesses: Iterable[str], patterns: Iterable[str]) -> Selection:
    """The checks and rules that match, and the probes that these need.

    `patterns` are ids or globs of checks, of other tools' rules, or of rows; none: all.

    Raises: UsageError for a pattern that matches nothing.
    """
    named = tuple(dict.fromkeys(witnesses))
    looking = frozenset(Witness(name) for name in named) or frozenset(probe.witness for probe in probes)
    wanted = tuple(patterns)
    _refuse_empty(wanted)
    checks = tuple(
        check for check in CATALOG if check.witness in looking and _matches(check.id, check.controls, wanted)
    )
    rules = {key: rule for key, rule in rule_table().items() if RULES_SEEN_BY in looking and _takes(rule, wanted)}
    chosen = [probe for probe in probes if probe.witness in looking]
    left_out = {probe.witness for probe in probes} - looking
    speaking = {check.witness for check in checks} | ({RULES_SEEN_BY} if rules else set())
    return Selection(
        checks=checks,
        rules=rules,
        probes=tuple(_needed(chosen, checks, rules) if wanted else chosen),
        witnesses=frozenset(speaking) if wanted else looking,
        patterns=wanted,
        is_whole=not wanted and not left_out,
        narrowed=(
            *(f"--witness {name}" for name in named if left_out),
            *(f"--select {pattern}" for pattern in dict.fromkeys(wanted)),
        ),
    )


def _matches(name: str, rows: Iterable[str], patterns: tuple[str, ...]) -> bool:
    return not patterns or any(fnmatchcase(one, pattern) for one in (name, *rows) for pattern in patterns)


def _takes(rule: ToolRule, patterns: tuple[str, ...]) -> bool:
    return _matches(rule.rule, rule.controls, patterns)


def _refuse_empty(patterns: Iterable[str]) -> None:
    for pattern in patterns:
        by_check = any(_matches(check.id, check.controls, (pattern,)) for check in CATALOG)
        if not by_check and not any(_takes(rule, (pattern,)) for rule in rule_table().values()):
            raise _nothing(pattern)


def _nothing(pattern: str) -> UsageError:
    rows = [control.id for control in controls()]
    if pattern in rows:
        return UsageError(f"No check answers {pattern} yet.", "`ocpi-posture checks coverage` shows what is covered.")
    near = suggestion(pattern, [*(check.id for check in CATALOG), *rows])
    return UsageError(f"No check or row matches {pattern!r}{near}.", "`ocpi-posture checks list` shows them all.")


def _needed(probes: Sequence[Probe], checks: Sequence[Check[Any]], rules: RuleTable) -> list[Probe]:
    """The probes that see what is judged, and those whose facts these probes read in turn.

    A fact that a check joins may come from any probe of its witness, or of the one it asks for: all of them look.
    """
    facts = {check.looks_at.fact for check in checks}
    whole = {check.witness for check in checks if check.joins} | ({RULES_SEEN_BY} if rules else set())
    whole |= {need.witness for check in checks for need in check.joins if need.witness}
    names = {probe.name for probe in probes if probe.provides & facts or probe.witness in whole}
    while more := {name for probe in probes if probe.name in names for name in read_by(probe)} - names:
        names |= more
    return [probe for probe in probes if probe.name in names]
