"""Tables of an older version are brought up to date, once, with everything in them."""

import pytest
from sqlalchemy import insert, inspect, select

from checks.model.verdict import Outcome
from scanner.history import migrations
from scanner.history.migrations import STEPS, version_of
from scanner.history.reading import past_runs
from scanner.history.recording import record
from scanner.history.tables import VERSIONS
from tests.scanner.history.past import NOW, recorded, run_on


@pytest.mark.parametrize("version", range(1, len(STEPS) + 1))
def test_each_older_version_keeps_its_runs_on_the_way_up(database, monkeypatch, version):
    with monkeypatch.context() as older:
        older.setattr(migrations, "STEPS", STEPS[:version])
        recorded(database, run_on(1, Outcome.FAIL))
        with database.reading() as connection:
            assert version_of(connection) == version
    recorded(database, run_on(2, Outcome.PASS))
    with database.reading() as connection:
        assert version_of(connection) == len(STEPS)
        assert [run.id for run in past_runs(connection)] == ["run-1-demo", "run-2-demo"]
        assert connection.execute(select(VERSIONS.c.version).order_by(VERSIONS.c.version)).scalars().all() == [
            *range(1, len(STEPS) + 1)
        ]


def test_a_step_that_fails_leaves_the_older_version_whole(database, monkeypatch):
    recorded(database, run_on(1, Outcome.FAIL))

    def breaks(connection):
        connection.execute(insert(VERSIONS).values(version=99, applied_us=0))
        raise RuntimeError

    def upgraded() -> None:
        with database.writing() as connection:
            record(connection, run_on(2, Outcome.PASS), NOW)

    with monkeypatch.context() as newer:
        newer.setattr(migrations, "STEPS", (*STEPS, breaks))
        with pytest.raises(RuntimeError):
            upgraded()
    with database.reading() as connection:
        assert version_of(connection) == len(STEPS)
        assert [run.id for run in past_runs(connection)] == ["run-1-demo"]
        assert inspect(connection).has_table("runs")
