"""`evidence pack`, `sign` and `verify` as users run them."""

import errno
import json
import os
import stat
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reports.schema import PACK_SCHEMA_FILE, pack_schema
from tests.scanner.cli.finished_run import CHECKS, CONFIGURATION, finished_run
from tests.targets.time_stamp_authority import authority, serving


@pytest.fixture
def run(tmp_path) -> Path:
    return finished_run(tmp_path / "run")


@pytest.fixture
def key(posture, run, tmp_path) -> Path:
    """A key, and `pack.zip` signed with it."""
    path: Path = tmp_path / "posture.pem"
    assert posture("evidence", "pack", run, "-o", "pack.zip", "--new-key", path).code == 0
    return path


def public(key: Path) -> Path:
    return key.with_name(f"{key.name}.pub")


def statement(pack: Path | str) -> dict[str, Any]:
    with zipfile.ZipFile(pack) as archive:
        envelope = json.loads(archive.read("pack/statement.dsse.json"))
    import base64  # noqa: PLC0415 - one use

    document: dict[str, Any] = json.loads(base64.b64decode(envelope["payload"]))
    return document


def test_a_pack_is_signed_and_verified(posture, key):
    ended = posture("evidence", "verify", "pack.zip", "--key", public(key))
    assert ended.code == 0
    assert "Intact and signed." in ended.stdout
    assert "stamped    by nobody" in ended.stdout
    assert "begins here" in ended.stdout
    assert "masked     secret (" in ended.stdout


def test_it_holds_the_whole_run_but_the_journal(posture, key):
    names = set(zipfile.ZipFile("pack.zip").namelist())
    assert {"posture.json", "report.html", "pack/statement.dsse.json"} <= names
    assert len([name for name in names if name.startswith("evidence/")]) == len((*CHECKS, CONFIGURATION))
    assert not [name for name in names if "journal" in name or name == "run.json"]


def test_its_statement_is_of_the_published_schema(posture, key):
    assert PACK_SCHEMA_FILE.read_bytes() == pack_schema()
    document = statement("pack.zip")
    jsonschema.Draft202012Validator(json.loads(pack_schema())).validate(document)
    said = document["predicate"]
    assert said["run"]["id"] == "20260304T050607Z-7c1e"
    assert said["redacted"] == {"secret": 12, "token_uid": 3}
    assert {tool["name"] for tool in said["tools"]} == {"ocpi-posture", "checkov", "sslyze"}
    with zipfile.ZipFile("pack.zip") as archive:
        assert archive.read(said["configuration"]).decode() == CONFIGURATION


def test_the_same_run_and_key_give_the_same_bytes(posture, run, key):
    for name in ("one.zip", "two.zip"):
        assert posture("evidence", "pack", run, "-o", name, "--key", key).code == 0
    assert Path("one.zip").read_bytes() == Path("two.zip").read_bytes() == Path("pack.zip").read_bytes()


def test_no_half_of_a_new_key_is_left_where_the_other_one_stands(posture, run, tmp_path):
    (tmp_path / "k.pem.pub").write_text("of another key")
    ended = posture("evidence", "pack", run, "-o", "p.zip", "--new-key", tmp_path / "k.pem")
    assert ended.code == 2
    assert "k.pem.pub is there already" in ended.stderr
    assert not (tmp_path / "k.pem").exists()
    assert (tmp_path / "k.pem.pub").read_text() == "of another key"


@pytest.mark.parametrize("written", [0, 1])
def test_a_full_disk_leaves_no_part_of_a_new_key_in_the_way(posture, run, tmp_path, monkeypatch, written):
    opened, handles = os.fdopen, []

    def full(handle, mode):
        handles.append(handle)
        if len(handles) <= written:
            return opened(handle, mode)
        os.close(handle)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fdopen", full)
    ended = posture("evidence", "pack", run, "-o", "p.zip", "--new-key", tmp_path / "k.pem")
    assert (ended.code, len(handles)) == (2, written + 1)
    assert "cannot be written: no space left on device" in ended.stderr
    assert not [*tmp_path.glob("k.pem*")]


