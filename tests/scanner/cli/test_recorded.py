"""The HAR of a real run: every request of the journal, whole where the exchange is evidence, and no token."""

import base64
import json
import shutil
from pathlib import Path

import pytest

from tests.reports.test_har import read_strictly
from tests.scanner.cli.targets import config_of
from tests.targets.reference_service import running_service


@pytest.fixture(scope="module")
def run_and_token(tmp_path_factory):
    from scanner.cli.entry import run  # noqa: PLC0415 - the fixture that captures output is made for functions

    folder = tmp_path_factory.mktemp("har")
    with running_service(("no-page-limit",), versions=("2.2.1",)) as service:
        config = config_of(service, folder)
        scan = ["-q", "scan", "-c", str(config), "-o", str(folder / "run"), "--select", "ocpi-*", "--format", "har"]
        assert run(scan) == 1
        return folder / "run", service.tokens["emsp-a"]


def journal(folder: Path) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]
    return [entry for entry in lines if entry["kind"] == "intent" and "url" in entry]


def test_every_request_is_there_and_those_with_evidence_are_whole(run_and_token):
    folder, _ = run_and_token
    log = read_strictly((folder / "requests.har").read_bytes())
    sent = journal(folder)
    assert len(log["entries"]) == len(sent) > 50
    assert [e["request"]["method"] for e in log["entries"]] == [entry["method"] for entry in sent]
    assert {page["id"].partition("/")[2] for page in log["pages"]} == {entry["probe"] for entry in sent}
    whole = [entry for entry in log["entries"] if entry["request"]["headers"]]
    assert len(whole) > 20
    assert all(entry["response"]["headers"] and entry["serverIPAddress"] for entry in whole)
    assert all("not stored" in entry["comment"] for entry in log["entries"] if entry not in whole)
    assert any(entry["time"] > 0 for entry in log["entries"])
    urls = {(entry["method"], entry["url"]) for entry in sent}
    assert {(e["request"]["method"], e["request"]["url"]) for e in whole} <= urls


def test_the_token_is_in_no_encoding_in_it(run_and_token):
    folder, token = run_and_token
    text = (folder / "requests.har").read_text()
    assert "Token [redacted]" in text
    for form in (token, base64.b64encode(token.encode()).decode(), token.encode().hex()):
        assert form not in text


def differences(first, second):
    """Pairs of values that differ."""
    if isinstance(first, dict) and isinstance(second, dict) and first.keys() == second.keys():
        for name in first:
            yield from differences(first[name], second[name])
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for one, other in zip(first, second, strict=True):
            yield from differences(one, other)
    elif first != second:
        yield first, second


def test_it_is_written_again_offline_as_it_was(run_and_token, posture, tmp_path):
    folder, _ = run_and_token
    assert posture("report", folder, "--format", "har", "-o", tmp_path / "again.har").code == 0
    during, offline = (json.loads(file.read_text()) for file in (folder / "requests.har", tmp_path / "again.har"))
    # The run knows its tokens, and masks what merely looks like the beginning of one, an id by chance among it.
    assert all("[redacted]" in str(masked) for masked, _ in differences(during, offline))


def test_a_token_that_somebody_left_in_the_evidence_is_masked_by_its_place(run_and_token, posture, tmp_path):
    folder = shutil.copytree(run_and_token[0], tmp_path / "run")
    stored = next(p for p in sorted((folder / "evidence").glob("*/*.json")) if "Token [redacted]" in p.read_text())
    stored.write_text(stored.read_text().replace("[redacted]", "clear-text-token-1"))
    assert posture("report", folder, "--format", "har", "-o", tmp_path / "x.har").code == 0
    assert "clear-text-token-1" not in (tmp_path / "x.har").read_text()


def test_without_its_evidence_a_request_keeps_what_the_journal_says(run_and_token, posture, tmp_path):
    folder = shutil.copytree(run_and_token[0], tmp_path / "run")
    shutil.rmtree(folder / "evidence")
    assert posture("report", folder, "--format", "har", "-o", tmp_path / "x.har").code == 0
    log = read_strictly((tmp_path / "x.har").read_bytes())
    assert len(log["entries"]) == len(journal(folder))
    assert all("not stored" in entry["comment"] for entry in log["entries"])


def test_without_a_journal_nobody_knows_the_requests(run_and_token, posture, tmp_path):
    folder = shutil.copytree(run_and_token[0], tmp_path / "run")
    (folder / "journal.jsonl").write_text("no journal\n" + (folder / "journal.jsonl").read_text())
    assert "journal is damaged" in posture("report", folder, "--format", "har").stderr
    (folder / "journal.jsonl").unlink()
    ended = posture("report", folder, "--format", "har")
    assert (ended.code, "has no journal" in ended.stderr) == (2, True)
