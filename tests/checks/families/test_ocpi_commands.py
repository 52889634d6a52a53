"""Commands and results that have to be refused: by the reference service, by each fault, and what is never sent."""

import asyncio
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml

from checks.catalog import CATALOG
from checks.families.ocpi_commands import CHECKS
from checks.model.verdict import Outcome
from infra.service.faults import commands
from scanner.model.effect import Effect, Mode
from scanner.model.party import Identity, Party, Role
from scanner.ocpi.commands.probe import CommandsProbe
from scanner.ocpi.discovery import DiscoveryProbe
from tests.scanner.gate_fixtures import open_gate
from tests.targets.judged import findings_from
from tests.targets.reference_service import running_service
from tests.targets.transition_runs import CPO, failing, writing_target

EXPECTED = yaml.safe_load((Path(__file__).parents[2] / "expected_findings" / "commands.yaml").read_text())
COMMANDING = Identity(
    name="emsp-e",
    party=Party(country_code="IT", party_id="ELN"),
    role=Role.EMSP,
    partner="emsp-e",
    disposable=True,
)
ALLOWED = frozenset({Effect.ACTUATE})


def findings_at(service, folder, *, tokens=None, mode=Mode.EXERCISE, allow=ALLOWED, identities=(COMMANDING, CPO)):
    target = replace(writing_target(service, *identities, mode=mode, allow=allow), evses=frozenset({"EVSE-1"}))
    known = service.tokens | (tokens or {})

    async def run():
        wanted = {identity.name: known[identity.name] for identity in identities}
        async with open_gate(target, folder, tokens=wanted) as gate:
            return await gate.run(DiscoveryProbe(), CommandsProbe())

    return findings_from(CHECKS, asyncio.run(run()))


@cache
def findings_with(*faults):
    with running_service(faults=faults) as service, TemporaryDirectory() as folder:
        return findings_at(service, Path(folder))


def outcomes(findings):
    return {finding.outcome for finding in findings}


def test_every_check_is_in_the_catalogue_and_has_a_fault():
    assert set(CHECKS) <= set(CATALOG)
    assert {fault.name for fault in commands.FAULTS} == EXPECTED.keys()
    assert {check.id for check in CHECKS} == {check for checks in EXPECTED.values() for check in checks}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_passes_on_the_hardened_service(check):
    findings = [f for f in findings_with() if f.check == check.id]
    assert outcomes(findings) == {Outcome.PASS}, [f.message for f in findings]
    versions = {"2.2.1", "2.3.0"} | ({"2.1.1"} if check.id == "ocpi-command-unknown-object" else set())
    assert {f.subject.coordinates()["version"] for f in findings} == versions
    assert all(f.population.examined == 4 for f in findings)


@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_is_found_and_nothing_beside_its_table(fault):
    assert sorted(set(failing(findings_with(fault)))) == EXPECTED[fault]


def test_a_command_that_was_accepted_is_named_with_a_way_to_repeat_it():
    red = [f for f in findings_with("commands-unlooked") if f.outcome is Outcome.FAIL]
    assert {f.field_path for f in red} == {"START_SESSION", "STOP_SESSION", "RESERVE_NOW", "UNLOCK_CONNECTOR"}
    assert all(f.evidence and (f.reproduce or "").startswith("curl ") for f in red)


def test_nothing_is_sent_without_leave(tmp_path):
    with running_service(versions=("2.2.1",)) as service:
        observed = findings_at(service, tmp_path, mode=Mode.OBSERVE)
        (tmp_path / "lasting").mkdir()
        without = findings_at(service, tmp_path / "lasting", allow=frozenset({Effect.LASTING}))
    assert outcomes(observed) == outcomes(without) == {Outcome.NOT_TESTED}
    assert all("allow: [actuate]" in f.message for f in without)


def test_who_is_not_let_in_proves_nothing(tmp_path):
    with running_service(versions=("2.2.1",)) as service:
        strangers = {"emsp-e": service.tokens["emsp-a"], "cpo-c": service.tokens["emsp-a"]}
        findings = findings_at(service, tmp_path, tokens=strangers)
    assert Outcome.PASS not in outcomes(findings)
    assert outcomes(findings) <= {Outcome.INCONCLUSIVE, Outcome.NOT_TESTED}