def test_a_new_key_is_private_and_never_overwritten(posture, run, key):
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    ended = posture("evidence", "pack", run, "--new-key", key)
    assert ended.code == 2
    assert "no key is overwritten" in ended.stderr
    assert key.read_bytes() == before


def test_a_key_made_by_openssl_signs_as_well(posture, run):
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", "own.pem"], check=True, timeout=500)
    subprocess.run(["openssl", "pkey", "-in", "own.pem", "-pubout", "-out", "own.pub"], check=True, timeout=500)
    assert posture("evidence", "pack", run, "-o", "own.zip", "--key", "own.pem").code == 0
    assert posture("evidence", "verify", "own.zip", "--key", "own.pub").code == 0


def test_an_encrypted_key_takes_its_passphrase_by_reference(posture, run, monkeypatch):
    monkeypatch.setenv("PASS", "correct horse battery")
    command = "openssl genpkey -algorithm ed25519 -aes256 -pass env:PASS -out own.pem"
    subprocess.run(command.split(), check=True, timeout=500, env=dict(os.environ))
    refused = posture("evidence", "pack", run, "-o", "own.zip", "--key", "own.pem")
    assert (refused.code, "--passphrase" in refused.stderr) == (2, True)
    assert not Path("own.zip").exists()
    assert posture("evidence", "pack", run, "-o", "own.zip", "--key", "own.pem", "--passphrase", "env:PASS").code == 0
    clear = posture("evidence", "pack", run, "-o", "x.zip", "--key", "own.pem", "--passphrase", "correct horse battery")
    assert clear.code == 2
    assert "correct horse" not in clear.stderr


def test_an_unsigned_pack_is_whole_and_said_to_prove_nothing(posture, run):
    ended = posture("evidence", "pack", run, "-o", "plain.zip")
    assert (ended.code, "not signed" in ended.stdout) == (0, True)
    ended = posture("evidence", "verify", "plain.zip")
    assert (ended.code, "anybody could have made it" in ended.stdout) == (3, True)
    assert "by nobody" in ended.stdout


def test_a_signed_pack_without_a_key_to_hold_it_against_is_not_proven(posture, key):
    ended = posture("evidence", "verify", "pack.zip")
    assert (ended.code, "its key was not given" in ended.stdout) == (3, True)


def test_a_foreign_key_is_a_mismatch(posture, key, run, tmp_path):
    assert posture("evidence", "pack", run, "-o", "b.zip", "--new-key", tmp_path / "b.pem").code == 0
    ended = posture("evidence", "verify", "pack.zip", "--key", "b.pem.pub")
    assert (ended.code, "no valid signature of this key" in ended.stdout) == (1, True)


def test_a_second_signature_leaves_the_first_and_the_files_as_they_are(posture, key, tmp_path):
    before = statement("pack.zip")
    assert posture("evidence", "sign", "pack.zip", "--new-key", tmp_path / "second.pem").code == 0
    assert statement("pack.zip") == before
    ended = posture(
        "evidence", "verify", "pack.zip", "--key", public(key), "--key", "second.pem.pub", "--format", "json"
    )
    assert ended.code == 0
    document = json.loads(ended.stdout)
    assert len(document["signed"]) == 2
    assert document["not_checked"] == []


