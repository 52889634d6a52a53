"""The history on a terminal and as JSON."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from reports.model.control_status import ControlStatus
from reports.model.trend import ControlTrend
from scanner.history.overview import Overview
from scanner.history.reading import PastRun
from scanner.history.spells import Ending, Spell
from scanner.model.json_value import JsonValue

LETTERS: Final = {
    ControlStatus.FAIL: "F",
    ControlStatus.INCONCLUSIVE: "?",
    ControlStatus.WAIVED: "w",
    ControlStatus.NOT_TESTED: "-",
    ControlStatus.NOT_APPLICABLE: "n",
    ControlStatus.PARTIAL: "p",
    ControlStatus.PASS: "P",
    None: " ",
}
_KEY: Final = "P pass, p partial, F fail, w waived, ? inconclusive, - not tested, n not applicable"
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)


def as_json(shown: Overview) -> dict[str, JsonValue]:
    """For machines. Times are ISO 8601 in UTC, durations whole seconds."""
    mean = shown.repairs.mean
    return {
        "runs": [_run(run) for run in shown.runs],
        "controls": [asdict(control) for control in shown.controls],
        "open": [_spell(spell, shown.now) for spell in shown.open_spells],
        "repairs": {"count": shown.repairs.count, "mean_seconds": int(mean.total_seconds()) if mean else None},
        "no_longer_applied": shown.no_longer_applied,
    }


def as_text(shown: Overview) -> str:
    """For people: runs, rows that changed or do not hold, repairs, what is open."""
    return "\n".join([*_runs(shown), "", *_rows(shown), "", *_repairs(shown), "", *_open(shown)])


def duration(length: timedelta) -> str:
    """`3 d 4 h`, `5 h`, `12 min`, `7 s`: as exact as anybody needs."""
    if length >= _DAY:
        return f"{length.days} d {length.seconds // 3600} h"
    if length >= _HOUR:
        return f"{length // _HOUR} h"
    return f"{length // _MINUTE} min" if length >= _MINUTE else f"{length.seconds} s"


def _run(run: PastRun) -> JsonValue:
    return {
        "id": run.id,
        "started_at": _time(run.started_at),
        "mode": run.mode,
        "profile": run.profile,
        "narrowed": run.narrowed,
        "environments": run.environments,
        "score": run.score,
        "coverage": run.coverage,
        "fails": run.fails,
    }


def _spell(spell: Spell, now: datetime) -> JsonValue:
    return {
        "fingerprint": spell.fingerprint,
        "environment": spell.environment,
        "check": spell.check,
        "subject": spell.subject,
        "severity": spell.severity,
        "state": spell.ending,
        "since": _time(spell.opened),
        "last_seen": _time(spell.last),
        "age_seconds": int(spell.age(now).total_seconds()),
    }


def _time(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _runs(shown: Overview) -> Iterator[str]:
    yield f"Runs: {len(shown.runs)}, oldest first"
    for run in shown.runs:
        score = "-" if run.score is None else f"{run.score:.1f}"
        coverage = "-" if run.coverage is None else f"{run.coverage:.1f}"
        narrowed = f"  narrowed: {' '.join(run.narrowed)}" if run.narrowed else ""
        yield (
            f"  {run.started_at:%Y-%m-%d %H:%M}  {run.id}  score {score:>5}  coverage {coverage:>5}  "
            f"{run.fails:>4} fails  {run.profile}  {', '.join(run.environments)}{narrowed}"
        )


def _rows(shown: Overview) -> Iterator[str]:
    telling = [control for control in shown.controls if _tells(control)]
    yield f"Rows that fail, are open, or changed: {len(telling)} of {len(shown.controls)} ({_KEY})"
    for control in telling:
        letters = "".join(LETTERS[status] for status in control.statuses)
        yield f"  {control.control:<14} {control.environment:<12} |{letters}|"


def _tells(control: ControlTrend) -> bool:
    seen = set(control.statuses)
    return len(seen) > 1 or bool(seen & {ControlStatus.FAIL, ControlStatus.INCONCLUSIVE, ControlStatus.WAIVED})


def _repairs(shown: Overview) -> Iterator[str]:
    mean = f", {duration(shown.repairs.mean)} in the mean" if shown.repairs.mean is not None else ""
    yield f"Repaired over all runs: {shown.repairs.count}{mean}"
    if shown.no_longer_applied:
        yield f"Failed once and no longer applies: {shown.no_longer_applied} (no repair)"


def _open(shown: Overview) -> Iterator[str]:
    yield f"Open: {len(shown.open_spells)}"
    for spell in shown.open_spells:
        accepted = ", accepted by a waiver" if spell.ending is Ending.ACCEPTED else ""
        unseen = f", not looked at since {spell.last:%Y-%m-%d}" if _is_unseen(spell, shown) else ""
        yield (
            f"  {spell.fingerprint}  {spell.severity:<8}  {duration(spell.age(shown.now)):>10}  "
            f"{spell.environment}  {spell.check}: {spell.subject}{accepted}{unseen}"
        )


def _is_unseen(spell: Spell, shown: Overview) -> bool:
    later = (run.started_at for run in shown.runs if spell.environment in run.environments)
    return any(started > spell.last for started in later)
