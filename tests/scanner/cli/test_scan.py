"""`ocpi-posture scan` against the reference service on loopback."""

import hashlib
import json
import shutil
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest

from reports.schema import posture_schema
from scanner.cli.run_folder import find_run
from scanner.errors import RunFolderError
from tests.scanner.cli.conftest import Ended
from tests.scanner.cli.targets import config_of, endpoint, write_config
from tests.scanner.cli.targets import posture as written
from tests.targets.reference_service import running_service


@pytest.fixture(scope="module")
def service():
    with running_service(versions=("2.2.1",)) as service:
        yield service


@pytest.fixture(scope="module")
def leaky():
    with running_service(("no-page-limit",), versions=("2.2.1",)) as service:
        yield service


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """A whole scan that several tests look at: its configuration, its folder `run`, and how the command ended."""

    config: Path
    run: Path
    ended: Ended

    def copy(self, folder: Path) -> Path:
        """The same run in another place, for tests that change it."""
        return Path(shutil.copytree(self.run, folder))


@pytest.fixture(scope="module")
def scans(tmp_path_factory) -> Callable[..., Scanned]:
    """The scan of a service, made when the first test asks for it."""
    made: dict[str, Scanned] = {}

    def scan_of(posture, service) -> Scanned:
        if service.origin not in made:
            folder = tmp_path_factory.mktemp("scanned")
            config, run = config_of(service, folder), folder / "run"
            made[service.origin] = Scanned(config=config, run=run, ended=posture("scan", "-c", config, "-o", run))
        return made[service.origin]

    return scan_of


@pytest.fixture
def sound(posture, service, scans) -> Scanned:
    scanned: Scanned = scans(posture, service)
    return scanned


@pytest.fixture
def faulty(posture, leaky, scans) -> Scanned:
    scanned: Scanned = scans(posture, leaky)
    return scanned


@pytest.fixture
def counting():
    """A port that counts who connects."""
    connections: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        stop = threading.Event()

        def accept() -> None:
            while not stop.is_set():
                try:
                    connection, peer = server.accept()
                except TimeoutError:
                    continue
                connections.append(peer)
                connection.close()

        thread = threading.Thread(target=accept)
        thread.start()
        yield server.getsockname()[1], connections
        stop.set()
        thread.join()


def test_a_sound_platform_is_clean_and_the_summary_is_on_stdout(sound):
    ended = sound.ended
    assert "proven to hold" in ended.stdout
    assert ended.code == 0, ended.stdout
    assert "probe finished" in ended.stderr
    assert "probe" not in ended.stdout.split("This run")[0].split("Not looked at")[0]
    assert sorted(path.name for path in sound.run.iterdir()) == [
        "evidence", "journal.jsonl", "posture.json", "report.html", "run.json",
    ]  # fmt: skip


def test_posture_json_follows_its_published_schema_and_points_to_evidence_that_is_there(sound):
    document = written(sound.run)
    jsonschema.validate(document, json.loads(posture_schema()))
    assert document["run"]["profile"] == "endpoint"
    assert document["run"]["requests_sent"] > 20
    for finding in document["findings"]:
        assert all((sound.run / ref["path"]).is_file() for ref in finding["evidence"])


def test_a_fault_is_found_and_ends_with_1(faulty):
    assert faulty.ended.code == 1
    fails = {f["check"] for f in written(faulty.run)["findings"] if f["outcome"] == "fail"}
    assert fails == {"ocpi-pagination-page-size-capped"}


def test_fail_on_decides_from_which_severity_on_a_fail_counts(posture, faulty, tmp_path):
    judged_again = ("scan", "-c", faulty.config, "--resume", faulty.copy(tmp_path / "run"))
    assert posture(*judged_again, "--fail-on", "high").code != 1
    assert posture(*judged_again, "--fail-on", "low").code == 1


def test_a_waiver_turns_the_fail_into_waived(posture, leaky, faulty, tmp_path):
    config = config_of(leaky, tmp_path)
    fails = [f for f in written(faulty.run)["findings"] if f["outcome"] == "fail"]
    assert fails
    for fail in fails:
        why = ("--owner", "Ada", "--reason", "soon", "--until", "2099-01-01", "-c", config, "--run", faulty.run)
        assert posture("waive", fail["fingerprint"], *why).code == 0
    ended = posture("scan", "-c", config, "-o", tmp_path / "two", "--select", fails[0]["check"])
    assert ended.code == 0, ended.stdout
    findings = written(tmp_path / "two")["findings"]
    assert {f["fingerprint"] for f in findings if f["outcome"] == "waived"} == {f["fingerprint"] for f in fails}
    assert [f["outcome"] for f in findings if f["check"] == "waivers-in-order"] == ["pass"]


