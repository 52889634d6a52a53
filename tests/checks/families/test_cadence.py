"""When it was scanned and changed is judged from a real history, read by the real probe, judged by the real engine."""

import asyncio
from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from checks.engine import judge
from checks.families.cadence import CHECKS
from checks.model.verdict import Outcome
from reports.model.control_status import ControlStatus
from scanner.config.history_place import HistoryPlace
from scanner.errors import HistoryError
from scanner.history.database import opened
from scanner.history.deployments import Deployment, cadence_on_record, record_deployment
from scanner.history.probe import CadenceProbe
from scanner.model.facts.cadence import DeploymentKind
from scanner.model.target import EnvironmentTarget, ScanCadence
from scanner.run.plan import ScanPlan
from scanner.run.runner import run_scan
from tests.scanner.history.past import day, recorded, run_on

CALENDAR, CHANGES, GO_LIVE = "cadence-scanned-on-calendar", "cadence-changes-scanned", "cadence-scanned-before-go-live"
NOW = 100  # the day of the scan that judges


@pytest.fixture
def history(tmp_path):
    with opened(HistoryPlace(file=tmp_path / "history.sqlite3")) as database:
        yield database


def deployed(history, number: float, revision: str = "r1", kind: DeploymentKind = DeploymentKind.CHANGE) -> bool:
    made = Deployment(environment="demo", at=day(number), revision=revision, kind=kind)
    with history.writing() as connection:
        return record_deployment(connection, made, day(NOW))


def judged(history, tmp_path, agreed: ScanCadence | None = None, now: float = NOW):
    """Outcome and message of each of the three checks; `history` None: none is kept."""

    def read(target, at):
        with history.reading() as connection:
            return cadence_on_record(connection, target.name, target.cadence, at)

    plan = ScanPlan(
        run_id="r",
        folder=tmp_path / "run",
        started_at=day(now),
        targets=(EnvironmentTarget(name="demo", cadence=agreed or ScanCadence(every_days=7)),),
        probes=(CadenceProbe(None if history is None else read),),
        tokens={},
    )
    result = asyncio.run(run_scan(plan))
    bugs = []
    found = judge(CHECKS, result.facts, ["demo"], lambda check, trace: bugs.append((check, trace)))
    assert (bugs, list(result.bugs)) == ([], [])
    assert all(one.evidence for one in found if one.outcome in {Outcome.PASS, Outcome.FAIL})
    return {one.check: (one.outcome, one.message) for one in found}


def weekly(history, *, to: int = NOW, without: tuple[int, ...] = ()) -> None:
    recorded(history, *(run_on(number, Outcome.PASS) for number in range(2, to, 7) if number not in without))


def test_scans_as_often_as_agreed_pass(history, tmp_path):
    weekly(history)
    outcome, message = judged(history, tmp_path)[CALENDAR]
    assert outcome is Outcome.PASS
    assert "never further apart than 7 days" in message


def test_a_missed_scan_stays_a_finding_after_it_was_made_up_for(history, tmp_path):
    weekly(history, without=(51,))
    outcome, message = judged(history, tmp_path)[CALENDAR]
    assert outcome is Outcome.FAIL
    assert message.count("from ") == 1
    assert "from 2026-02-14 00:00 UTC to 2026-02-28 00:00 UTC" in message


def test_what_was_missed_longer_ago_than_the_window_no_longer_counts(history, tmp_path):
    weekly(history, to=160, without=(51,))
    assert judged(history, tmp_path, now=160)[CALENDAR][0] is Outcome.PASS
    assert judged(history, tmp_path, now=149)[CALENDAR][0] is Outcome.FAIL, "a gap that reaches into it does"


def test_a_scan_that_comes_too_late_is_no_scan_in_time(history, tmp_path):
    weekly(history, to=90)
    outcome, message = judged(history, tmp_path)[CALENDAR]
    assert outcome is Outcome.FAIL
    assert "to 2026-04-11 00:00 UTC" in message, "up to the one under way"


