"""The one POST to a time stamp authority, and authorities that are none."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from scanner.gate.time_stamps import NoTimeStamp, ask_authority

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\n"


@contextmanager
def answering(*parts: bytes, pause_s: float = 0.0) -> Iterator[str]:
    """One connection is answered with the parts, slowly, and closed."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(60)
            asked = b""
            while not asked.endswith(b"question"):
                asked += connection.recv(65_536)
            try:
                for part in parts:
                    connection.sendall(part)
                    time.sleep(pause_s)
            except OSError:
                return

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/tsa?policy=1"
    finally:
        thread.join(60)
        listener.close()


def test_an_answer_is_given_as_it_came():
    with answering(HEAD + b"Content-Length: 5\r\n\r\nstamp") as url:
        assert ask_authority(url, b"question") == b"stamp"


@pytest.mark.parametrize(
    "parts,sentence",
    [
        ((HEAD + b"\r\n" + b"x" * 70_000,), "longer than any time stamp"),
        ((b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n",), "it answered 302"),
        ((b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>",), "it answered 200 with 'text/html'"),
        ((b"no http at all\r\n\r\n",), "BadStatusLine"),
        ((b"",), "RemoteDisconnected|Connection"),
        ((HEAD + b"Content-Length: 50\r\n\r\nstamp",), "cut off"),
        ((HEAD + b"X: y\r\n" * 200 + b"\r\n",), "got more than"),
    ],
)
def test_what_is_no_answer_is_said(parts, sentence):
    with answering(*parts) as url, pytest.raises(NoTimeStamp, match=sentence):
        ask_authority(url, b"question")


def test_an_authority_that_trickles_is_left():
    began = time.monotonic()
    with answering(HEAD, *[b"X-A: b\r\n"] * 95, pause_s=0.5) as url, pytest.raises(NoTimeStamp):
        ask_authority(url, b"question", seconds=0.4)
    assert time.monotonic() - began < 30  # it would go on for 47


@pytest.mark.parametrize("url", ["ftp://x/", "file:///etc/passwd", "tsa", "http://", "http://user@x/", "http://x:y/"])
def test_urls_of_other_kinds_are_refused(url):
    with pytest.raises(NoTimeStamp):
        ask_authority(url, b"question")
