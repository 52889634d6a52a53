"""What of the catalogue asks about one finding again: its check alone, and the probes that see its facts."""

from collections.abc import Sequence
from typing import Any

from checks.catalog import CATALOG
from checks.mappings.loader import rule_table
from checks.model.check import Check
from checks.model.finding import Finding
from scanner.cli.selection import Judges, Selection
from scanner.errors import UsageError
from scanner.probe import Focus, FocusingProbe, Probe, read_by


def focus_of(finding: Finding) -> Focus:
    """What the probes are asked for."""
    return Focus(subject=finding.subject, identity=finding.identity, field_path=finding.field_path)


def selection_for(finding: Finding, probes: Sequence[Probe]) -> Selection:
    """The finding's check (or the tool's rule) and the probes behind it.

    Raises: UsageError if nothing of this program looks for it.
    """
    checks: tuple[Check[Any], ...] = ()
    if finding.tool is None:
        checks = (_check(finding),)
        names = _providing(checks[0], probes)
    else:
        names = {probe.name for probe in probes if probe.witness is finding.witness}
    if not names:
        raise UsageError(f"No probe of this ocpi-posture looks for {finding.check}.")
    needed = _with_earlier(names, probes)
    rules = {key: rule for key, rule in rule_table().items() if key == (finding.tool, finding.check)}
    return Selection(
        judges=lambda: Judges(checks, rules),
        first=needed,
        witnesses=frozenset(probe.witness for probe in needed),
        patterns=(finding.check,),
        is_whole=False,
        narrowed=(f"replay {finding.fingerprint}",),
    )


def running_whole(selection: Selection) -> tuple[str, ...]:
    """Names of the probes that look at everything of theirs, whatever is asked."""
    return tuple(probe.name for probe in selection.probes if not isinstance(probe, FocusingProbe))


def _check(finding: Finding) -> Check[Any]:
    for check in CATALOG:
        if check.id == finding.check:
            return check
    hint = "It is about the configuration, or of another version; run `ocpi-posture scan` again."
    raise UsageError(f"{finding.check} is no check that could be replayed.", hint)


def _providing(check: Check[Any], probes: Sequence[Probe]) -> set[str]:
    needs = (check.looks_at, *check.joins)
    return {
        probe.name
        for probe in probes
        for need in needs
        if need.fact in probe.provides and need.witness in {None, probe.witness}
    }


def _with_earlier(names: set[str], probes: Sequence[Probe]) -> tuple[Probe, ...]:
    while more := {name for probe in probes if probe.name in names for name in read_by(probe)} - names:
        names |= more
    return tuple(probe for probe in probes if probe.name in names)
