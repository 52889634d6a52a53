import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model.facts.ocpi.disclosure import LeakKind
from scanner.ocpi.leaks import leaks_in


@pytest.mark.parametrize(
    "body, kind",
    [
        ('{"data": "Traceback (most recent call last):\\n  File \\"/srv/app/x.py\\", line 3"}', LeakKind.STACK_TRACE),
        ("at com.acme.ocpi.Locations.get(Locations.java:42)", LeakKind.STACK_TRACE),
        ("at Layer.handle (/srv/node_modules/express/lib/layer.js:95:5)", LeakKind.STACK_TRACE),
        ("at Acme.Ocpi.Get(String id) in C:\\src\\Ocpi.cs:line 12", LeakKind.STACK_TRACE),
        ("PHP Fatal error: Uncaught Error in x", LeakKind.STACK_TRACE),
        ("goroutine 17 [running]:", LeakKind.STACK_TRACE),
        ("no such file: /var/www/ocpi/config.yml", LeakKind.FILE_PATH),
        ("<hr><center>nginx/1.18.0</center>", LeakKind.SOFTWARE_VERSION),
        ('ERROR: syntax error at or near "\'"', LeakKind.DATABASE),
        ("SQLSTATE[42000]", LeakKind.DATABASE),
        ("-----BEGIN RSA PRIVATE KEY-----", LeakKind.SECRET),  # pragma: allowlist secret
        ("amqp://ocpi:hunter2@queue/", LeakKind.SECRET),  # pragma: allowlist secret
        ("upstream 10.12.0.7 refused", LeakKind.INTERNAL_ADDRESS),
    ],
)
def test_what_an_error_answer_must_not_tell_is_found(body, kind):
    assert kind in {leak.kind for leak in leaks_in(body.encode())}


@pytest.mark.parametrize(
    "body",
    [
        '{"status_code": 2003, "status_message": "Unknown location", "timestamp": "2026-01-01T00:00:00Z"}',
        '{"status_message": "offset must not be negative: -1"}',
        '{"status_message": "No route for /ocpi/cpo/2.2.1/locations/posture/no/such/path"}',
        "<html><body><h1>404 Not Found</h1></body></html>",
        '{"status_message": "see https://ocpi.example/docs/errors"}',
        '{"version": "2.2.1", "message": "We were at the wrong place"}',
    ],
)
def test_an_ordinary_error_answer_tells_nothing(body):
    assert leaks_in(body.encode()) == ()


def test_a_leak_never_holds_the_text_that_leaked():
    assert "hunter2" not in repr(leaks_in(b"amqp://ocpi:hunter2@queue/"))  # pragma: allowlist secret


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_are_searched_without_an_exception(body):
    assert isinstance(leaks_in(body), tuple)


def test_the_search_is_bounded():
    assert leaks_in(b" " * 300_000 + b"PHP Fatal error") == ()


@pytest.mark.parametrize(
    "unit", ["-eyJ", "at ", "at a", "C:\\a ", "/usr/", "a://", "10.", 'File "', "-----BEGIN A ", "a.js:1:"]
)
def test_a_body_made_to_keep_the_search_busy_does_not(unit):
    started = time.process_time()
    leaks_in(unit.encode() * (262_144 // len(unit)))
    leaks_in(unit.encode() + b"a" * 262_144)
    assert time.process_time() - started < 5