def test_a_malformed_and_an_unused_waiver_are_reported_and_decide_nothing(posture, service, sound, tmp_path):
    config = config_of(service, tmp_path)
    document = json.loads(config.read_text())
    whole = {"fingerprint": "0" * 16, "owner": "Ada", "reason": "x", "until": "2099-01-01", "kind": "accepted"}
    document["waivers"] = [whole, {**whole, "fingerprint": "1" * 16, "until": "never"}]
    config.write_text(json.dumps(document))
    run = sound.copy(tmp_path / "run")
    ended = posture("scan", "-c", config, "--resume", run)
    assert ended.code == 0
    said = {f["field_path"]: f["message"] for f in written(run)["findings"] if f["check"] == "waivers-in-order"}
    assert said["0" * 16].startswith("unused: this run has no finding")
    assert "must be a day" in said["waivers[1].until"]


def test_a_bare_url_with_a_token_needs_no_file(posture, service, tmp_path, monkeypatch):
    monkeypatch.setenv("OCPI_TOKEN", service.tokens["emsp-a"])
    ended = posture(
        *("scan", service.versions_url, "--token", "env:OCPI_TOKEN", "--party", "DE-VLT"),
        *("--ca-file", service.ca_path, "--allow-internal", "-o", tmp_path / "run"),
    )
    assert ended.code in {0, 3}, ended.stderr
    document = written(tmp_path / "run")
    assert document["run"]["environments"] == ["default"]
    assert document["run"]["mode"] == "observe"
    assert {f["subject"].get("endpoint") for f in document["findings"]} >= {"main"}
    journal = [json.loads(line) for line in (tmp_path / "run" / "journal.jsonl").read_text().splitlines()]
    assert {entry["effect"] for entry in journal if entry["kind"] == "intent"} == {"read"}
    assert {entry["method"] for entry in journal if "method" in entry} <= {"GET", "HEAD", "OPTIONS"}


def test_without_a_token_only_anonymous_checks_are_made_and_that_is_said(posture, service, tmp_path):
    arguments = ("--ca-file", service.ca_path, "--allow-internal", "-o", tmp_path / "run", "--log-format", "json")
    ended = posture("scan", service.versions_url, *arguments)
    assert ended.code == 3
    events = [json.loads(line)["event"] for line in ended.stderr.splitlines()]
    assert "no token: only what anybody may see is looked at" in events
    outcomes = {f["check"]: f["outcome"] for f in written(tmp_path / "run")["findings"]}
    assert outcomes["ocpi-access-no-token-refused"] == "pass"
    assert outcomes["ocpi-schema-objects-valid"] == "not_tested"


@pytest.mark.parametrize(
    "arguments,sentence",
    [
        (["https://x.example/", "--token", "s3cret-in-clear"], "--token: the secret is written in clear"),
        (["https://x.example/", "--token", "env:NOT_SET"], "The environment variable NOT_SET is not set."),
        (["https://x.example/", "--token", "env:A", "--party", "NLABC"], "--party: write a party as"),
        (["https://x.example/", "--ca-file", "nowhere.pem"], "nowhere.pem cannot be read"),
        (["x.example"], "VERSIONS_URL: write a whole URL"),
        (["https://x.example:0/"], "VERSIONS_URL: no server listens on port 0"),
        (["https://x.example/", "-e", "test"], "-e goes with a configuration"),
        (["https://x.example/", "--mode", "exercise"], "--mode exercise needs a configuration"),
        (["--token", "env:A"], "--token goes with a VERSIONS_URL"),
        (["-c", "nowhere.yaml"], "nowhere.yaml: cannot be read: no such file"),
        (["https://x.example/", "--select", "tls-versions-in-profil"], "did you mean 'tls-versions-in-profile'"),
        (["https://x.example/", "--select", "OCPI-EXT-14"], "No check answers OCPI-EXT-14 yet"),
        (["https://x.example/", "--resume", "never"], "There is no run 'never'"),
    ],
)
def test_wrong_usage_is_one_sentence_and_ends_with_2(posture, tmp_path, arguments, sentence):
    ended = posture("scan", *arguments)
    assert (ended.code, ended.stdout) == (2, "")
    assert sentence in ended.stderr
    assert "s3cret-in-clear" not in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "posture").exists()


def test_an_unknown_environment_names_the_nearest(posture, service, tmp_path):
    ended = posture("scan", "-c", config_of(service, tmp_path), "-e", "tset")
    assert ended.code == 2
    assert "did you mean 'test'?" in ended.stderr


