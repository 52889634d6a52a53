"""The demo with faults that only a partner sees who registers, or whom the service calls back."""

import json
from pathlib import Path

import pytest

from infra.service.faults import BY_REGISTERING, FAULTS
from scanner.cli.demo_config import write_configuration
from scanner.cli.demo_faults import chosen_faults
from scanner.cli.demo_service import Served, prepare
from scanner.config.load import load_configuration
from scanner.model.effect import Effect, Mode
from tests.scanner.cli.targets import posture as written
from tests.scanner.cli.test_demo import demo, fails


def test_a_fault_that_takes_a_registration_makes_the_demo_register_and_nothing_else():
    assert {name for name, fault in FAULTS.items() if fault.by_writing} >= BY_REGISTERING
    alone = chosen_faults("roles-believed")
    assert (alone.by_registering, alone.by_writing) == (True, False)
    pushed = chosen_faults("session-reopened")
    assert (pushed.by_registering, pushed.by_writing) == (False, True)


def test_it_registers_as_a_newcomer_whose_platform_the_service_calls(tmp_path):
    settings = prepare(tmp_path / "service", calls_back=True)
    kept = json.loads((tmp_path / "service" / "service.json").read_text())
    assert kept["outbound"]["private_hosts"] == ["localhost"]
    where = Served(versions_url="https://localhost:1/ocpi/versions", plaintext_port=1, ca=tmp_path / "service/ca.pem")
    file = write_configuration(tmp_path, settings, where, (), writes=True, registers=True)
    (target,) = load_configuration(file, with_files=True).targets
    newcomer = target.identity("newcomer")
    assert newcomer.bootstrap
    assert newcomer.has_sink
    assert newcomer.party is not None
    assert target.mode is Mode.EXERCISE
    assert target.allow == {Effect.REGISTRATION, Effect.LASTING}
    assert target.partner_server is not None
    assert target.partner_server.hostile


@pytest.mark.slow
def test_such_a_fault_is_found_by_the_demo(tmp_path: Path):
    done = demo(tmp_path, "--faults", "roles-believed", "-o", "out")
    assert done.returncode == 1, done.stderr
    assert fails(written(tmp_path / "out")) == {"ocpi-registration-parties-verified"}
