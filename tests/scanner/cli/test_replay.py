"""`replay`: one fail of a run looked at again, on a service that still has the fault and on one that has not."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.scanner.cli.targets import FAST, config_of, write_config
from tests.scanner.cli.targets import endpoint as endpoint_of
from tests.scanner.cli.targets import posture as written
from tests.targets.reference_service import RunningService, running_service


def exercising(service: RunningService, folder: Path, name: str = "ocpi-posture.yaml") -> Path:
    """An eMSP that may write tokens of its own."""
    folder.mkdir(exist_ok=True)
    (folder / "token").write_text(service.tokens["emsp-a"] + "\n")
    identity = {"token": "file:token", "party": "DE-VLT", "role": "EMSP", "disposable": True}
    return write_config(
        folder,
        {"main": endpoint_of(service.versions_url, service.ca_path)},
        name,
        identities={"emsp-one": identity},
        mode="exercise",
        allow=["lasting"],
        limits={**FAST, "max_requests": 1500},
    )


@pytest.fixture(scope="module")
def faulty():
    with running_service(("no-page-limit", "unvalidated-values"), versions=("2.2.1",)) as service:
        yield service


@pytest.fixture(scope="module")
def correct():
    with running_service(versions=("2.2.1",)) as service:
        yield service


def scanned(faulty: RunningService, folder: Path, name: str, pattern: str) -> Path:
    from scanner.cli.entry import run  # noqa: PLC0415 - the fixture that captures output is made for functions

    config = exercising(faulty, folder)
    assert run(["-q", "scan", "-c", str(config), "-o", str(folder / name), "--select", pattern]) == 1
    return folder / name


@pytest.fixture(scope="module")
def reads(faulty, tmp_path_factory):
    return scanned(faulty, tmp_path_factory.mktemp("reads"), "run", "ocpi-pagination-*")


@pytest.fixture(scope="module")
def writes(faulty, tmp_path_factory):
    return scanned(faulty, tmp_path_factory.mktemp("writes"), "run", "ocpi-mutation-types")


def a_fail(run: Path, **wanted: str) -> dict[str, Any]:
    found = [f for f in written(run)["findings"] if f["outcome"] == "fail"]
    return next(f for f in found if all(f[name] == value for name, value in wanted.items()))


def files(folder: Path) -> dict[str, str]:
    """What a run holds, without its replays."""
    paths = [path for path in folder.rglob("*") if path.is_file() and "replays" not in path.parts]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_a_fail_that_is_still_there_is_1_and_the_run_stays_as_it_was(posture, reads):
    before, fail = files(reads), a_fail(reads)
    ended = posture("replay", reads, fail["fingerprint"])
    assert ended.code == 1, ended.stderr
    assert ended.stdout.startswith("still there: ")
    assert "has changed" not in ended.stderr
    assert files(reads) == before
    (folder,) = (reads / "replays").iterdir()
    kept = json.loads((folder / "replay.json").read_bytes())
    assert (kept["standing"], kept["before"]["fingerprint"]) == ("still there", fail["fingerprint"])
    assert kept["evidence"]
    assert all((folder / ref["path"]).is_file() for ref in kept["evidence"])
    assert {line["check"] for line in kept["now"]} == {fail["check"]}


def test_a_fail_that_was_mended_is_0_and_the_other_address_is_said(posture, reads, correct, tmp_path):
    config = exercising(correct, tmp_path)
    ended = posture("replay", reads, a_fail(reads)["fingerprint"][:6], "-c", config, "-o", tmp_path / "again")
    assert ended.code == 0, ended.stdout + ended.stderr
    assert ended.stdout.startswith("gone: ")
    assert "the configuration has changed since" in ended.stderr
    assert (tmp_path / "again" / "replay.json").is_file()


def test_a_platform_that_is_not_there_cannot_be_judged(posture, reads, tmp_path):
    with running_service(versions=("2.2.1",)) as gone:
        config = exercising(gone, tmp_path)
    ended = posture(
        "replay", reads, a_fail(reads)["fingerprint"], "-c", config, "--format", "json", "-o", tmp_path / "x"
    )
    assert ended.code == 3, ended.stdout
    assert json.loads(ended.stdout)["standing"] == "cannot be said"


def test_a_malformed_message_is_sent_again_at_its_own_place_only(posture, writes, correct, tmp_path):
    fail = a_fail(writes, field_path="/visual_number")
    ended = posture("replay", writes, fail["fingerprint"], "--format", "json", "-o", tmp_path / "still")
    assert ended.code == 1, ended.stderr
    said = json.loads(ended.stdout)
    assert said["whole_probes"] == ["ocpi-discovery"]
    assert 0 < said["requests_sent"] < 400 < posture_requests(writes)
    journal = [json.loads(line) for line in (tmp_path / "still" / "journal.jsonl").read_text().splitlines()]
    sent = {e["purpose"] for e in journal if e["kind"] == "intent" and "#" in e["purpose"]}
    assert sent
    assert all(":/visual_number#" in purpose for purpose in sent)
    ended = posture("replay", writes, fail["fingerprint"], "-c", exercising(correct, tmp_path), "-o", tmp_path / "gone")
    assert ended.code == 0, ended.stdout


def posture_requests(run: Path) -> int:
    sent: int = written(run)["run"]["requests_sent"]
    return sent


def test_what_the_configuration_no_longer_permits_is_not_sent(posture, writes, faulty, tmp_path):
    fail = a_fail(writes)
    config = config_of(faulty, tmp_path)
    ended = posture("replay", writes, fail["fingerprint"], "-c", config, "-o", tmp_path / "again", "--format", "json")
    assert ended.code == 3
    assert "mode exercise" in json.loads(ended.stdout)["why"]
    journal = [json.loads(line) for line in (tmp_path / "again" / "journal.jsonl").read_text().splitlines()]
    assert {entry["effect"] for entry in journal if entry["kind"] == "intent"} == {"read"}


def test_a_dry_run_of_a_replay_sends_nothing(posture, reads, faulty, tmp_path):
    before, known = len(faulty.events), sorted(reads.rglob("*"))
    ended = posture("replay", reads, a_fail(reads)["fingerprint"], "--dry-run")
    assert ended.code == 0
    assert "test: ocpi-discovery" in ended.stdout
    assert "ocpi-mutation" not in ended.stdout
    assert (len(faulty.events), sorted(reads.rglob("*"))) == (before, known)


@pytest.mark.parametrize(
    "beginning,sentence", [("0000000000000000", "has no finding"), ("zz", "has no finding"), ("", "has no finding")]
)
def test_an_unknown_fingerprint_is_2(posture, reads, beginning, sentence):
    ended = posture("replay", reads, beginning)
    assert ended.code == 2
    assert sentence in ended.stderr


def test_only_a_fail_is_replayed(posture, reads):
    passed = next(f for f in written(reads)["findings"] if f["outcome"] == "pass")
    ended = posture("replay", reads, passed["fingerprint"])
    assert ended.code == 2
    assert "scan --select" in ended.stderr


def test_a_run_that_does_not_know_its_configuration_asks_for_it(posture, reads, tmp_path):
    note = json.loads((reads / "run.json").read_bytes())
    for name in ("run.json", "posture.json"):
        (tmp_path / name).write_bytes((reads / name).read_bytes())
    (tmp_path / "run.json").write_text(json.dumps({**note, "given": None}))
    ended = posture("replay", tmp_path, a_fail(reads)["fingerprint"])
    assert ended.code == 2
    assert "Name it with -c" in ended.stderr
    (tmp_path / "run.json").write_text(json.dumps({**note, "is_demo": True}))
    assert "demo" in posture("replay", tmp_path, a_fail(reads)["fingerprint"]).stderr
