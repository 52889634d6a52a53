"""The way to a time stamp authority (RFC 3161, section 3.4): one small POST to the URL that the user has named.

It is no part of a scan and goes past the gate, which decides about targets: docs/decisions/0011. What bounds it
is here: no credentials, no redirect, ten seconds, 64 KiB of answer, and nothing in the question but a hash and a nonce.
"""

import socket
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from typing import Final
from urllib.parse import urlsplit

_SECONDS: Final = 10
_MOST_BYTES: Final = 64 << 10
_QUERY: Final = "application/timestamp-query"
_REPLY: Final = "application/timestamp-reply"
_OK: Final = 200


class NoTimeStamp(Exception):
    """The authority gave no answer; the text says why."""


def ask_authority(url: str, question: bytes, seconds: float = _SECONDS) -> bytes:
    """The answer to a time stamp request, unread; plain http is usual and harmless, as the answer is signed.

    Raises: NoTimeStamp, after `seconds` at the latest.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise NoTimeStamp("its URL is not one of http or https, without a user name")
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    try:
        connection = kind(parts.hostname, parts.port, timeout=seconds)
        connection.connect()
    except (OSError, ValueError) as error:
        raise NoTimeStamp(f"{type(error).__name__}: {error}"[:200]) from None
    closer = Timer(seconds, _hang_up, [connection.sock])  # an authority may also trickle
    closer.start()
    try:
        return _answer(connection, f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}", question)
    except (OSError, HTTPException, ValueError) as error:
        raise NoTimeStamp(f"{type(error).__name__}: {error}"[:200]) from None
    finally:
        closer.cancel()
        closer.join()
        connection.close()


def _answer(connection: HTTPConnection, path: str, question: bytes) -> bytes:
    connection.request("POST", path, body=question, headers={"Content-Type": _QUERY, "Accept": _REPLY})
    response = connection.getresponse()
    kind = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
    if response.status != _OK or kind != _REPLY:
        raise NoTimeStamp(f"it answered {response.status} with {kind[:60]!a}")
    answer = response.read(_MOST_BYTES + 1)
    if len(answer) > _MOST_BYTES:
        raise NoTimeStamp("its answer is longer than any time stamp")
    if response.length:
        raise NoTimeStamp("its answer was cut off")
    if not answer:
        raise NoTimeStamp("its answer is empty, or took too long")
    return answer


def _hang_up(connected: socket.socket) -> None:
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)
