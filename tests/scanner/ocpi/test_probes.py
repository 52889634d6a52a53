import asyncio
from dataclasses import replace

from scanner.model.codec import observation_from_json, observation_to_json
from scanner.model.facts.catalog import FACT_TYPES
from scanner.model.facts.ocpi.tokens import RefusalTimes
from scanner.ocpi.probes import PROBES
from tests.scanner.gate_fixtures import open_gate
from tests.targets.protocol_runs import look, target_of
from tests.targets.reference_service import running_service


def test_every_fact_survives_the_journal(tmp_path):
    with running_service() as service:
        store = look(replace(target_of(service), contracts=()), service.tokens, tmp_path)
    for observation in store:
        assert observation_from_json(observation_to_json(observation)) == observation


def test_every_fact_type_is_in_the_catalogue():
    assert {kind for probe in PROBES for kind in probe.provides} <= set(FACT_TYPES)


def test_probes_come_after_those_whose_facts_they_read():
    names = [probe.name for probe in PROBES]
    assert all(name in names[:number] for number, probe in enumerate(PROBES) for name in probe.after)


def test_no_token_reaches_a_file_of_the_run(tmp_path):
    with running_service(faults=("leaking-stack-trace", "other-tenant-readable")) as service:
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

    with running_service() as service:
        assert seen(tmp_path / "one") == seen(tmp_path / "two")


def test_the_whole_witness_stays_within_its_plan(tmp_path):
    async def count():
        async with open_gate(target, tmp_path, tokens=tokens) as gate:
            await gate.run(*PROBES)
            return gate.gate.requests_sent

    with running_service() as service:
        target = target_of(service)
        tokens = {name: service.tokens[name] for name in ("emsp-a", "emsp-b")}
        planned = [line for probe in PROBES for line in probe.plan(target)]
        assert asyncio.run(count()) <= sum(line.at_most for line in planned)
