"""A kill -9 among malformed messages: the resumed run goes on behind the last batch, and forgets no object."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.gate.journal import FILE_NAME, read_journal
from scanner.model.facts.ocpi.mutation import MutantsTreated
from scanner.model.observation import Seen
from scanner.run.cleanup import clean_up
from scanner.run.leftovers import left_behind
from scanner.run.runner import run_scan
from tests.scanner.gate_fixtures import open_gate
from tests.scanner.ocpi.mutation.killed_child import plan_of, target_at
from tests.targets.reference_service import running_service

ROOT = Path(__file__).parents[4]
LANES = 3
A_BATCH = LANES * 25


@pytest.fixture(scope="module")
def service():
    with running_service(versions=("2.2.1",)) as running:
        yield running


@pytest.fixture(scope="module")
def killed(service, tmp_path_factory):
    """The folder of a run that was killed, what its journal said then, and the run taken up again."""
    folder = tmp_path_factory.mktemp("killed")
    token = service.tokens["cpo-c"]
    command = [sys.executable, "-m", "tests.scanner.ocpi.mutation.killed_child", str(folder)]
    asked = [service.versions_url, str(service.ca_path), token, "130"]
    done = subprocess.run([*command, *asked], cwd=ROOT, timeout=500, check=False)
    assert done.returncode == -signal.SIGKILL
    before = list(read_journal(folder / FILE_NAME))
    target = target_at(service.versions_url, service.ca_path)
    return folder, before, asyncio.run(run_scan(plan_of(folder, target, token, resume=True)))


def treated(result):
    (fact,) = (o.result.fact for o in result.facts if o.key.fact is MutantsTreated and isinstance(o.result, Seen))
    return fact


def mutants_in(entries):
    """Ids of the mutants that were sent, in order."""
    purposes = [
        entry["purpose"] for entry in entries if entry["kind"] == "intent" and entry["probe"] == "ocpi-mutation"
    ]
    return [purpose for purpose in purposes if "#" in purpose and not purpose.startswith("after ")]


def test_the_resumed_run_ends_where_an_undisturbed_one_does(service, killed, tmp_path):
    target = target_at(service.versions_url, service.ca_path)
    undisturbed = treated(asyncio.run(run_scan(plan_of(tmp_path, target, service.tokens["cpo-c"], hour=0))))
    fact = treated(killed[2])
    assert not killed[2].bugs
    assert fact.cut_short is None
    assert fact.sent == undisturbed.sent
    assert {(g.path, g.rule) for g in fact.groups} == {(g.path, g.rule) for g in undisturbed.groups}


def test_what_was_finished_is_not_sent_again(killed):
    folder, before, _ = killed
    sent = mutants_in(before)
    again = mutants_in(list(read_journal(folder / FILE_NAME))[len(before) :])
    assert len(sent) >= A_BATCH
    assert len(set(sent) & set(again)) <= A_BATCH
    assert len(set(sent) | set(again)) == treated(killed[2]).sent


def test_cleanup_knows_what_was_there_at_the_moment_of_the_kill(service, killed):
    folder, before, _ = killed
    assert len(left_behind(before)) == LANES
    target = target_at(service.versions_url, service.ca_path)

    async def clean():
        async with open_gate(target, folder, tokens={"cpo-c": service.tokens["cpo-c"]}) as opened:
            return await clean_up(list(read_journal(folder / FILE_NAME)), opened.gate)

    done = asyncio.run(clean())
    assert {left.leftover for left in left_behind(before)} <= set(done.removed)
    assert not done.remaining
