"""`report`, `waive`, `cleanup` and `preflight` on runs and services that are real."""

import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from scanner.config.load import load_configuration
from scanner.gate.journal import Journal
from scanner.gate.redaction import Redactor
from scanner.model.json_value import JsonValue
from scanner.model.leftover import Leftover
from tests.scanner.cli.targets import config_of, endpoint, write_config
from tests.scanner.cli.targets import posture as written
from tests.targets.reference_service import prepared_folder, running_service


@pytest.fixture(scope="module")
def service():
    with running_service() as service:
        yield service


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    """A finished run with one fail; tests work on copies."""
    from scanner.cli.entry import run  # noqa: PLC0415 - the fixture that captures output is made for functions

    folder = tmp_path_factory.mktemp("finished")
    with running_service(("no-page-limit",), versions=("2.2.1",)) as service:
        config = config_of(service, folder)
        assert run(["-q", "scan", "-c", str(config), "-o", str(folder / "run"), "--select", "ocpi-pagination-*"]) == 1
    return folder / "run"


@pytest.fixture
def a_run(run_folder, tmp_path):
    return shutil.copytree(run_folder, tmp_path / "run")


@pytest.fixture
def fail(a_run):
    return next(f for f in written(a_run)["findings"] if f["outcome"] == "fail")


def test_a_report_rendered_again_is_the_same(posture, a_run, tmp_path):
    before = (a_run / "report.html").read_bytes()
    (a_run / "report.html").unlink()
    assert posture("report", a_run, "--format", "html").code == 0
    assert (a_run / "report.html").read_bytes() == before
    ended = posture("report", a_run / "posture.json", "--format", "json", "-o", "-")
    assert ended.stdout == (a_run / "posture.json").read_text()
    assert posture("report", a_run, "--format", "html", "-o", tmp_path / "x.html").code == 0
    assert (tmp_path / "x.html").read_bytes() == before


def test_several_formats_are_rendered_at_once_beside_the_run(posture, a_run):
    account = ("--aws-account", "123456789012", "--aws-region", "eu-west-1")
    ended = posture("report", a_run, "--format", "oscal", "--format", "ocsf", "--format", "asff", *account)
    assert ended.code == 0
    assert json.loads((a_run / "oscal-results.json").read_text())["assessment-results"]["results"]
    assert len((a_run / "findings.ocsf.jsonl").read_text().splitlines()) == len(written(a_run)["findings"])
    assert json.loads((a_run / "findings.asff.json").read_text())


def test_an_edition_for_partners_lies_beside_the_record_and_never_in_its_place(posture, a_run):
    before = (a_run / "posture.json").read_bytes()
    ended = posture("report", a_run, "--format", "json", "--format", "html", "--audience", "partner")
    assert ended.code == 0
    edition = json.loads((a_run / "partner-posture.json").read_text())
    assert edition["audience"] == "partner"
    assert {control["id"]: control["status"] for control in edition["controls"]} == {
        control["id"]: control["status"] for control in json.loads(before)["controls"]
    }
    assert "edition for partners" in (a_run / "partner-report.html").read_text()
    assert (a_run / "posture.json").read_bytes() == before


@pytest.mark.parametrize(
    "words, sentence",
    [
        (("--format", "asff"), "ASFF names the AWS account"),
        (("--format", "asff", "--aws-account", "1"), "go together"),
        (("--format", "html", "--format", "csv", "-o", "one"), "-o names one file"),
        (("--format", "har", "--audience", "partner"), "there is none for partners"),
    ],
)
def test_a_report_that_cannot_be_written_as_asked_is_refused_with_a_sentence(posture, a_run, words, sentence):
    ended = posture("report", a_run, *words)
    assert ended.code == 2
    assert sentence in " ".join(ended.stderr.split())


@pytest.mark.parametrize(
    "content,sentence",
    [
        ("", "is not JSON"),
        ("{}", "has no schema_version"),
        ('{"schema_version": "99"}', "this ocpi-posture reads version"),
        ('{"schema_version": "1"}', "posture.json: "),
    ],
)
def test_a_posture_that_cannot_be_read_is_named(posture, a_run, content, sentence):
    (a_run / "posture.json").write_text(content)
    ended = posture("report", a_run, "--format", "html")
    assert ended.code == 2
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_run_that_was_not_finished_says_how_to_finish_it(posture, a_run):
    (a_run / "posture.json").unlink()
    ended = posture("report", a_run, "--format", "html")
    assert ended.code == 2
    assert "--resume" in ended.stderr


def test_a_folder_without_a_run_is_named(posture, tmp_path):
    ended = posture("report", tmp_path, "--format", "html")
    assert ended.code == 2
    assert "There is no run" in ended.stderr


