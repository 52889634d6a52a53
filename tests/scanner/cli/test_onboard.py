"""`onboard` signs an admission only when all that it takes was shown, and its record can be verified by anybody."""

import base64
import json
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import yaml

from checks.model.verdict import Outcome
from reports.json_document import render_json
from scanner.model.severity import Severity
from scanner.model.subject import EndpointSubject
from scanner.model.witness import Witness
from tests.reports.sample_posture import finding, posture_of
from tests.targets.odd_platforms import certificate

UNTIL = (datetime.now(UTC) + timedelta(days=200)).date().isoformat()
DECISION = (
    *("--contact", "duty officer, by the number in the contract", "--requirements", "rules.txt"),
    *("--accepted-by", "P. Artner", "--decided-by", "Ada Example", "--function", "head of roaming", "--until", UNTIL),
)


class Answers(BaseHTTPRequestHandler):
    text = b""

    def do_GET(self):
        here = self.path == "/.well-known/ocpi-posture"
        self.send_response(200 if here else 404)
        body = type(self).text if here else b""
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def partner_server():
    context, ca = certificate()
    handler = type("Partner", (Answers,), {})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        assert isinstance(context, ssl.SSLContext)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield handler, server.server_port, ca
        finally:
            server.shutdown()
            thread.join()


def write_run(folder, *, handshake=Outcome.PASS, extra=(), **fields):
    ended = datetime.now(UTC) - timedelta(hours=1)
    subject = EndpointSubject(environment="test", endpoint="main")
    said = finding("ocpi-handshake", handshake, "OCPI-AUT-01", subject=subject, witness=Witness.PROTOCOL)
    made = posture_of(said, *extra, **{"environments": ("test",), "started_at": ended, "finished_at": ended, **fields})
    folder.mkdir(exist_ok=True)
    (folder / "posture.json").write_bytes(render_json(made))


@pytest.fixture
def partner(tmp_path, posture):
    """A configuration, a clean run, accepted requirements, and a partner's server that answers the challenge."""
    with partner_server() as (handler, port, ca):
        endpoint = {
            "versions_url": f"https://localhost:{port}/ocpi/versions",
            "ca_file": str(ca),
            "allow_internal": True,
            "plaintext_ports": [],
        }
        configuration = {
            "environments": {"test": {"endpoints": {"main": endpoint}}},
            "partners": {"north": {"party": "NL-NOR", "roles": ["CPO"]}},
            "attestations": ["onboarding"],
        }
        (tmp_path / "onboarding").mkdir()
        (tmp_path / "ocpi-posture.yaml").write_text(yaml.safe_dump(configuration))
        (tmp_path / "rules.txt").write_text("TLS 1.2 at least")
        write_run(tmp_path / "run")
        ended = posture("onboard", "north", "-e", "test", "--challenge")
        assert ended.code == 0
        assert f"at https://localhost:{port}/.well-known/ocpi-posture" in ended.stdout
        handler.text = ended.stdout.splitlines()[0].encode() + b"\n"
        yield handler


def admit(posture, *more, decision="admit"):
    return posture(
        *("onboard", "north", "-e", "test", "--run", "run", *DECISION, "--decision", decision),
        *("--new-key", "key.pem"),
        *more,
    )


def test_an_admission_is_signed_verified_and_counted_by_the_next_scan(posture, partner, tmp_path):
    ended = admit(posture)
    assert ended.code == 0, ended
    assert ended.stdout.count("shown ") == 5
    record = tmp_path / "onboarding" / "north.onboarding.json"
    told = posture("onboard", "north", "-e", "test", "--verify", record, "--public-key", "key.pem.pub")
    assert told.code == 0
    assert f"admit by Ada Example, until {UNTIL}" in told.stdout
    posture("scan", "--select", "attestation-onboarding-record", "-o", "scan")
    document = json.loads((tmp_path / "scan" / "posture.json").read_text())
    (one,) = document["findings"]
    assert (one["outcome"], "is unchanged" in one["message"]) == ("pass", True)


def _no_challenge(handler, tmp_path):
    handler.text = b"something else"


def _fail_in_the_run(handler, tmp_path):
    subject = EndpointSubject(environment="test", endpoint="main")
    write_run(tmp_path / "run", extra=[finding("k", Outcome.FAIL, "OCPI-AUT-02", subject=subject)])


def _old_run(handler, tmp_path):
    long_ago = datetime.now(UTC) - timedelta(days=31)
    write_run(tmp_path / "run", started_at=long_ago, finished_at=long_ago)


