"""Deployments lie between scans alike in SQLite and in PostgreSQL."""

from dataclasses import replace

import pytest

from checks.model.verdict import Outcome
from scanner.errors import HistoryError
from scanner.history.deployments import Deployment, cadence_on_record, record_deployment
from scanner.model.facts.cadence import DeploymentKind, ScanOnRecord
from scanner.model.target import ScanCadence
from tests.scanner.history.past import NOW, day, recorded, run_on

MADE = Deployment(environment="demo", at=day(2.5), revision="4f2a91c")


def put(database, *made: Deployment) -> list[bool]:
    with database.writing() as connection:
        return [record_deployment(connection, one, NOW) for one in made]


def run_of(scan: ScanOnRecord | None) -> str | None:
    return scan.run if scan else None


def test_a_deployment_is_kept_once_and_knows_the_whole_scans_around_it(database):
    narrowed = run_on(2.7, Outcome.PASS, narrowed=("--select x",))
    recorded(database, run_on(1, Outcome.PASS), run_on(2, Outcome.PASS), narrowed, run_on(3, Outcome.FAIL))
    elsewhere = replace(MADE, environment="other")
    live = replace(MADE, at=day(0.5), kind=DeploymentKind.GO_LIVE)
    assert put(database, MADE, MADE, elsewhere, live) == [True, False, True, True]
    with database.reading() as connection:
        found = cadence_on_record(connection, "demo", ScanCadence(every_days=1), day(4))
    around = [(one.kind, run_of(one.scanned_before), run_of(one.scanned_after)) for one in found.deployments]
    assert around == [
        (DeploymentKind.GO_LIVE, None, "run-1-demo"),
        (DeploymentKind.CHANGE, "run-2-demo", "run-3-demo"),
    ]
    assert [scan.began for scan in found.scans] == [day(1), day(2), day(3)]
    assert found.begins == day(1)


def test_one_of_the_future_is_refused_and_nothing_is_kept(database):
    with pytest.raises(HistoryError, match="lies in the future"):
        put(database, MADE, replace(MADE, at=NOW.replace(year=2030)))
    with database.writing() as connection:
        assert cadence_on_record(connection, "demo", ScanCadence(), NOW).deployments == ()
