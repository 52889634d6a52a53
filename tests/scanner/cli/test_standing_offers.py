"""A token that an earlier scan could not settle: nothing is taken over it, and `cleanup` leads the way back."""

import json
import secrets
from dataclasses import asdict

import pytest

from scanner.gate.journal import Journal
from scanner.gate.redaction import Redactor
from scanner.model.json_value import JsonValue
from scanner.model.leftover import Leftover
from tests.scanner.cli.targets import config_of
from tests.targets.reference_service import running_service

LEFT = Leftover(
    what="begun by the platform, the registration of DE-VLT, with a versions URL at which nobody answers after the scan"
    "; its token is in the sink",
    environment="test",
    identity="emsp-one",
    module="credentials",
    owner="DE-VLT",
)


@pytest.fixture(scope="module")
def service():
    with running_service(versions=("2.2.1",)) as service:
        yield service


@pytest.fixture
def config(service, tmp_path):
    """`emsp-one` is invited; the token that it speaks with is refused, and nothing stands beside it yet."""
    file = config_of(service, tmp_path, mode="exercise", allow=["registration"])
    chain, key = service.folder.server
    document = json.loads(file.read_text())
    test = document["environments"]["test"]
    invited = {"token": "file:token-a", "path": secrets.token_hex(12), "at": "2027-01-11T20:40:00Z"}
    test["identities"]["emsp-one"] |= {"sink": "file:sink", "disposable": True, "invited": invited}
    test["partner_server"] = {"certificate_file": str(chain), "key_file": str(key), "port": 18443}
    file.write_text(json.dumps(document))
    (tmp_path / "token-a").write_text(secrets.token_hex(24))
    (tmp_path / "token").write_text(secrets.token_hex(24))
    return file


@pytest.fixture
def a_run(service, tmp_path):
    """The folder of a run that waited for the platform to register, and was killed."""
    folder = tmp_path / "run"
    folder.mkdir()
    journal = Journal(folder / "journal.jsonl", Redactor())
    common: dict[str, JsonValue] = {
        "number": 1,
        "at": "2027-01-11T20:40:00.000+00:00",
        "effect": "registration",
        "environment": "test",
    }
    journal.write("intent", {**common, "probe": "p", "host": "localhost", "anonymous": False, "leaves": [asdict(LEFT)]})
    journal.close()
    return folder


def test_a_scan_and_preflight_name_the_file_and_the_way_back(posture, service, config, tmp_path):
    (tmp_path / "token").write_text(service.tokens["emsp-a"])
    (tmp_path / "sink.offered").write_text(secrets.token_hex(24))
    refused = posture("scan", "-c", config, "-o", tmp_path / "new")
    assert refused.code == 2
    ready = posture("preflight", "-c", config)
    assert ready.code == 3
    for said in (refused.stderr, ready.stdout):
        assert str(tmp_path / "sink.offered") in said
        assert "ocpi-posture cleanup" in said


@pytest.mark.parametrize("place", ["sink.offered", "sink.before", "token"])
def test_cleanup_puts_the_token_that_the_platform_lets_in_into_the_sink(
    posture, service, config, a_run, tmp_path, place
):
    (tmp_path / "sink.offered").write_text(secrets.token_hex(24))
    (tmp_path / place).write_text(service.tokens["emsp-a"])
    ended = posture("cleanup", a_run, "-c", config)
    assert "settled  test: tokens of emsp-one" in ended.stdout
    assert ended.code == (1 if place == "sink.offered" else 0)  # there is a registration, which nothing takes back
    assert not list(tmp_path.glob("sink.*"))
    spoken = tmp_path / ("token" if place == "token" else "sink")
    assert spoken.read_text().strip() == service.tokens["emsp-a"]
    assert "settled" not in posture("cleanup", a_run, "-c", config).stdout


def test_a_run_that_left_nothing_leads_the_way_back_as_well(posture, service, config, tmp_path):
    """The folder of the scan that was cut off may be gone."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "journal.jsonl").write_text("")
    assert posture("cleanup", other, "-c", config).stdout == "The run left nothing behind.\n"
    (tmp_path / "sink.offered").write_text(service.tokens["emsp-a"])
    ended = posture("cleanup", other, "-c", config)
    assert "settled  test: tokens of emsp-one" in ended.stdout
    assert ended.code == 0
    assert not list(tmp_path.glob("sink.offered"))
    assert (tmp_path / "sink").read_text().strip() == service.tokens["emsp-a"]


def test_without_a_configuration_a_run_that_left_nothing_is_clean(posture, tmp_path):
    (tmp_path / "journal.jsonl").write_text("")
    ended = posture("cleanup", tmp_path, "-c", tmp_path / "none.yaml")
    assert (ended.code, ended.stdout) == (0, "The run left nothing behind.\n")


def test_where_none_or_two_are_let_in_all_are_kept_and_it_is_said(posture, service, config, a_run, tmp_path):
    (tmp_path / "sink.offered").write_text(secrets.token_hex(24))
    none = posture("cleanup", a_run, "-c", config)
    assert none.code == 1
    assert "the platform lets in none of them" in none.stdout
    (tmp_path / "sink.offered").write_text(service.tokens["emsp-a"])
    (tmp_path / "token").write_text(service.tokens["emsp-a"])
    (tmp_path / "sink.before").write_text(service.tokens["cpo-c"])
    two = posture("cleanup", a_run, "-c", config)
    assert two.code == 1
    assert "try again when its overlap is over" in two.stdout
    assert (tmp_path / "sink.offered").exists()
