import asyncio
from dataclasses import dataclass

import pytest

from scanner.model.codec import observation_from_json, observation_to_json
from scanner.model.fact_store import FactStore
from scanner.model.facts.catalog import FACT_TYPES
from scanner.model.facts.ocpi.tokens import RefusalTimes
from scanner.ocpi.probes import PROBES
from scanner.probe import waits_for
from tests.scanner.gate_fixtures import open_gate
from tests.targets.protocol_runs import look, target_of
from tests.targets.reference_service import running_service


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """One run of all probes on the three versions."""

    facts: FactStore
    sent: int
    planned: int


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Whole:
    async def run() -> tuple[FactStore, int]:
        async with open_gate(target, tmp_path_factory.mktemp("whole"), tokens=tokens) as opened:
            return await opened.run(*PROBES), opened.gate.requests_sent

    with running_service() as service:
        target = target_of(service)
        tokens = {name: service.tokens[name] for name in ("emsp-a", "emsp-b")}
        planned = sum(line.at_most for probe in PROBES for line in probe.plan(target))
        facts, sent = asyncio.run(run())
    return Whole(facts=facts, sent=sent, planned=planned)


def test_every_fact_survives_the_journal(whole):
    observations = list(whole.facts)
    assert len(observations) > 100
    for observation in observations:
        assert observation_from_json(observation_to_json(observation)) == observation


def test_the_whole_witness_stays_within_its_plan(whole):
    assert 0 < whole.sent <= whole.planned


def test_every_fact_type_is_in_the_catalogue():
    assert {kind for probe in PROBES for kind in probe.provides} <= set(FACT_TYPES)


def test_probes_come_after_those_that_they_wait_for():
    names = [probe.name for probe in PROBES]
    assert all(name in names[:number] for number, probe in enumerate(PROBES) for name in waits_for(probe))


def test_no_token_reaches_a_file_of_the_run(tmp_path):
    with running_service(faults=("leaking-stack-trace", "other-tenant-readable"), versions=("2.2.1",)) as service:
        look(target_of(service), service.tokens, tmp_path)
        encoded = [service.authorization(name).removeprefix("Token ") for name in ("emsp-a", "emsp-b")]
    secrets = [*encoded, service.tokens["emsp-a"], service.tokens["emsp-b"]]
    for path in tmp_path.rglob("*"):
        if path.is_file():
            text = path.read_text()
            assert not any(secret in text for secret in secrets), path


def test_two_runs_see_the_same(tmp_path):
    def seen(folder):
        folder.mkdir()
        store = look(target_of(service), service.tokens, folder)
        return [(o.key, getattr(o.result, "fact", None)) for o in store if o.key.fact is not RefusalTimes]

    with running_service(versions=("2.2.1",)) as service:
        assert seen(tmp_path / "one") == seen(tmp_path / "two")