def test_an_altered_file_is_named_for_people_and_for_machines(posture, key):
    whole = Path("pack.zip").read_bytes()
    Path("pack.zip").write_bytes(whole.replace(CHECKS[0].encode(), CHECKS[0].upper().encode(), 1))
    ended = posture("evidence", "verify", "pack.zip", "--key", public(key))
    assert ended.code == 1
    assert "NOT INTACT" in ended.stdout
    document = json.loads(posture("evidence", "verify", "pack.zip", "--format", "json").stdout)
    (problem,) = document["problems"]
    assert (problem["kind"], problem["file"].startswith("evidence/")) == ("changed", True)
    for command in (["sign", "pack.zip", "--key", key], ["upload", "pack.zip", "s3://b/", "--retain-days", "1"]):
        assert posture("evidence", *command).code == 2


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip", b"\x1f\x8b\x08"], ids=["empty", "short", "text", "gzip"])
def test_what_is_no_zip_file_is_bad_input(posture, content):
    Path("x.zip").write_bytes(content)
    ended = posture("evidence", "verify", "x.zip")
    assert (ended.code, "is no evidence pack" in ended.stderr) == (2, True)
    assert posture("evidence", "verify", "absent.zip").code == 2


def test_a_truncated_pack_is_a_mismatch_and_no_crash(posture, key):
    whole = Path("pack.zip").read_bytes()
    for length in (4, 40, len(whole) // 2, len(whole) - 1):
        Path("cut.zip").write_bytes(whole[:length])
        ended = posture("evidence", "verify", "cut.zip", "--key", public(key))
        assert (ended.code, "cut off" in ended.stdout) == (1, True)


def test_a_pack_of_a_newer_version_is_named_as_such(posture, run, monkeypatch):
    with monkeypatch.context() as newer:
        newer.setattr("reports.pack.statement.PREDICATE_TYPE", "urn:ocpi-posture:predicate:evidence-pack:2")
        assert posture("evidence", "pack", run, "-o", "newer.zip").code == 0
    ended = posture("evidence", "verify", "newer.zip")
    assert ended.code == 2
    assert "a newer one" in ended.stderr


def test_evidence_that_was_changed_since_the_run_is_not_packed(posture, run):
    file = next(file for file in run.glob("evidence/*/*") if file.read_text() == CHECKS[0])
    file.write_text("something else")
    ended = posture("evidence", "pack", run, "-o", "x.zip")
    assert (ended.code, "was changed since the run" in ended.stderr) == (2, True)
    file.unlink()
    ended = posture("evidence", "pack", run, "-o", "x.zip")
    assert (ended.code, "is not in the run's folder" in ended.stderr) == (2, True)
    assert [path.name for path in Path().iterdir() if "x.zip" in path.name] == []


def test_a_run_that_did_not_finish_and_one_of_a_newer_version_are_not_packed(posture, run):
    document = json.loads((run / "posture.json").read_bytes())
    (run / "posture.json").write_text(json.dumps({**document, "schema_version": "9"}))
    assert posture("evidence", "pack", run).code == 2
    (run / "posture.json").unlink()
    ended = posture("evidence", "pack", run)
    assert (ended.code, "was not finished" in ended.stderr) == (2, True)


def test_a_place_that_cannot_be_written_is_said(posture, run):
    ended = posture("evidence", "pack", run, "-o", "no/such/folder/pack.zip")
    assert (ended.code, "cannot be written" in ended.stderr) == (2, True)


def test_a_full_disk_leaves_neither_a_pack_nor_its_beginning(posture, run, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scanner.cli.evidence_pack.close_pack", full)
    ended = posture("evidence", "pack", run, "-o", "full.zip")
    assert (ended.code, "no space left" in ended.stderr) == (2, True)
    assert list(Path().glob("*full.zip*")) == []


def test_packs_are_chained_and_the_chain_is_followed(posture, key, tmp_path):
    later = datetime(2026, 3, 5, tzinfo=UTC)
    second = finished_run(tmp_path / "second", id="second", started_at=later, finished_at=later + timedelta(seconds=9))
    assert posture("evidence", "pack", second, "-o", "2.zip", "--key", key, "--previous", "pack.zip").code == 0
    assert statement("2.zip")["predicate"]["previous"]["run"] == "20260304T050607Z-7c1e"
    assert "not given, not checked" in posture("evidence", "verify", "2.zip", "--key", public(key)).stdout
    ended = posture("evidence", "verify", "2.zip", "--key", public(key), "--previous", "pack.zip")
    assert (ended.code, "followed 1 pack back" in ended.stdout) == (0, True)
    ended = posture("evidence", "verify", "2.zip", "--key", public(key), "--previous", "2.zip")
    assert (ended.code, "chain:" in ended.stdout) == (1, True)


def test_a_run_is_not_chained_to_another_environment_nor_to_a_broken_pack(posture, key, tmp_path):
    other = finished_run(tmp_path / "other", id="other", environments=("prod",))
    ended = posture("evidence", "pack", other, "-o", "o.zip", "--previous", "pack.zip")
    assert (ended.code, "is of demo, and this run of prod" in ended.stderr) == (2, True)
    Path("pack.zip").write_bytes(Path("pack.zip").read_bytes()[:-3])
    ended = posture("evidence", "pack", other, "-o", "o.zip", "--previous", "pack.zip")
    assert (ended.code, "not whole" in ended.stderr) == (2, True)


def test_an_authority_stamps_what_was_signed_and_sees_nothing_of_the_run(posture, key, tmp_path):
    with serving(authority(tmp_path / "tsa")) as tsa:
        assert posture("evidence", "sign", "pack.zip", "--tsa", tsa.url).code == 0
    (question,) = tsa.questions
    assert len(question) < 100
    ended = posture("evidence", "verify", "pack.zip", "--key", public(key), "--tsa-ca", tsa.root)
    assert (ended.code, "by CN=a TSA" in ended.stdout) == (0, True)
    untrusted = posture("evidence", "verify", "pack.zip", "--key", public(key)).stdout
    assert "whose root was not given: not checked" in untrusted


def test_an_authority_that_is_not_there_leaves_the_pack_without_a_stamp_and_says_so(posture, run, tmp_path):
    ended = posture("evidence", "pack", run, "-o", "p.zip", "--new-key", "k.pem", "--tsa", "http://127.0.0.1:9/tsa")
    assert ended.code == 3
    assert "no time stamp" in ended.stderr
    assert posture("evidence", "verify", "p.zip", "--key", "k.pem.pub").code == 0
    with serving(authority(tmp_path / "tsa"), status=302) as tsa:
        redirected = posture("evidence", "sign", "p.zip", "--tsa", tsa.url)
    assert (redirected.code, "it answered 302" in redirected.stderr, len(tsa.questions)) == (3, True, 1)
    with serving(authority(tmp_path / "odd"), kind="text/html") as tsa:
        assert posture("evidence", "sign", "p.zip", "--tsa", tsa.url).code == 3
    assert posture("evidence", "verify", "p.zip", "--key", "k.pem.pub", "--tsa-ca", tsa.root).code == 1


@pytest.mark.parametrize(
    "arguments,sentence",
    [
        (["sign", "pack.zip"], "Name who signs"),
        (["sign", "pack.zip", "--key", "a", "--new-key", "b"], "one of them signs"),
        (["sign", "pack.zip", "--key", "nokms:x"], "no key service that is known"),
        (["sign", "pack.zip", "--key", "absent.pem"], "--new-key absent.pem makes one"),
        (["verify", "pack.zip", "--key", "posture.pem"], "private key"),
        (["verify", "pack.zip", "--tsa-ca", "posture.pem.pub"], "no certificate"),
        (["upload", "pack.zip", "https://bucket", "--retain-days", "1"], "no place in S3"),
        (["pack", "run", "--tsa", "http://127.0.0.1:9"], "--tsa stamps a signature"),
    ],
)
def test_wrong_usage_is_said_in_a_sentence(posture, key, arguments, sentence):
    ended = posture("evidence", *arguments)
    assert (ended.code, sentence in ended.stderr) == (2, True)
