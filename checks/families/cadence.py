"""When an environment was looked at: on a calendar, after each change, and before partners came.

Judged from the history of runs and deployments. A scan that was narrowed to some checks or saw nothing does not count,
and neither does the one under way: nobody knows yet whether it will end.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.cadence import (
    WINDOW_DAYS,
    CadenceOnRecord,
    DeploymentKind,
    DeploymentOnRecord,
    ScanOnRecord,
)
from scanner.model.facts.run import ScanTime
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_ROW: Final = "OCPI-CAD-01"
_SOURCE: Final = "OCPI security-layer checklist, test cadence: at go-live, after each change, on a calendar"
_GRACE: Final = timedelta(minutes=30)  # a scan takes its time, and schedulers spread their load
_NAMED: Final = 3
_AHEAD: Final = timedelta(hours=1)  # clocks of two machines differ
_SLOWEST_RELEASE: Final = timedelta(days=31)  # what was seen longer before go-live is not what went live


def _on_calendar(case: Case[CadenceOnRecord]) -> Iterable[Verdict]:
    fact, now = case.driver.fact, case.one(ScanTime).fact.now
    if fact.every_days is None:
        yield case.not_tested("no interval is agreed: `cadence.every_days` of the environment")
        return
    interval = timedelta(days=fact.every_days)
    times = [*(scan.began for scan in fact.scans), now]
    gaps = [(one, other) for one, other in pairwise(times) if other - one > interval + _GRACE]
    if not gaps and (unknown := _unknown(fact, interval, now)):
        yield case.inconclusive(unknown)
        return
    yield case.holds(
        not gaps,
        f"whole scans were never further apart than {fact.every_days:g} days, since {_day(times[0])}",
        f"no whole scan for more than {fact.every_days:g} days: {_listed([_gap(*gap) for gap in gaps])}",
        population=Population(examined=len(times) - 1, unit="interval"),
    )


def _unknown(fact: CadenceOnRecord, interval: timedelta, now: datetime) -> str:
    """Why nobody can say that no scan was missed; empty where somebody can."""
    if not fact.scans:
        return "no whole scan that saw something is on record yet, so there is no interval to look at"
    if behind := _behind(fact.scans[-1].began, now):
        return behind
    first = fact.scans[0].began
    return "" if now - first >= interval else f"whole scans are on record since {_moment(first)}: no interval is over"


def _behind(latest: datetime, now: datetime) -> str:
    """What is on record of the future hides what is overdue."""
    if latest <= now + _AHEAD:
        return ""
    return f"{_moment(latest)} is on record, but this scan's clock says {_moment(now)}: one of the clocks is wrong"


def _after_changes(case: Case[CadenceOnRecord]) -> Iterable[Verdict]:
    fact, now = case.driver.fact, case.one(ScanTime).fact.now
    made = [one for one in fact.deployments if one.recorded]
    if not made:
        yield case.not_tested("no deployment is on record: `ocpi-posture history deployment` records one")
        return
    soon = timedelta(hours=fact.after_change_hours)
    due = [one for one in made if one.at + soon <= now or _in_time(one, soon)]
    missed = [one for one in due if not _in_time(one, soon)]
    latest = max([one.at for one in made] + [scan.began for scan in fact.scans])
    if not missed and (behind := _behind(latest, now)):
        yield case.inconclusive(behind)
        return
    if not due:
        yield case.inconclusive(f"the only deployment on record is {_named(made[-1])}, and its scan is not due yet")
        return
    yield case.holds(
        not missed,
        f"each change was followed by a whole scan within {fact.after_change_hours:g} hours, "
        f"the last one, {_named(due[-1])}, too",
        f"changed without a whole scan within {fact.after_change_hours:g} hours: "
        f"{_listed([_named(one) for one in reversed(missed)])}",
        population=Population(examined=len(due), of=len(made), unit="deployment"),
    )


def _before_go_live(case: Case[CadenceOnRecord]) -> Iterable[Verdict]:
    fact = case.driver.fact
    live = [one for one in fact.deployments if one.kind is DeploymentKind.GO_LIVE]
    if not live:
        hint = "`cadence.live_since` of the environment, or `ocpi-posture history deployment --go-live`"
        yield case.not_tested(f"nobody says when partners came: {hint}")
        return
    yield _judged_go_live(case, live[-1], case.one(ScanTime).fact.now)


def _judged_go_live(case: Case[CadenceOnRecord], live: DeploymentOnRecord, now: datetime) -> Verdict:
    begins, before = case.driver.fact.begins, live.scanned_before
    if live.at > now:
        return case.not_applicable(f"partners come at {_moment(live.at)}, which lies ahead")
    if begins is None or begins >= live.at:
        return case.inconclusive(f"the history begins after go-live at {_moment(live.at)}, so it cannot tell")
    in_time = before is not None and live.at - before.began <= _SLOWEST_RELEASE
    return case.holds(
        in_time,
        f"a whole scan{_of(before)} came before go-live at {_moment(live.at)}",
        f"went live at {_moment(live.at)} without a whole scan in the {_SLOWEST_RELEASE.days} days before",
        population=Population(examined=1, unit="go-live"),
    )


def _in_time(one: DeploymentOnRecord, soon: timedelta) -> bool:
    return one.scanned_after is not None and one.scanned_after.began - one.at <= soon


def _of(scan: ScanOnRecord | None) -> str:
    return f" ({scan.run}, {_moment(scan.began)})" if scan else ""


def _named(one: DeploymentOnRecord) -> str:
    return f"{one.revision} at {_moment(one.at)}"


def _gap(one: datetime, other: datetime) -> str:
    return f"from {_moment(one)} to {_moment(other)}"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


def _listed(said: Sequence[str]) -> str:
    return ", ".join(_few(said))


def _few(said: Sequence[str]) -> Iterator[str]:
    yield from said[:_NAMED]
    if len(said) > _NAMED:
        yield f"and {len(said) - _NAMED} more"


SCANNED_ON_CALENDAR: Final = Check(
    id="cadence-scanned-on-calendar",
    title=f"Whole scans were no further apart than agreed, over the last {WINDOW_DAYS} days",
    controls=(_ROW,),
    severity=Severity.MEDIUM,
    source=_SOURCE,
    looks_at=Need(fact=CadenceOnRecord, witness=Witness.LOGS),
    joins=(Need(fact=ScanTime),),
    judge=_on_calendar,
    remediation="See why the schedule did not run; `ocpi-posture history due` tells a monitor before it is too late.",
    witness=Witness.LOGS,
)
CHANGES_SCANNED: Final = Check(
    id="cadence-changes-scanned",
    title="Each recorded deployment was followed by a whole scan in time",
    controls=(_ROW,),
    severity=Severity.MEDIUM,
    source=_SOURCE,
    looks_at=Need(fact=CadenceOnRecord, witness=Witness.LOGS),
    joins=(Need(fact=ScanTime),),
    judge=_after_changes,
    remediation="Make the scan a step of the deployment itself, after it and with the same credentials of its own.",
    witness=Witness.LOGS,
)
SCANNED_BEFORE_GO_LIVE: Final = Check(
    id="cadence-scanned-before-go-live",
    title="A whole scan came before partners did",
    controls=(_ROW,),
    severity=Severity.MEDIUM,
    source=_SOURCE,
    looks_at=Need(fact=CadenceOnRecord, witness=Witness.LOGS),
    joins=(Need(fact=ScanTime),),
    judge=_before_go_live,
    remediation="Scan now, and hold the next go-live back until its environment was scanned as a whole.",
    witness=Witness.LOGS,
)

CHECKS: Final = (SCANNED_ON_CALENDAR, CHANGES_SCANNED, SCANNED_BEFORE_GO_LIVE)