def test_a_dry_run_prints_the_plan_and_sends_nothing(posture, counting, tmp_path):
    port, connections = counting
    (tmp_path / "token").write_text("a-token-of-no-use")
    identities = {"one": {"token": "file:token"}}
    config = write_config(tmp_path, {"main": endpoint(f"https://127.0.0.1:{port}/versions")}, identities=identities)
    ended = posture("scan", "-c", config, "--dry-run")
    assert ended.code == 0
    assert f"TLS handshakes with 127.0.0.1:{port}" in ended.stdout
    assert "Left behind: nothing." in ended.stdout
    assert "at most 2000 to each host, 2000 per second, 2000 without a valid token." in ended.stdout
    machine = posture("scan", "-c", config, "--dry-run", "--format", "json")
    lines = json.loads(machine.stdout)
    assert {line["effect"] for line in lines} == {"read"}
    assert all(0 <= line["at_least"] <= line["at_most"] for line in lines)
    assert connections == []
    assert not (tmp_path / "posture").exists()


def test_a_bare_url_may_be_asked_more_without_a_valid_token_and_the_dry_run_says_so(posture, counting):
    port, connections = counting
    ended = posture("scan", f"https://127.0.0.1:{port}/versions", "--dry-run", "--max-refusals", "486")
    assert ended.code == 0
    assert "486 without a valid token." in ended.stdout
    assert connections == []


def test_the_server_that_counts_would_have_noticed(posture, counting, tmp_path):
    port, connections = counting
    config = write_config(tmp_path, {"main": endpoint(f"https://127.0.0.1:{port}/versions")})
    ended = posture("scan", "-c", config, "-o", tmp_path / "run")
    assert ended.code == 3
    assert connections


def test_a_scan_sends_no_more_than_its_dry_run_said(posture, sound):
    planned = posture("scan", "-c", sound.config, "--dry-run", "--format", "json").stdout
    most = sum(line["at_most"] for line in json.loads(planned))
    assert 0 < written(sound.run)["run"]["requests_sent"] <= most


def test_only_the_chosen_witness_looks_and_is_asked_for(posture, service, tmp_path):
    ended = posture("scan", "-c", config_of(service, tmp_path), "-o", tmp_path / "run", "--witness", "tls")
    assert ended.code == 0, ended.stdout
    judged = {f["witness"] for f in written(tmp_path / "run")["findings"] if f["outcome"] in {"pass", "fail"}}
    assert judged == {"tls"}


def test_only_the_selected_checks_judge_and_only_their_probes_look(posture, service, tmp_path):
    config = config_of(service, tmp_path)
    ended = posture(
        "scan", "-c", config, "-o", tmp_path / "run", "--select", "ocpi-access-*", "--select", "OCPI-EXT-12"
    )
    assert ended.code == 0, ended.stdout
    checks = {f["check"] for f in written(tmp_path / "run")["findings"]}
    assert checks == {check for check in checks if check.startswith(("ocpi-access-", "ocpi-tracing-"))}
    assert {entry.get("probe") for entry in _journal(tmp_path / "run")} > {None, "ocpi-access"}
    assert "tls" not in {entry.get("probe") for entry in _journal(tmp_path / "run")}


def test_a_check_that_joins_nothing_needs_its_own_probe_only(posture, service, tmp_path):
    posture("scan", "-c", config_of(service, tmp_path), "-o", tmp_path / "run", "--select", "ocpi-pagination-headers-*")
    probes = {entry.get("probe") for entry in _journal(tmp_path / "run")}
    assert probes == {None, "ocpi-discovery", "ocpi-pages"}


def _journal(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]


def test_a_budget_that_is_used_up_leaves_a_truthful_report(posture, service, tmp_path):
    ended = posture(
        "scan", "-c", config_of(service, tmp_path), "-o", tmp_path / "run", "--budget", "10", "--witness", "protocol"
    )
    assert ended.code == 3
    document = written(tmp_path / "run")
    assert document["run"]["requests_sent"] <= 10
    assert any("max_requests" in entry["detail"] for entry in document["not_looked_at"])


def test_a_folder_that_holds_a_run_is_not_overwritten(posture, service, tmp_path):
    config = config_of(service, tmp_path)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "journal.jsonl").write_text("")
    ended = posture("scan", "-c", config, "-o", tmp_path / "run")
    assert ended.code == 2
    assert "holds a run already" in ended.stderr


def test_a_place_that_cannot_be_written_is_named(posture, service, tmp_path):
    (tmp_path / "file").write_text("")
    ended = posture("scan", "-c", config_of(service, tmp_path), "-o", tmp_path / "file" / "run")
    assert ended.code == 2
    assert "cannot be written: not a directory" in ended.stderr


