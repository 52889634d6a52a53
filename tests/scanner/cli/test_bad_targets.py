"""One scan of everything a platform should not be, beside one that is sound: each gives one clear sentence."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.scanner.cli import hostile
from tests.scanner.cli.targets import FAST, endpoint
from tests.scanner.cli.targets import posture as written
from tests.targets.byte_server import Answer, ByteServer, self_signed
from tests.targets.reference_service import prepared_folder, running_service

TOKEN = "a-token-that-the-platform-knows-not"
_NOBODYS_PORT = 1  # tcpmux: nobody listens there, and nobody but root could
ANSWERS: dict[str, bytes | Answer] = {
    "html": hostile.HTML,
    "not-http": hostile.NOT_HTTP,
    "hundred-megabytes": hostile.hundred_megabytes,
    "endless-header": hostile.endless_header,
    "slow-drip": hostile.slow_drip,
    "internal-redirect": hostile.redirect("http://169.254.169.254/latest/meta-data/"),
}
SENTENCES = {
    "html": "HTTP 200 with text/html instead of JSON",
    "not-http": "answer is not HTTP",
    "hundred-megabytes": "the answer was cut off after 16777216 bytes",
    "gzip-bomb": "the answer was cut off after 16777216 bytes",
    "endless-header": "response headers beyond the limit",
    "slow-drip": "no answer in time",
    "internal-redirect": "a redirect to http://169.254.169.254:80 was not followed",
    "redirect-loop": "redirected more than 4 times",
    "closed-port": "connection refused",
    "unknown-name": "name not resolved",
    "plain-text-port": "TLS handshake failed",
    "untrusted-certificate": "certificate not accepted",
    "wrong-token": "was refused to this token: HTTP 401",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    code: int
    stderr: str
    document: dict[str, Any]
    peak_bytes: int
    untrusted: ByteServer


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("bad")
    tls, certificate = self_signed(folder)
    with ExitStack() as stack:
        service = stack.enter_context(running_service(versions=("2.2.1",)))
        (folder / "token").write_text(service.tokens["emsp-a"])
        (folder / "wrong").write_text(TOKEN)
        answers = {**ANSWERS, "gzip-bomb": hostile.gzip_bomb()}
        servers = {name: stack.enter_context(hostile.serving(answer, tls)) for name, answer in answers.items()}
        bad = {name: endpoint(f"https://localhost:{server.port}/v", certificate) for name, server in servers.items()}
        untrusted = stack.enter_context(hostile.serving(hostile.HTML, tls))
        plain = stack.enter_context(hostile.speaking_first(hostile.NOT_HTTP))
        loop = stack.enter_context(hostile.serving(_loop, tls))
        bad["redirect-loop"] = endpoint(f"https://localhost:{loop.port}/v", certificate)
        bad["closed-port"] = endpoint(f"https://localhost:{_NOBODYS_PORT}/v", certificate)
        bad["unknown-name"] = endpoint("https://no-such-name.invalid/v")
        bad["plain-text-port"] = endpoint(f"https://localhost:{plain}/v", certificate)
        bad["untrusted-certificate"] = endpoint(f"https://localhost:{untrusted.port}/v", prepared_folder().ca)
        good = {"sound": endpoint(service.versions_url, service.ca_path)}
        large = {name: bad.pop(name) for name in ("hundred-megabytes", "gzip-bomb")}
        slow = {name: bad.pop(name) for name in ("slow-drip",)}
        identity = {"token": "file:token", "party": "DE-VLT", "endpoints": [*bad, *good]}
        environments = {
            "large": {  # what is cut by its size gets the time that a busy machine takes for it
                "endpoints": large,
                "identities": {"one": identity | {"endpoints": [*large]}},
                "limits": FAST | {"timeout_s": 20, "max_requests": 9000},
            },
            "slow": {  # what never ends is left soon
                "endpoints": slow,
                "identities": {"one": identity | {"endpoints": [*slow]}},
                "limits": FAST | {"timeout_s": 1, "max_requests": 9000},
            },
            "bad": {
                "endpoints": {**bad, **good},
                "identities": {"one": identity},
                "limits": FAST | {"timeout_s": 20, "max_requests": 9000},
            },
            "wrong": {
                "endpoints": {"wrong-token": good["sound"]},
                "identities": {"one": {"token": "file:wrong"}},
                "limits": FAST,
            },
        }
        (folder / "ocpi-posture.yaml").write_text(json.dumps({"environments": environments}))
        code, stderr, peak = _run(folder)
        yield Scanned(code=code, stderr=stderr, document=written(folder / "run"), peak_bytes=peak, untrusted=untrusted)


async def _loop(_reader, writer):
    writer.write(hostile.redirect("/v"))
    await writer.drain()


# The process says its own peak: what the system counts for a child begins with the size of the one that started it.
SCAN_AND_SAY_PEAK = """
import atexit, pathlib, runpy, shutil, sys
atexit.register(shutil.copyfile, "/proc/self/status", "status")
sys.argv[:] = ["scanner", *sys.argv[1:]]
runpy.run_module("scanner", run_name="__main__")
"""


def _run(folder: Path) -> tuple[int, str, int]:
    """Exit code, stderr and the peak memory of the process itself in bytes."""
    command = [sys.executable, "-c", SCAN_AND_SAY_PEAK, "scan", "--witness", "protocol", "-o", "run"]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[3])}
    with (folder / "stderr").open("wb") as stderr:
        child = subprocess.run(
            command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=stderr, check=False
        )
    status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
    return child.returncode, (folder / "stderr").read_text(), int(status["VmHWM"].split()[0]) * 1024


@pytest.mark.parametrize("name", sorted(SENTENCES))
def test_each_bad_platform_gives_one_clear_sentence(scanned, name):
    entries = scanned.document["not_looked_at"]
    said = {e["detail"] for e in entries if any(s.startswith(name) for s in e["subjects"])}
    assert any(SENTENCES[name] in detail for detail in said), said
    assert not any("Traceback" in detail or "our own bug" in detail for detail in said)


@pytest.mark.parametrize("name", sorted(SENTENCES))
def test_nothing_passes_that_was_not_seen(scanned, name):
    unseen = {"ocpi-schema-objects-valid", "ocpi-pagination-page-size-capped", "ocpi-tenancy-own-objects-only"}
    findings = [
        f for f in scanned.document["findings"] if f["subject"].get("endpoint") == name and f["check"] in unseen
    ]
    assert {f["outcome"] for f in findings} <= {"inconclusive", "not_tested"}


def test_everything_else_is_reported(scanned):
    findings = [f for f in scanned.document["findings"] if f["subject"].get("endpoint") == "sound"]
    passed = {f["check"] for f in findings if f["outcome"] == "pass"}
    assert {"ocpi-schema-objects-valid", "ocpi-access-no-token-refused", "ocpi-pagination-page-size-capped"} <= passed
    assert not [f for f in findings if f["outcome"] == "fail"]


def test_the_exit_code_tells_that_something_is_missing_or_fails(scanned):
    fails = [f for f in scanned.document["findings"] if f["outcome"] == "fail" and f["severity"] not in {"low", "info"}]
    assert scanned.code == (1 if fails else 3)
    assert "Traceback" not in scanned.stderr


def test_no_token_is_sent_where_the_certificate_is_not_trusted(scanned):
    assert scanned.untrusted.requests == []
    assert any(
        "untrusted-certificate" in subject for e in scanned.document["not_looked_at"] for subject in e["subjects"]
    )


def test_memory_stays_small_whatever_is_answered(scanned):
    assert 20 * 2**20 < scanned.peak_bytes < 250 * 2**20
