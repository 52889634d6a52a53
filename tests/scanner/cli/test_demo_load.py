"""The demo under load: its own service alone, with leave for an hour, at a rate that the service really has."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from reports.formats import Format
from scanner.cli.demo_config import write_configuration
from scanner.cli.demo_load import AGREED, CHECKS, RATES, in_brief
from scanner.cli.demo_service import Served, prepare
from scanner.cli.probes import all_probes
from scanner.cli.selection import select
from scanner.config.load import load_configuration
from scanner.model.effect import Effect, Mode
from scanner.model.facts.tls import DEFAULT_TLS_PROFILE
from scanner.ocpi.stress.probe import StressProbe
from tests.scanner.cli.targets import posture as written
from tests.scanner.cli.test_demo import TABLES, demo, fails


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    """The environment that the demo writes, read back."""
    folder = tmp_path_factory.mktemp("load")
    settings = prepare(folder / "service", rates=RATES)
    served = Served(
        versions_url="https://localhost:1/ocpi/versions", plaintext_port=2, ca=folder / "service" / "ca.pem"
    )
    file = write_configuration(folder, settings, served, (), load=True)
    (environment,) = load_configuration(file, with_files=True).targets
    assert json.loads((folder / "service" / "service.json").read_text())["rates"] == RATES
    return environment


def test_it_has_leave_for_its_own_service_and_for_an_hour(target):
    assert target.mode is Mode.STRESS
    assert target.allow == {Effect.LASTING}
    (leave,) = target.authorisations
    assert leave.host == "localhost"
    assert leave.starts <= datetime.now(UTC) <= leave.ends
    assert (leave.ends - leave.starts).total_seconds() == 3600
    assert not target.inputs


def test_what_was_agreed_is_what_the_service_allows(target):
    rates = [target.contract_of(identity).requests_per_second for identity in target.identities]
    assert rates == [AGREED, AGREED]


def test_nothing_but_the_lab_looks_and_it_takes_two_minutes_at_most(target):
    chosen = select(in_brief(all_probes(DEFAULT_TLS_PROFILE)), (), CHECKS)
    assert [probe.name for probe in chosen.probes] == ["ocpi-discovery", "ocpi-stress"]
    lab = chosen.probes[1]
    assert isinstance(lab, StressProbe)
    lines = [line.what for line in lab.plan(target) if line.effect is Effect.BURST]
    assert any("PUT of an object of our own" in line and "for 4 s" in line for line in lines)
    assert sum("held for 13 s" in line for line in lines) == 3


@pytest.mark.slow
@pytest.mark.parametrize("faults, code", [("", 0), ("throttle-shared,body-blocks", 1)])
def test_a_fault_is_found_under_load_and_the_curves_are_drawn(tmp_path: Path, faults: str, code: int):
    done = demo(tmp_path, "--load", *(("--faults", faults) if faults else ()), "-o", "out")
    assert done.returncode == code or not faults, done.stderr
    table = yaml.safe_load((TABLES / "stress.yaml").read_text())
    expected = {check for fault in filter(None, faults.split(",")) for check in table[fault]}
    assert expected <= fails(written(tmp_path / "out"))
    assert "Under load" in (tmp_path / "out" / Format.LOAD.file_name).read_text()
