import pytest

from scanner.model.exchange import Exchange, Failed, FailureKind, RefusalKind, Refused
from scanner.model.facts.tls import PlaintextOutcome
from scanner.model.observation import Reason
from scanner.model.target import Origin
from scanner.tls.plaintext import classify, plaintext_ports
from scanner.tls.sslyze_document import NoAnswer
from tests.scanner.gate_fixtures import loopback_target

OCPI = b'{"status_code": 2001, "timestamp": "2026-01-01T00:00:00Z"}'


def answer(status: int, body: bytes = b"", location: str | None = None) -> Exchange:
    return Exchange(
        method="GET",
        url="http://127.0.0.1/",
        request_headers=(),
        request_body=None,
        status=status,
        headers=(("Location", location),) if location else (),
        body=body,
        truncated=False,
        elapsed_s=0.0,
        peer="127.0.0.1",
    )


@pytest.mark.parametrize(
    "exchange, expected",
    [
        (answer(200, b"<html>hello"), PlaintextOutcome.SERVED),
        (answer(401), PlaintextOutcome.SERVED),
        (answer(404, OCPI), PlaintextOutcome.SERVED),
        (answer(301, location="https://127.0.0.1/"), PlaintextOutcome.REDIRECTED_TO_TLS),
        (answer(302, location="http://127.0.0.1/login"), PlaintextOutcome.REDIRECTED),
        (answer(307, location="/login"), PlaintextOutcome.REDIRECTED),
        (answer(304), PlaintextOutcome.TURNED_AWAY),
        (answer(400, b"plain HTTP request was sent to HTTPS port"), PlaintextOutcome.TURNED_AWAY),
        (answer(403, b"[" * 100_000), PlaintextOutcome.TURNED_AWAY),
        (answer(503), PlaintextOutcome.TURNED_AWAY),
    ],
)
def test_an_answer_without_tls_is_classified(exchange, expected):
    assert classify(exchange, tls_port=False).outcome is expected


@pytest.mark.parametrize(
    "kind, expected",
    [
        (FailureKind.REFUSED, PlaintextOutcome.CLOSED),
        (FailureKind.CONNECT_TIMEOUT, PlaintextOutcome.SILENT),
        (FailureKind.NOT_HTTP, PlaintextOutcome.NOT_HTTP),
        (FailureKind.RESET, PlaintextOutcome.NOT_HTTP),
        (FailureKind.TIMEOUT, PlaintextOutcome.NOT_HTTP),
    ],
)
def test_a_failure_without_tls_is_classified(kind, expected):
    failed = Failed(kind=kind, detail="why", method="GET", url="http://127.0.0.1/")
    assert classify(failed, tls_port=True).outcome is expected


@pytest.mark.parametrize(
    "outcome, reason",
    [
        (Failed(kind=FailureKind.DNS, detail="x", method="GET", url="http://h/"), Reason.UNREACHABLE),
        (Refused(kind=RefusalKind.OUT_OF_SCOPE, detail="x"), Reason.NOT_PERMITTED),
    ],
)
def test_where_nobody_was_asked_there_is_no_fact(outcome, reason):
    with pytest.raises(NoAnswer) as caught:
        classify(outcome, tls_port=False)
    assert caught.value.reason is reason


def test_every_port_of_a_host_is_asked_once():
    target = loopback_target("https://127.0.0.1:8443/ocpi/versions", plaintext_ports=(80, 8080, 80))
    asked = [(port.port, port.tls_port, port.path) for port in plaintext_ports(target)]
    path = "/ocpi/versions"
    assert asked == [(80, False, path), (8080, False, path), (8443, True, path)]


def test_the_request_carries_a_made_up_token_only():
    target = loopback_target("https://[::1]:8443/ocpi/versions")
    assert target.endpoints[0].origin == Origin(scheme="https", host="::1", port=8443)
    (port,) = plaintext_ports(target)
    intent = port.intent("test")
    assert intent.url == "http://[::1]:8443/ocpi/versions"
    assert intent.identity is None