def test_a_finished_run_is_taken_up_again_without_a_request(posture, service, sound, tmp_path):
    run = sound.copy(tmp_path / "run")
    first = written(run)
    before = len(service.events)
    ended = posture("scan", "-c", sound.config, "--resume", run)
    again = written(run)
    assert ended.code == 0, ended.stdout
    assert len(service.events) == before
    assert again["findings"] == first["findings"]
    assert again["run"]["id"] == first["run"]["id"]
    assert again["run"]["requests_sent"] == first["run"]["requests_sent"]


def test_reports_that_lie_in_a_run_that_is_taken_up_again_tell_what_it_tells(posture, sound, tmp_path):
    run = sound.copy(tmp_path / "run")
    for name in ("findings.csv", "findings.asff.json", "partner-report.html"):
        (run / name).write_text("of an earlier state")
    ended = posture("scan", "-c", sound.config, "--resume", run)
    assert (run / "findings.csv").read_bytes().count(b"\r\n") == len(written(run)["findings"]) + 1
    assert str(run / "findings.csv") in ended.stdout
    for name in ("findings.asff.json", "partner-report.html"):
        assert (run / name).read_text() == "of an earlier state"
        assert f"file={run / name}" in ended.stderr


def test_a_run_that_would_look_elsewhere_is_not_taken_up(posture, service, tmp_path):
    config = config_of(service, tmp_path)
    posture("scan", "-c", config, "-o", tmp_path / "run", "--witness", "tls")
    ended = posture("scan", "-c", config, "--resume", tmp_path / "run", "--witness", "tls", "--budget", "7")
    assert ended.code == 2
    assert "looked at something else, or in another way" in ended.stderr


def test_a_run_is_taken_up_again_after_a_waiver_and_judged_by_the_file_as_it_is(posture, service, tmp_path):
    config = config_of(service, tmp_path)
    posture("scan", "-c", config, "-o", tmp_path / "run", "--witness", "tls")
    waiver = {"fingerprint": "0" * 16, "owner": "Ada", "reason": "r", "until": "2999-01-01", "kind": "accepted"}
    document = json.loads(config.read_text())
    config.write_text(json.dumps({**document, "waivers": [waiver]}))
    ended = posture("scan", "-c", config, "--resume", tmp_path / "run", "--witness", "tls")
    assert ended.code == 0, ended.stderr
    assert written(tmp_path / "run")["run"]["config_sha256"] == hashlib.sha256(config.read_bytes()).hexdigest()


def test_a_narrowed_run_says_to_what_and_never_a_whole_yes(posture, service, tmp_path):
    config = config_of(service, tmp_path)
    ended = posture("scan", "-c", config, "-o", tmp_path / "run", "--witness", "tls", "--select", "tls-*")
    assert ended.code == 0, ended.stdout
    said = " ".join(ended.stdout.split())
    assert said.startswith("Only in part. Nothing fails among what was asked for: --witness tls --select tls-*.")
    assert "This run was narrowed to --witness tls --select tls-*; what it left out is not judged." in said
    assert written(tmp_path / "run")["run"]["narrowed"] == ["--witness tls", "--select tls-*"]
    assert "Only in part." in (tmp_path / "run" / "report.html").read_text()


def test_a_waiver_of_an_environment_that_is_left_out_is_not_called_unused(posture, service, tmp_path):
    config = config_of(service, tmp_path)
    document = json.loads(config.read_text())
    (name,) = document["environments"]
    document["environments"]["other"] = document["environments"][name]
    waiver = {"fingerprint": "0" * 16, "owner": "Ada", "reason": "r", "until": "2999-01-01", "kind": "accepted"}
    config.write_text(json.dumps({**document, "waivers": [waiver]}))
    posture("scan", "-c", config, "-e", name, "-o", tmp_path / "run")
    assert not [one for one in written(tmp_path / "run")["findings"] if "unused" in one["message"]]


def test_without_o_each_run_has_a_folder_that_its_id_finds(posture, service, tmp_path):
    posture("scan", "-c", config_of(service, tmp_path), "--witness", "tls")
    (folder,) = (tmp_path / "posture").iterdir()
    assert find_run(folder.name).resolve() == folder.resolve()
    assert find_run(str(folder / "posture.json")) == folder
    assert folder.stat().st_mode & 0o077 == 0
    with pytest.raises(RunFolderError, match="There is no run"):
        find_run("another")
    assert posture("report", folder.name, "--format", "html", "-o", "again.html").code == 0
    assert Path("again.html").read_bytes() == (folder / "report.html").read_bytes()


def test_a_versions_url_without_tls_gets_one_sentence(posture, tmp_path):
    ended = posture("scan", "http://127.0.0.1:9/versions", "--allow-internal", "-o", tmp_path / "run")
    assert ended.stderr.count("the versions URL begins with http: OCPI is spoken over TLS") == 1
