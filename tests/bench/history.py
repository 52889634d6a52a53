"""A history of 1,000 runs of the whole checklist: what `history`, `diff` and the trend of a new run cost.

The goal is below one second of processor each; a busy neighbour shows in the time on the wall only. The start of the
program with its imports is measured apart.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from checks.checklist.loader import checklist
from checks.model.finding import Finding
from checks.model.verdict import Outcome
from reports.model.difference import difference
from reports.model.posture import Posture
from scanner.cli.history_shown import as_text
from scanner.config.history_place import HistoryPlace
from scanner.history.database import Database, opened
from scanner.history.overview import overview
from scanner.history.reading import state_of
from scanner.history.recording import record
from scanner.history.trending import trend_of
from tests.reports.sample_posture import finding, posture_of

RUNS: Final = 1_000
FINDINGS: Final = 300  # of each run
FAILING: Final = 40  # of them come and go
CHANGE: Final = 0.05  # of them, from run to run
FIRST: Final = datetime(2024, 1, 1, tzinfo=UTC)
GOAL_S: Final = 1.0


def main() -> int:
    """Record, measure, print; a number is no reason to end with an error."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=RUNS)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="ocpi-posture-bench-") as name:
        file = Path(name) / "history.sqlite3"
        with opened(HistoryPlace(file=file)) as database:
            began = time.perf_counter()
            last = _record(database, runs)
            took = time.perf_counter() - began
            print(
                f"{runs} runs of {FINDINGS} findings: recorded in {took:.1f} s, {file.stat().st_size / 2**20:.1f} MiB"
            )
            _measure(database, last)
        for command in (["history"], ["diff", _id(runs - 2), _id(runs - 1)]):
            _print(f"whole command `{command[0]}`", partial(_command, [*command, "--file", str(file)]))
        _print("whole command `--version`", partial(_command, ["--version"]))
    return 0


def _record(database: Database, runs: int) -> Posture:
    base, chance = _base(), random.Random(1)
    posture, now = base, FIRST + timedelta(days=runs)
    with database.writing() as connection:
        for number in range(runs):
            began = FIRST + timedelta(days=number)
            info = replace(base.run, id=_id(number), started_at=began, finished_at=began + timedelta(minutes=1))
            posture = replace(base, run=info, findings=tuple(_flip(posture, chance)))
            record(connection, posture, now)
    return posture


def _id(number: int) -> str:
    return f"run-{number:05}"


def _base() -> Posture:
    rows = [row.id for row in checklist().controls if not row.folds]
    found = (
        finding(f"bench-{number}", Outcome.PASS, rows[number % len(rows)], field_path=str(number))
        for number in range(FINDINGS)
    )
    return posture_of(*found)


def _flip(before: Posture, chance: random.Random) -> Iterator[Finding]:
    """A few findings begin to fail, or are repaired, from run to run."""
    for number, one in enumerate(before.findings):
        if number < FAILING and chance.random() < CHANGE:
            yield replace(one, outcome=Outcome.PASS if one.outcome is Outcome.FAIL else Outcome.FAIL)
        else:
            yield one


def _measure(database: Database, last: Posture) -> None:
    now = last.run.started_at + timedelta(days=1)
    fresh = replace(last, run=replace(last.run, id="fresh", started_at=now, finished_at=now))
    with database.reading() as connection:
        if connection is None:
            raise RuntimeError("nothing was recorded")
        opened_connection = connection
        _print("history", lambda: as_text(overview(opened_connection, (), 30, now)))
        _print("history of all runs", lambda: as_text(overview(opened_connection, (), RUNS, now)))
        _print("trend of a new run", lambda: trend_of(opened_connection, fresh))
        ids = [_id(0), last.run.id]

        def diff() -> None:
            before, after = (state_of(opened_connection, one) for one in ids)
            if before is None or after is None:
                raise RuntimeError("a run is missing")
            difference(before, after)

        _print("diff of two runs", diff)


def _command(arguments: list[str]) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "scanner", *arguments]
    ended = subprocess.run(command, cwd=root, capture_output=True, check=False, env={**os.environ, "NO_COLOR": "1"})
    if ended.returncode not in {0, 1, 3}:
        raise RuntimeError(ended.stderr.decode())


def _print(what: str, work: Callable[[], object]) -> None:
    took = []
    for _ in range(3):
        began = _clocks()
        work()
        took.append(tuple(now - then for now, then in zip(_clocks(), began, strict=True)))
    processor, wall = min(took)
    verdict = "within the goal" if processor <= GOAL_S else f"above the goal of {GOAL_S:g} s"
    print(f"{what}: {processor:.2f} s of processor, {wall:.2f} s in all, {verdict}")


def _clocks() -> tuple[float, float]:
    """Processor time of this process and those it waited for, and the time on the wall; seconds."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system, time.perf_counter()


if __name__ == "__main__":
    sys.exit(main())
