"""A posture with runs before it, as the store of runs would give it."""

from dataclasses import replace
from datetime import timedelta

from checks.model.verdict import Outcome
from reports.model.control_status import ControlStatus
from reports.model.posture import Posture
from reports.model.trend import ControlTrend, OpenSince, SincePrevious, Trend, TrendRun

SCORES = (41.0, None, 55.5, 60.0)
FAILS = (3, 9, 4, 4)
BEFORE = (ControlStatus.PASS, ControlStatus.PASS, None, ControlStatus.PARTIAL)


def with_history(posture: Posture) -> Posture:
    """Four runs before this one, a day apart; of its fails the first is new, another was fixed, one is unseen."""
    run = posture.run
    before = tuple(
        TrendRun(
            id=f"2026030{n + 1}T050607Z-0000",
            started_at=run.started_at - timedelta(days=4 - n),
            profile=run.profile,
            score=score,
            coverage=30.0,
            fails=fails,
        )
        for n, (score, fails) in enumerate(zip(SCORES, FAILS, strict=True))
    )
    failing = [f.fingerprint for f in posture.findings if f.outcome is Outcome.FAIL and f.controls]
    now = TrendRun(
        id=run.id,
        started_at=run.started_at,
        profile=run.profile,
        score=posture.summary.score,
        coverage=posture.summary.coverage,
        fails=len(failing),
    )
    trend = Trend(
        runs=(*before, now),
        controls=tuple(
            ControlTrend(environment=row.environment, control=row.id, statuses=(*BEFORE, row.status))
            for row in posture.controls
        ),
        open_since=tuple(OpenSince(fingerprint=each, since=before[1].started_at) for each in failing),
        previous=SincePrevious(
            run=before[-1].id,
            new=tuple(failing[:1]),
            fixed=("0" * 16,),
            still_there=tuple(failing[1:]),
            no_longer_looked_at=("1" * 16,),
        ),
    )
    return replace(posture, trend=trend)