def test_a_narrowed_run_and_one_of_another_environment_are_no_scans_of_this_one(history, tmp_path):
    weekly(history, without=(51,))
    narrowed = run_on(51, Outcome.PASS, narrowed=("--select x",))
    recorded(history, narrowed, run_on(51, Outcome.PASS, environment="other"))
    assert judged(history, tmp_path)[CALENDAR][0] is Outcome.FAIL


def test_without_a_history_an_interval_or_a_scan_nothing_is_said_to_hold(history, tmp_path):
    assert {one[0] for one in judged(None, tmp_path / "a").values()} == {Outcome.NOT_TESTED}
    weekly(history)
    found = judged(history, tmp_path / "b", ScanCadence())
    assert {one[0] for one in found.values()} == {Outcome.NOT_TESTED}
    assert "`cadence.every_days`" in found[CALENDAR][1]


def test_a_history_that_holds_nothing_yet_decides_nothing(history, tmp_path):
    with history.writing():
        pass
    assert judged(history, tmp_path)[CALENDAR][0] is Outcome.INCONCLUSIVE


def test_a_history_that_cannot_be_asked_decides_nothing(tmp_path):
    class Gone:
        def reading(self):
            raise HistoryError("The history cannot be used now: locked.")

    found = judged(Gone(), tmp_path)
    assert {one[0] for one in found.values()} == {Outcome.INCONCLUSIVE}
    assert "locked" in found[CALENDAR][1]


def test_changes_that_were_scanned_in_time_pass(history, tmp_path):
    weekly(history)
    deployed(history, 50.5)
    deployed(history, 92.9, "r2")
    outcome, message = judged(history, tmp_path)[CHANGES]
    assert outcome is Outcome.PASS
    assert "the last one, r2 at 2026-04-03" in message


@pytest.mark.parametrize("at, because", [(53, "none in time"), (94, "none after it")])
def test_a_change_without_a_scan_is_named(history, tmp_path, at, because):
    weekly(history)
    deployed(history, 50.5, "r1")
    deployed(history, at, "r2")
    outcome, message = judged(history, tmp_path)[CHANGES]
    assert outcome is Outcome.FAIL, because
    assert "without a whole scan within 24 hours: r2 at " in message
    assert "r1" not in message


def test_a_scan_before_the_change_is_none_of_it(history, tmp_path):
    weekly(history)
    deployed(history, 93.5)
    assert judged(history, tmp_path)[CHANGES][0] is Outcome.FAIL
    longer = judged(history, tmp_path / "b", ScanCadence(after_change_hours=24 * 8))
    assert longer[CHANGES][0] is Outcome.INCONCLUSIVE, "its scan is not due yet"


def test_the_last_change_is_judged_however_old_it_is(history, tmp_path):
    recorded(history, *(run_on(number, Outcome.PASS) for number in range(1, NOW)))
    deployed(history, 1.5, "r1")
    assert judged(history, tmp_path)[CHANGES][0] is Outcome.PASS
    weekly(history)
    deployed(history, 0.5, "r0")
    assert "r1" in judged(history, tmp_path / "b")[CHANGES][1]


def test_a_change_between_two_quick_ones_needs_no_scan_of_its_own(history, tmp_path):
    weekly(history)
    for hour in range(4):
        deployed(history, 92.5 + hour / 24, f"r{hour}")
    assert judged(history, tmp_path)[CHANGES][0] is Outcome.PASS


def test_one_that_went_live_unscanned_is_found_and_one_scanned_before_passes(history, tmp_path):
    recorded(history, run_on(10, Outcome.PASS, narrowed=("--select x",)), run_on(60, Outcome.PASS))
    deployed(history, 50, "first", DeploymentKind.GO_LIVE)
    outcome, message = judged(history, tmp_path)[GO_LIVE]
    assert outcome is Outcome.FAIL
    assert "went live at 2026-02-20 00:00 UTC without a whole scan" in message
    deployed(history, 61, "second", DeploymentKind.GO_LIVE)
    assert judged(history, tmp_path / "b")[GO_LIVE][0] is Outcome.PASS


@pytest.mark.parametrize(
    "live, outcome",
    [(1, Outcome.INCONCLUSIVE), (20, Outcome.PASS), (80, Outcome.FAIL), (120, Outcome.NOT_APPLICABLE)],
)
def test_go_live_can_stand_in_the_configuration(history, tmp_path, live, outcome):
    recorded(history, run_on(10, Outcome.PASS))
    found = judged(history, tmp_path, ScanCadence(live_since=day(live).astimezone(UTC)))
    assert found[GO_LIVE][0] is outcome


