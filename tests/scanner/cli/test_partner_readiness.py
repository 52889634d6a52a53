"""What preflight tells of a platform of ours: whether it can be opened, and with a certificate that may be believed."""

import json
import socket
from dataclasses import replace

import pytest

from scanner.cli.partner_readiness import partners_ready, sinks_ready
from scanner.cli.talk import Talk
from scanner.config.configuration import Configuration
from scanner.config.load import load_configuration
from scanner.model.effect import Mode
from tests.targets.tls_certificates import CertificatePlan, issue


@pytest.fixture
def configuration(tmp_path):
    """An environment that may register, and a partner server on loopback with a sound certificate."""
    certificate, key = issue(CertificatePlan(), tmp_path, "server")
    server = {"certificate_file": str(certificate), "key_file": str(key)}
    identity = {"token": "file:token", "sink": "file:sink", "party": "NL-ABC", "role": "EMSP", "disposable": True}
    environment = {
        "endpoints": {"main": {"versions_url": "https://localhost:1/ocpi/versions", "allow_internal": True}},
        "identities": {"us": identity},
        "mode": "exercise",
        "allow": ["registration"],
        "partner_server": server,
    }
    file = tmp_path / "ocpi-posture.yaml"
    file.write_text(json.dumps({"environments": {"test": environment}}))
    return load_configuration(file)


def ready(configuration: Configuration, **server):
    """Whether all is, and what is said."""
    (target,) = configuration.targets
    assert target.partner_server is not None
    changed = replace(target, partner_server=replace(target.partner_server, **server))
    rows = partners_ready(replace(configuration, targets=(changed,)), Talk())
    assert all(row.deed for row in rows)
    return all(row.ok for row in rows), " / ".join(row.detail for row in rows)


def test_what_can_be_opened_is_ready_and_nobody_says_that_the_platform_reaches_it(configuration):
    is_ready, said = ready(configuration)
    assert is_ready, said
    assert "whether the platform reaches https://localhost shows when it calls" in said


def test_a_port_that_is_taken_is_named(configuration):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert ready(configuration, port=port) == (False, f"127.0.0.1:{port} cannot be opened: address already in use")
        is_ready, said = ready(configuration, hostile=True, second_port=port)
    assert not is_ready
    assert said.startswith("can be opened at")
    assert said.endswith(f"127.0.0.1:{port} cannot be opened: address already in use")


def test_an_address_that_may_not_be_listened_on_is_named(configuration):
    is_ready, said = ready(configuration, host="192.0.2.1", port=8443)
    assert not is_ready
    assert "listen_hosts" in said


@pytest.mark.parametrize(
    "plan, word",
    [
        (CertificatePlan(names=("another.example.com",)), "does not name localhost"),
        (CertificatePlan(days_after=-0.5), "by the clock of this machine"),
    ],
)
def test_a_certificate_that_a_sound_client_refuses_is_named(configuration, tmp_path, plan, word):
    certificate, key = issue(plan, tmp_path, "wrong")
    is_ready, said = ready(configuration, certificate_file=certificate, key_file=key)
    assert not is_ready
    assert word in said


@pytest.mark.parametrize("name", ["certificate_file", "key_file"])
def test_a_file_that_is_not_there_is_named(configuration, tmp_path, name):
    is_ready, said = ready(configuration, **{name: tmp_path / "missing.pem"})
    assert not is_ready
    assert "cannot be opened" in said


def test_a_key_that_is_not_there_or_another_certificates_is_no_matter_of_ports(configuration, tmp_path):
    _, another = issue(CertificatePlan(), tmp_path, "another")
    assert "missing.key cannot be read: no such file" in ready(configuration, key_file=tmp_path / "missing.key")[1]
    (target,) = configuration.targets
    changed = replace(target, partner_server=replace(target.partner_server, key_file=another))
    (row,) = partners_ready(replace(configuration, targets=(changed,)), Talk())
    assert not row.ok
    assert "no pair" in row.detail
    assert "certificate" in row.deed


def test_a_sink_is_proven_and_nothing_of_that_stays(configuration, tmp_path):
    (row,) = sinks_ready(configuration)
    assert row.ok
    assert str(tmp_path / "sink") in row.detail
    assert not list(tmp_path.glob("*sink*"))


def test_a_sink_that_cannot_be_written_is_named_before_an_operator_begins(configuration, tmp_path):
    (tmp_path / "sink").mkdir()
    (row,) = sinks_ready(configuration)
    assert not row.ok
    assert row.detail == f"file:{tmp_path / 'sink'} is not a file"
    assert row.deed


def test_nothing_is_opened_where_nobody_may_register(configuration):
    (target,) = configuration.targets
    observed = replace(configuration, targets=(replace(target, mode=Mode.OBSERVE),))
    assert [*partners_ready(observed, Talk()), *sinks_ready(observed)] == []
