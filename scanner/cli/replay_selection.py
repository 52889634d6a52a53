"""What of the catalogue asks about one finding again: its check alone, and the probes that see its facts."""

from collections.abc import Sequence
from typing import Any

from checks.catalog import CATALOG
from checks.mappings.loader import rule_table
from checks.model.check import Check
from checks.model.finding import Finding
from scanner.cli.needed_probes import bringing, with_those_read
from scanner.cli.selection import Judges, Selection
from scanner.errors import UsageError
from scanner.probe import Focus, FocusingProbe, Probe


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
        names = bringing(checks, probes)
    else:
        names = {probe.name for probe in probes if probe.witness is finding.witness}
    if not names:
        raise UsageError(f"No probe of this ocpi-posture looks for {finding.check}.")
    needed = with_those_read(names, probes)
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
