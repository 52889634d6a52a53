"""A target that goes down is left alone; one that merely stumbles over malformed messages is not given up."""

import pytest

from scanner.gate.health import OriginHealth
from scanner.model.exchange import Exchange, Failed, FailureKind
from tests.scanner.ocpi.exchanges import answered

WINDOW = 40


def failed(kind: FailureKind = FailureKind.RESET) -> Failed:
    return Failed(method="PUT", url="https://localhost/", kind=kind, detail="gone")


def answer(status: int = 200) -> Exchange:
    return answered([], status)


@pytest.mark.parametrize("status", [500, 503])
def test_server_errors_to_plain_requests_stop_the_scan_and_the_message_names_the_last(status):
    health = OriginHealth()
    for number in range(WINDOW):
        assert health.stopped is None
        health.saw(f"GET /{number}", answer(status))
    assert health.stopped is not None
    assert "GET /39" in health.stopped


def test_server_errors_to_malformed_messages_are_answers_of_a_living_server():
    health = OriginHealth()
    for _ in range(10 * WINDOW):
        health.saw("PUT /mutant", answer(500), expects_errors=True)
    assert health.stopped is None


def test_errors_of_the_sound_reads_between_malformed_messages_count_as_ever():
    health = OriginHealth()
    for _ in range(WINDOW):
        health.saw("PUT /mutant", answer(500), expects_errors=True)
        health.saw("GET /back", answer(502))
    assert health.stopped is not None
    assert "GET /back" in health.stopped


def test_dropped_malformed_messages_with_sound_reads_between_them_never_stop_the_scan():
    health = OriginHealth()
    health.saw("GET /versions", answer())
    for _ in range(20):
        for _ in range(8):  # as many as are under way at once
            health.saw("PUT /mutant", failed(), expects_errors=True)
        health.saw("GET /back", answer())
    assert health.stopped is None


def test_dropped_malformed_messages_without_a_sign_of_life_stop_the_scan():
    health = OriginHealth()
    health.saw("GET /versions", answer())
    for number in range(24):
        assert health.stopped is None
        health.saw(f"PUT /mutant-{number}", failed(FailureKind.TIMEOUT), expects_errors=True)
    assert health.stopped is not None
    assert "/mutant-23" in health.stopped


@pytest.mark.parametrize("kind", [FailureKind.REFUSED, FailureKind.CONNECT_TIMEOUT, FailureKind.TLS])
def test_a_port_that_is_closed_is_no_answer_to_a_message_however_odd_it_was(kind):
    health = OriginHealth()
    health.saw("GET /versions", answer())
    for _ in range(6):
        health.saw("PUT /mutant", failed(kind), expects_errors=True)
    assert health.stopped is not None