WHY = ("--owner", "Ada", "--reason", "soon", "--until", "2099-01-01")


def test_a_waiver_is_written_with_the_check_as_a_comment(posture, a_run, fail, tmp_path):
    posture("init", "--versions-url", "https://x.example/v")
    before = (tmp_path / "ocpi-posture.yaml").read_text()
    ended = posture("waive", fail["fingerprint"][:8], *WHY, "--run", a_run, "--kind", "compensated")
    assert ended.code == 0, ended.stderr
    after = (tmp_path / "ocpi-posture.yaml").read_text()
    assert all(line in after.splitlines() for line in before.splitlines())
    assert f"# {fail['check']}" in after
    (waiver,) = load_configuration(tmp_path / "ocpi-posture.yaml").waivers
    assert (waiver.fingerprint, waiver.kind) == (fail["fingerprint"], "compensated")
    again = posture("waive", fail["fingerprint"], *WHY, "--run", a_run)
    assert again.code == 2
    assert "waives" in again.stderr


def test_the_last_run_is_found_by_itself(posture, a_run, fail, tmp_path):
    shutil.copytree(a_run, tmp_path / "posture" / "20270101T000000Z-0000")
    posture("init", "--versions-url", "https://x.example/v")
    assert posture("waive", fail["fingerprint"], *WHY).code == 0


@pytest.mark.parametrize(
    "arguments,sentence",
    [
        (["zzz", *WHY], "has no finding zzz"),
        (["0123", *WHY, "--force"], "'0123' is no whole fingerprint"),
        (["0" * 16, *WHY], "has no finding 0000000000000000"),
        (["0" * 16, "--owner", " ", "--reason", "x", "--until", "2099-01-01"], "--owner must not be empty"),
        (["0" * 16, "--owner", "x", "--reason", "x", "--until", "2020-01-01"], "2020-01-01 is over"),
        (["0" * 16, "--owner", "x", "--reason", "x", "--until", "soon"], "'soon' is no day"),
        (["0" * 16, "--reason", "x", "--until", "2099-01-01"], "--owner"),
    ],
)
def test_what_cannot_be_waived_is_refused_and_the_file_stays(posture, a_run, tmp_path, arguments, sentence):
    posture("init", "--versions-url", "https://x.example/v")
    before = (tmp_path / "ocpi-posture.yaml").read_bytes()
    ended = posture("waive", *arguments, "--run", a_run)
    assert ended.code == 2
    assert sentence in ended.stderr
    assert (tmp_path / "ocpi-posture.yaml").read_bytes() == before


def test_a_pass_is_not_waived_and_force_waives_what_no_run_has(posture, a_run, tmp_path):
    posture("init", "--versions-url", "https://x.example/v")
    passed = next(f for f in written(a_run)["findings"] if f["outcome"] == "pass")
    ended = posture("waive", passed["fingerprint"], *WHY, "--run", a_run)
    assert ended.code == 2
    assert "is pass" in ended.stderr
    assert posture("waive", "0" * 16, *WHY, "--force").code == 0


def test_without_any_run_the_fingerprint_cannot_be_known(posture, tmp_path):
    posture("init", "--versions-url", "https://x.example/v")
    ended = posture("waive", "0" * 16, *WHY)
    assert ended.code == 2
    assert "There is no run in posture/" in ended.stderr


def test_a_run_of_reads_left_nothing_behind(posture, a_run):
    ended = posture("cleanup", a_run)
    assert (ended.code, ended.stdout) == (0, "The run left nothing behind.\n")


LEFT = Leftover(what="location LOC1", environment="test", identity="emsp-one", module="tokens")


def leave(folder: Path, left: Leftover, url: str) -> None:
    """What a run would journal before it writes."""
    journal = Journal(folder / "journal.jsonl", Redactor())
    entry: dict[str, JsonValue] = {
        "number": 900,
        "at": "2027-01-01T00:00:00.000+00:00",
        "effect": "write",
        "environment": "test",
        "probe": "p",
        "url": url,
        "host": "localhost",
        "anonymous": False,
        "leaves": [asdict(left)],
    }
    journal.write("intent", entry)
    journal.close()


def test_a_leftover_that_nothing_takes_back_stays_and_is_said(posture, a_run, service, tmp_path):
    config = config_of(service, tmp_path)
    leave(a_run, LEFT, service.versions_url)
    ended = posture("cleanup", a_run, "-c", config)
    assert ended.code == 1
    assert ended.stdout == "stays    test: location LOC1 (OCPI has no request that takes it back)\n"


