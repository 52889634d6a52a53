"""What the probes of a run recorded, held against what they say that they bring: a selection goes by that."""

from collections.abc import Iterable
from pathlib import Path

from scanner.gate.journal import read_journal
from scanner.probe import Probe, brought_by


def brought_unsaid(journal: Path, probes: Iterable[Probe]) -> set[tuple[str, str]]:
    """Probe and fact type of every observation that no selection of that fact type would bring the probe for."""
    said = {probe.name: {kind.__name__ for kind in brought_by(probe)} for probe in probes}
    ended = list(read_journal(journal, {"probe"}))
    assert ended, "no probe ended"
    brought = {(entry["probe"], one["fact"]) for entry in ended for one in entry["observations"]}
    return {(name, fact) for name, fact in brought if fact not in said[name]}