def test_a_deployment_is_recorded_once_and_none_of_the_future(history):
    assert deployed(history, 5)
    assert not deployed(history, 5)
    with pytest.raises(HistoryError, match="lies in the future"):
        deployed(history, NOW + 1)


def test_a_history_of_the_version_before_deployments_can_still_be_asked(history):
    weekly(history)
    with history.writing() as connection:
        connection.exec_driver_sql("DROP TABLE deployments")
    with history.reading() as connection:
        found = cadence_on_record(connection, "demo", ScanCadence(), day(NOW))
    assert found.deployments == ()
    assert found.scans[-1].began == day(93)
    assert found.scans[0].began <= day(NOW) - timedelta(days=92)


def test_a_scan_that_saw_nothing_is_no_scan(history, tmp_path):
    weekly(history, without=(51,))
    recorded(history, run_on(51, Outcome.INCONCLUSIVE), run_on(52), run_on(93.5, Outcome.INCONCLUSIVE))
    deployed(history, 93.2)
    found = judged(history, tmp_path)
    assert [found[check][0] for check in (CALENDAR, CHANGES)] == [Outcome.FAIL, Outcome.FAIL]


def test_what_can_be_told_without_reaching_anything_is_no_scan(history, tmp_path):
    """A token's own strength, records and statements: the rows that are looked at stay open."""
    weekly(history, without=(51,))
    unreached = run_on(51, Outcome.PASS, Outcome.INCONCLUSIVE)
    said = replace(unreached.controls[0], id="OCPI-CAD-01", status=ControlStatus.PASS)
    attested = replace(said, id="OCPI-OPS-03")
    recorded(history, replace(unreached, controls=(*unreached.controls, said, attested)))
    assert judged(history, tmp_path)[CALENDAR][0] is Outcome.FAIL


def test_a_clock_that_was_put_back_hides_nothing(history, tmp_path):
    weekly(history)
    deployed(history, 92.9)
    found = judged(history, tmp_path, now=60)
    for check in (CALENDAR, CHANGES):
        assert found[check][0] is Outcome.INCONCLUSIVE
        assert "one of the clocks is wrong" in found[check][1]


def test_a_record_shorter_than_one_interval_is_no_calendar_kept(history, tmp_path):
    recorded(history, run_on(96, Outcome.PASS), run_on(97, Outcome.PASS))
    outcome, message = judged(history, tmp_path)[CALENDAR]
    assert outcome is Outcome.INCONCLUSIVE
    assert "since 2026-04-07 00:00 UTC: no interval is over" in message
    assert judged(history, tmp_path / "b", ScanCadence(every_days=4))[CALENDAR][0] is Outcome.PASS


def test_since_when_partners_are_there_is_no_deployment_that_waits_for_a_scan(history, tmp_path):
    weekly(history)
    agreed = ScanCadence(every_days=7, live_since=day(-400))
    assert judged(history, tmp_path, agreed)[CHANGES][0] is Outcome.NOT_TESTED
    deployed(history, 92.9)
    assert judged(history, tmp_path / "b", agreed)[CHANGES][0] is Outcome.PASS


@pytest.mark.parametrize("order", [(49, 93.5), (93.5, 49)])
def test_deployments_that_were_recorded_out_of_order_are_judged_by_their_time(history, tmp_path, order):
    weekly(history)
    for at in order:
        deployed(history, at, f"r{at}")
    outcome, message = judged(history, tmp_path)[CHANGES]
    assert outcome is Outcome.FAIL
    assert message.index("r93.5") < message.index("r49")


def test_a_change_that_is_recorded_again_as_go_live_becomes_one_and_stays_one(history, tmp_path):
    weekly(history)
    assert deployed(history, 50)
    assert deployed(history, 50, kind=DeploymentKind.GO_LIVE)
    assert not deployed(history, 50)
    assert judged(history, tmp_path)[GO_LIVE][0] is Outcome.PASS