def test_cleanup_writes_only_where_a_scan_might(posture, a_run, service, tmp_path):
    config = config_of(service, tmp_path)
    url = f"{service.origin}/ocpi/cpo/2.2.1/locations/DE/VLT/LOC1"
    leave(a_run, replace(LEFT, undo_method="PATCH", undo_url=url, undo_body="{}", owner="DE-VLT"), url)
    ended = posture("cleanup", a_run, "-c", config)
    assert ended.code == 1
    assert ended.stdout.startswith("stays    test: location LOC1 (")


def test_a_leftover_that_is_gone_is_removed_once(posture, a_run, service, tmp_path):
    config = config_of(service, tmp_path, mode="exercise", allow=["lasting"])
    document = json.loads(config.read_text())
    document["environments"]["test"]["identities"]["emsp-one"]["disposable"] = True
    config.write_text(json.dumps(document))
    url = f"{service.origin}/ocpi/cpo/2.2.1/tokens/DE/VLT/NO-SUCH-TOKEN"
    body = '{"valid": false, "last_updated": "2027-01-01T00:00:00Z"}'
    leave(a_run, replace(LEFT, undo_method="PATCH", undo_url=url, undo_body=body, owner="DE-VLT"), url)
    ended = posture("cleanup", a_run, "-c", config)
    assert (ended.code, ended.stdout) == (0, "removed  test: location LOC1\n")
    assert posture("cleanup", a_run, "-c", config).stdout == "The run left nothing behind.\n"


def test_a_damaged_or_missing_journal_is_named(posture, a_run):
    journal = a_run / "journal.jsonl"
    journal.write_text("not json\n" + journal.read_text())
    ended = posture("cleanup", a_run)
    assert ended.code == 2
    assert "The journal is damaged" in ended.stderr
    journal.unlink()
    assert "nobody knows what the run left behind" in posture("cleanup", a_run).stderr


@pytest.mark.parametrize(
    "mistake, deed",
    [({"ca_file": None}, "Name the CA in `ca_file`"), ({"allow_internal": False}, "Set `allow_internal: true`")],
)
def test_preflight_says_what_to_do_about_the_one_thing_that_is_in_the_way(posture, service, tmp_path, mistake, deed):
    config = config_of(service, tmp_path)
    document = json.loads(config.read_text())
    document["environments"]["test"]["endpoints"]["main"] |= mistake
    config.write_text(json.dumps(document))
    ended = posture("preflight", "-c", config)
    assert ended.code == 3
    (said,) = [line for line in ended.stdout.splitlines() if "what to do:" in line]
    assert deed in said


def test_preflight_finds_everything_ready_and_judges_nothing(posture, service, tmp_path):
    config = config_of(service, tmp_path)
    before = len(service.events)
    ended = posture("preflight", "-c", config)
    assert ended.code == 0, ended.stdout
    assert "certificate accepted, token taken as base64, versions 2.1.1, 2.2.1, 2.3.0" in ended.stdout
    assert "test: mode observe" in ended.stdout
    assert "Left behind: nothing." in ended.stdout
    assert len(service.events) - before <= 5
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ocpi-posture.yaml", "token"]


def test_preflight_says_what_is_missing_and_goes_on(posture, service, tmp_path):
    (tmp_path / "wrong").write_text("not-the-right-token")
    (tmp_path / "ca.pem").write_bytes(prepared_folder().ca.read_bytes())
    (tmp_path / "stack").mkdir()
    (tmp_path / "stack" / "Pulumi.yaml").write_text("name: x\nruntime: go\n")
    config = write_config(
        tmp_path,
        {"main": endpoint(service.versions_url, tmp_path / "ca.pem"), "trusts-nobody": endpoint(service.versions_url)},
        identities={
            "wrong": {"token": "file:wrong", "endpoints": ["main"]},
            "unset": {"token": "env:NOT_SET", "endpoints": ["main", "trusts-nobody"]},
        },
        cloud={"programs": {"stack": {"directory": "stack", "stack": "test"}}},
    )
    ended = posture("preflight", "-c", config, "--format", "json")
    assert ended.code == 3
    document = json.loads(ended.stdout)
    said = {row["about"]: (row["ok"], row["detail"]) for row in document["needs"]}
    assert said["token of unset"] == (False, "The environment variable NOT_SET is not set.")
    assert said["token of wrong"][0]
    assert "was refused to this token: HTTP 401" in said["endpoint main as wrong"][1]
    assert "runtime go" in said["declared cloud stack"][1]
    assert document["ready"] is False
    assert document["plan"]
    assert all(row["deed"] for row in document["needs"] if not row["ok"])
    told = posture("preflight", "-c", config)
    assert "not yet  test: token of unset" in told.stdout
    assert told.stdout.count("what to do: ") == sum(not row["ok"] for row in document["needs"])
