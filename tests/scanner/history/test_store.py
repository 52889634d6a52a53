"""The store of runs, on SQLite and on a real PostgreSQL."""

import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from checks.model.verdict import Outcome
from reports.model.run_state import run_state
from scanner.config.history_place import HistoryPlace
from scanner.errors import HistoryError
from scanner.history.database import opened
from scanner.history.migrations import STEPS
from scanner.history.overview import overview
from scanner.history.reading import past_runs, state_of
from scanner.history.recording import Recorded, record
from scanner.history.spells import Ending
from scanner.history.tables import FINDINGS, OUTCOMES, RUNS, VERSIONS
from scanner.history.trending import trend_of
from tests.reports.sample_posture import finding, realistic
from tests.scanner.history.past import CHECK, NOW, ROW, day, recorded, run_on

FAIL, PASS, NONE, WAIVED = Outcome.FAIL, Outcome.PASS, None, Outcome.WAIVED


def test_a_run_comes_back_as_it_was_put_in(database):
    posture = realistic()
    recorded(database, posture)
    with database.reading() as connection:
        assert state_of(connection, posture.run.id) == run_state(posture)


def test_the_same_run_again_changes_nothing(database):
    assert recorded(database, *[run_on(1, FAIL, PASS)] * 3) == [Recorded.ADDED, Recorded.KNOWN, Recorded.KNOWN]
    with database.reading() as connection:
        counts = [connection.execute(select(func.count()).select_from(t)).scalar_one() for t in (RUNS, OUTCOMES)]
    assert counts == [1, 2]


def test_a_run_that_was_resumed_replaces_what_it_had_come_to(database):
    assert recorded(database, run_on(1, FAIL), run_on(1, FAIL, PASS)) == [Recorded.ADDED, Recorded.REPLACED]
    with database.reading() as connection:
        assert run_state(run_on(1, FAIL, PASS)) == state_of(connection, "run-1-demo")


def test_another_run_of_the_same_name_is_refused(database):
    recorded(database, run_on(1, FAIL))
    with pytest.raises(HistoryError, match="another run called run-1-demo"):
        recorded(database, run_on(2, FAIL, id="run-1-demo"))


def test_a_run_from_the_future_is_refused_and_nothing_of_it_stays(database):
    posture = run_on(1, FAIL)
    with pytest.raises(HistoryError, match="in the future"), database.writing() as connection:
        record(connection, posture, day(1) - timedelta(days=400))
    with database.writing() as connection:
        assert record(connection, posture, day(1) - timedelta(minutes=20)) is Recorded.ADDED


def test_an_error_in_the_middle_leaves_nothing_behind(database):
    def written_halfway() -> None:
        with database.writing() as connection:
            record(connection, run_on(1, FAIL), NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        written_halfway()
    with database.reading() as connection:
        assert connection is None or past_runs(connection) == ()


def test_runs_are_sorted_by_time_whenever_they_were_taken(database):
    recorded(database, run_on(3, PASS), run_on(1, FAIL), run_on(2, FAIL))
    with database.reading() as connection:
        assert [run.id for run in past_runs(connection)] == ["run-1-demo", "run-2-demo", "run-3-demo"]
        assert [run.fails for run in past_runs(connection)] == [1, 1, 0]
        assert [run.id for run in past_runs(connection, last=1)] == ["run-3-demo"]


def test_ages_and_repairs_count_what_was_judged_only(database):
    recorded(
        database,
        run_on(0, FAIL, FAIL, FAIL, FAIL),
        run_on(2, PASS, NONE, FAIL, FAIL),
        run_on(4, PASS, Outcome.INCONCLUSIVE, WAIVED, Outcome.NOT_APPLICABLE),
        run_on(6, FAIL, PASS, WAIVED, NONE),
    )
    with database.reading() as connection:
        shown = overview(connection, (), 30, day(10))
    assert (shown.repairs.count, shown.repairs.mean) == (2, timedelta(days=4))  # after 2 and after 6 days
    assert shown.no_longer_applied == 1
    ages = {(spell.ending, spell.age(shown.now)) for spell in shown.open_spells}
    assert ages == {(Ending.OPEN, timedelta(days=4)), (Ending.ACCEPTED, timedelta(days=10))}


def test_one_environment_can_be_asked_for_alone(database):
    recorded(database, run_on(1, FAIL), run_on(2, FAIL, environment="prod"))
    with database.reading() as connection:
        shown = overview(connection, ("prod",), 30, NOW)
    assert [run.id for run in shown.runs] == ["run-2-prod"]
    assert {spell.environment for spell in shown.open_spells} == {"prod"}
    assert {control.environment for control in shown.controls} == {"prod"}


def test_the_trend_of_a_run_ends_with_itself_and_leaves_gaps_where_nobody_looked(database):
    recorded(database, run_on(1, FAIL, FAIL), run_on(2, FAIL, environment="prod"), run_on(3, PASS, FAIL))
    present = run_on(5, FAIL, FAIL, FAIL)
    with database.reading() as connection:
        trend = trend_of(connection, present)
    assert [run.id for run in trend.runs] == ["run-1-demo", "run-3-demo", "run-5-demo"]
    assert [run.fails for run in trend.runs] == [2, 1, 3]
    (row,) = (control for control in trend.controls if control.control == ROW)
    assert row.statuses == ("fail", "fail", "fail")
    first, second, third = (one.fingerprint for one in present.findings)
    by_path = {one.field_path: one.fingerprint for one in present.findings}
    assert {first, second, third} == set(by_path.values())
    assert trend.since_by_fingerprint == {by_path["0"]: day(5), by_path["1"]: day(1), by_path["2"]: day(5)}
    assert trend.previous is not None
    assert trend.previous.run == "run-3-demo"
    assert set(trend.previous.new) == {by_path["0"], by_path["2"]}
    assert trend.previous.still_there == (by_path["1"],)


def test_without_any_earlier_run_the_trend_is_the_run_alone(database):
    with database.reading() as connection:
        trend = trend_of(connection, run_on(1, FAIL))
    assert [run.id for run in trend.runs] == ["run-1-demo"]
    assert trend.previous is None


def test_tables_of_a_newer_program_are_left_alone(database):
    recorded(database, run_on(1, FAIL))
    with database.writing() as connection:
        connection.execute(insert(VERSIONS).values(version=len(STEPS) + 1, applied_us=0))
    with pytest.raises(HistoryError, match="knows versions up to"), database.reading():
        pass
    with pytest.raises(HistoryError, match="has version"), database.writing():
        pass


def test_hostile_names_and_texts_are_kept_harmless(database):
    long = finding(CHECK, FAIL, ROW, field_path="\x00\x1b[2J\u202e" + "x" * 100, message="m" * 5_000_000)
    posture = run_on(1, FAIL)
    hostile = replace(posture, findings=(replace(long, check="c\x00\u202e"),))
    recorded(database, hostile)
    with database.reading() as connection:
        (text,) = connection.execute(select(FINDINGS.c.check_id)).scalars()
    assert "\x00" not in text
    assert "\u202e" not in text


def test_a_locked_file_is_waited_for_and_then_said(tmp_path):
    file = tmp_path / "history.sqlite3"
    with opened(HistoryPlace(file=file), patience_s=0.2) as database:
        recorded(database, run_on(1, PASS))
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(HistoryError, match=r"database is locked.*") as refused, database.writing():
            pass
        assert "history import" in refused.value.hint
        other.close()
        assert recorded(database, run_on(2, PASS)) == [Recorded.ADDED]
