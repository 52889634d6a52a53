"""What is told of a change: a few numbers and the first of the fails. No evidence, no message of a target."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from reports.model.difference import Change, Changed, difference
from reports.model.run_state import RunState
from reports.text import one_line
from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity

NAMED: Final = 10
_TOLD: Final = (Change.NEW, Change.NOT_LOOKED_AT, Change.FIXED)
_WORDS: Final = {Change.NEW: "new", Change.NOT_LOOKED_AT: "no longer looked at", Change.FIXED: "fixed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """`key` names what changed, so that the same change is told a target once; `document` is its JSON form.

    `fingerprints`: every finding that is told of.
    """

    key: str
    title: str
    text: str
    document: dict[str, object]
    fingerprints: frozenset[str]


def alert_of(before: RunState | None, after: RunState, at_least: Severity) -> Alert | None:
    """What to tell; None where nothing changed. Without an earlier run, every fail is new.

    What a run that was narrowed did not look at is no news.
    """
    found = difference(before or _nothing(after), after)
    told_of = [change for change in _TOLD if change is not Change.NOT_LOOKED_AT or not after.narrowed]
    changes = {change: _counting(found.of(change), after, at_least) for change in told_of}
    if not any(changes.values()):
        return None
    counts = ", ".join(f"{len(changed)} {_WORDS[change]}" for change, changed in changes.items() if changed)
    environments = ", ".join(after.environments)
    title = one_line(f"OCPI posture of {environments}: {counts}", 200)
    lines = [f"Run {after.run_id}" + (f", compared with {before.run_id}" if before else ", the first one recorded")]
    for change, changed in changes.items():
        lines += [f"{_WORDS[change]}: {_line(one)}" for one in changed[:NAMED]]
        if len(changed) > NAMED:
            lines.append(f"{_WORDS[change]}: {len(changed) - NAMED} more")
    document: dict[str, object] = {
        "schema": "ocpi-posture-alert/1",
        "run": after.run_id,
        "compared_with": before.run_id if before else None,
        "environments": after.environments,
        "score": after.score,
        "counts": {str(change): len(changed) for change, changed in changes.items()},
        "findings": [_object(one) for changed in changes.values() for one in changed[:NAMED]],
        "title": title,
    }
    said = json.dumps([after.run_id, sorted(f"{c}{one.finding.fingerprint}" for c in changes for one in changes[c])])
    key = hashlib.sha256(said.encode()).hexdigest()[:32]
    told = frozenset(one.finding.fingerprint for changed in changes.values() for one in changed)
    return Alert(key=key, title=title, text="\n".join(lines), document=document, fingerprints=told)


def _nothing(after: RunState) -> RunState:
    return replace(after, run_id="", findings={}, controls={})


def _counting(changed: Sequence[Changed], after: RunState, at_least: Severity) -> list[Changed]:
    return [
        one for one in changed if one.finding.counts_from(at_least) and one.finding.environment in after.environments
    ]


def _line(one: Changed) -> str:
    finding = one.finding
    return one_line(f"[{finding.severity}] {finding.environment} {finding.check}: {finding.subject}", 300)


def _object(one: Changed) -> dict[str, object]:
    finding = one.finding
    return {
        "change": str(one.change),
        "fingerprint": finding.fingerprint,
        "check": one_line(finding.check, 200),
        "severity": str(finding.severity),
        "environment": finding.environment,
        "subject": one_line(finding.subject, 300),
    }
