"""What of the catalogue a run was asked for: by witness, by check, rule or row, by glob."""

from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from checks.model.check import Check
from checks.model.tool_rule import ToolRule
from checks.tool_findings import RULES_SEEN_BY, RuleTable
from scanner.cli.needed_probes import bringing, with_those_read
from scanner.config.nearest import suggestion
from scanner.errors import UsageError
from scanner.model.late_dataclass import dataclass
from scanner.model.witness import Witness
from scanner.probe import LaterProbes, Probe

if TYPE_CHECKING:
    from reports.model.exit_code import Demand


class Judges(NamedTuple):
    """What judges: checks of ours, and rules of other tools."""

    checks: tuple[Check[Any], ...]
    rules: RuleTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The checks and rules that judge, the probes that look, and what the exit code may ask for.

    `judges` gives the first two when they are first needed: the whole catalogue takes longer to load than looking
    takes to begin. `first` begin at once, `later` when they are loaded. `patterns` empty: nothing was picked by name.
    `is_whole`: nothing was left out at all; `narrowed`: by which options something was.
    """

    judges: Callable[[], Judges]
    first: tuple[Probe, ...]
    witnesses: frozenset[Witness]
    patterns: tuple[str, ...]
    is_whole: bool
    narrowed: tuple[str, ...]
    later: Callable[[], tuple[Probe, ...]] | None = None

    @property
    def probes(self) -> tuple[Probe, ...]:
        """All of them, by witness; loads those that come later."""
        every = (*self.first, *(self.later() if self.later else ()))
        return tuple(sorted(every, key=lambda probe: tuple(Witness).index(probe.witness)))

    @property
    def checks(self) -> tuple[Check[Any], ...]:
        """Those of ours."""
        return self.judges().checks

    @property
    def rules(self) -> RuleTable:
        """Those of other tools."""
        return self.judges().rules

    @property
    def demand(self) -> "Demand":
        """What of the profile's requirements this run was asked for."""
        from reports.model.exit_code import Demand  # noqa: PLC0415 - see `judges`

        if self.is_whole:
            return Demand()
        names = {*(check.id for check in self.checks), *(rule.rule for rule in self.rules.values()), *self.witnesses}
        rows = frozenset(row for check in self.checks for row in check.controls)
        rows |= frozenset(row for rule in self.rules.values() for row in rule.controls)
        return Demand(controls=rows if self.patterns else None, names=frozenset(map(str, names)))

    def wants_rule(self, rule: str) -> bool:
        """True where a verdict of another tool belongs to what was asked for."""
        return not self.patterns or any(known == rule for _, known in self.rules)


def select(
    probes: Sequence[Probe], witnesses: Iterable[str], patterns: Iterable[str], later: LaterProbes | None = None
) -> Selection:
    """The checks and rules that match, and the probes that these need; those of `later` are loaded when they begin.

    `patterns` are ids or globs of checks, of other tools' rules, or of rows; none: all.

    Raises: UsageError for a pattern that matches nothing.
    """
    named = tuple(dict.fromkeys(witnesses))
    known = {*(probe.witness for probe in probes), *(later.witnesses if later else ())}
    looking = frozenset(Witness(name) for name in named) or frozenset(known)
    wanted = tuple(patterns)
    _refuse_empty(wanted)
    if later and wanted:  # what these names need, the probes themselves must say
        probes, later = (*probes, *later.load()), None
    judges = cache(partial(_judges, looking, wanted))
    chosen = [probe for probe in probes if probe.witness in looking]
    left_out = known - looking
    return Selection(
        judges=judges,
        first=_needed(chosen, *judges()) if wanted else tuple(chosen),
        later=partial(_of, looking, later) if later and later.witnesses & looking else None,
        witnesses=_speaking(judges()) if wanted else looking,
        patterns=wanted,
        is_whole=not wanted and not left_out,
        narrowed=(
            *(f"--witness {name}" for name in named if left_out),
            *(f"--select {pattern}" for pattern in dict.fromkeys(wanted)),
        ),
    )


def _of(looking: frozenset[Witness], later: LaterProbes) -> tuple[Probe, ...]:
    return tuple(probe for probe in later.load() if probe.witness in looking)


def _judges(looking: frozenset[Witness], wanted: tuple[str, ...]) -> Judges:
    from checks.catalog import CATALOG  # noqa: PLC0415 - see `Selection`
    from checks.mappings.loader import rule_table  # noqa: PLC0415 - see `Selection`

    checks = (check for check in CATALOG if check.witness in looking and _matches(check.id, check.controls, wanted))
    rules = {key: rule for key, rule in rule_table().items() if RULES_SEEN_BY in looking and _takes(rule, wanted)}
    return Judges(tuple(checks), rules)


def _speaking(judges: Judges) -> frozenset[Witness]:
    return frozenset(check.witness for check in judges.checks) | ({RULES_SEEN_BY} if judges.rules else set())


def _matches(name: str, rows: Iterable[str], patterns: tuple[str, ...]) -> bool:
    return not patterns or any(fnmatchcase(one, pattern) for one in (name, *rows) for pattern in patterns)


def _takes(rule: ToolRule, patterns: tuple[str, ...]) -> bool:
    return _matches(rule.rule, rule.controls, patterns)


def _refuse_empty(patterns: Iterable[str]) -> None:
    for pattern in patterns:
        if not any(_judges(frozenset(Witness), (pattern,))):
            raise _nothing(pattern)


def _nothing(pattern: str) -> UsageError:
    from checks.checklist.loader import controls  # noqa: PLC0415 - most patterns match something

    rows = [control.id for control in controls()]
    if pattern in rows:
        return UsageError(f"No check answers {pattern} yet.", "`ocpi-posture checks coverage` shows what is covered.")
    near = suggestion(pattern, [*(check.id for check in _judges(frozenset(Witness), ()).checks), *rows])
    return UsageError(f"No check or row matches {pattern!r}{near}.", "`ocpi-posture checks list` shows them all.")


def _needed(probes: Sequence[Probe], checks: Sequence[Check[Any]], rules: RuleTable) -> tuple[Probe, ...]:
    """Other tools' rules do not say which probe runs the tool: all of their witness look."""
    running = {probe.name for probe in probes if rules and probe.witness is RULES_SEEN_BY}
    return with_those_read(bringing(checks, probes) | running, probes)