def _narrowed_run(handler, tmp_path):
    write_run(tmp_path / "run", narrowed=("--select x",))


def _run_of_another_environment(handler, tmp_path):
    write_run(tmp_path / "run", environments=("prod", "test"))
    document = json.loads((tmp_path / "run" / "posture.json").read_text())
    document["run"]["environments"] = ["prod"]
    (tmp_path / "run" / "posture.json").write_text(json.dumps(document))


def _no_handshake(handler, tmp_path):
    write_run(tmp_path / "run", handshake=Outcome.NOT_TESTED)


def _handshake_seen_in_part(handler, tmp_path):
    """A run that only reads: its profile asks for no handshake, and it saw none."""
    unseen = finding(
        "ocpi-renewal",
        Outcome.NOT_TESTED,
        "OCPI-AUT-01",
        subject=EndpointSubject(environment="test", endpoint="main"),
        witness=Witness.PROTOCOL,
        by_writing=True,
    )
    write_run(tmp_path / "run", extra=[unseen], profile="endpoint")


@pytest.mark.parametrize(
    "spoil, missing, says",
    [
        (_no_challenge, "ownership", "the challenge is not there"),
        (_fail_in_the_run, "test run", "has open fails: k"),
        (_old_run, "test run", "not within the last 30 days"),
        (_narrowed_run, "test run", "was narrowed by --select x"),
        (_run_of_another_environment, "test run", "is not about test"),
        (_no_handshake, "credentials", "OCPI-AUT-01 is not_tested in the run"),
        (_handshake_seen_in_part, "credentials", "OCPI-AUT-01 is partial in the run"),
    ],
)
def test_an_admission_with_something_missing_is_not_signed(posture, partner, tmp_path, spoil, missing, says):
    spoil(partner, tmp_path)
    ended = admit(posture)
    assert ended.code == 3
    assert f"missing  {missing}: " in ended.stdout
    assert says in ended.stdout
    assert f"Not signed: {missing}" in ended.stdout
    assert not list((tmp_path / "onboarding").glob("*.json"))
    assert not (tmp_path / "key.pem").exists()


def test_a_refusal_is_signed_whatever_is_missing_and_the_row_fails(posture, partner, tmp_path):
    partner.text = b""
    assert admit(posture, decision="refuse").code == 0
    posture("scan", "--select", "attestation-onboarding-record", "-o", "scan")
    (one,) = json.loads((tmp_path / "scan" / "posture.json").read_text())["findings"]
    assert one["outcome"] == "fail"


def test_no_altered_record_verifies(posture, partner, tmp_path):
    admit(posture)
    file = tmp_path / "onboarding" / "north.onboarding.json"
    envelope = json.loads(file.read_text())
    statement = json.loads(base64.b64decode(envelope["payload"]))
    statement["predicate"]["decision"]["by"] = "Mallory"
    forged = base64.b64encode(json.dumps(statement, sort_keys=True, separators=(",", ":")).encode()).decode()
    file.write_text(json.dumps({**envelope, "payload": forged}, sort_keys=True, separators=(",", ":")))
    ended = posture("onboard", "north", "-e", "test", "--verify", file, "--public-key", "key.pem.pub")
    assert (ended.code, "not signed by that key" in ended.stdout) == (1, True)
    file.write_text("{}")
    assert posture("onboard", "north", "-e", "test", "--verify", file, "--public-key", "key.pem.pub").code == 1


def test_a_record_of_another_partner_is_told_apart(posture, partner, tmp_path):
    admit(posture)
    file = tmp_path / "onboarding" / "north.onboarding.json"
    ended = posture("onboard", "south", "-e", "test", "--verify", file, "--public-key", "key.pem.pub")
    assert (ended.code, "It is about north." in ended.stdout) == (1, True)


def test_an_unknown_partner_gets_the_nearest(posture, partner):
    ended = posture("onboard", "nort", "-e", "test", "--challenge")
    assert ended.code == 2
    assert "did you mean 'north'?" in ended.stderr


def test_severity_from_which_a_fail_keeps_the_partner_out_can_be_chosen(posture, partner, tmp_path):
    subject = EndpointSubject(environment="test", endpoint="main")
    low = finding("k", Outcome.FAIL, "OCPI-AUT-02", subject=subject, severity=Severity.LOW)
    write_run(tmp_path / "run", extra=[low])
    assert admit(posture, "--fail-on", "low").code == 3
    assert admit(posture, "--fail-on", "high").code == 0
