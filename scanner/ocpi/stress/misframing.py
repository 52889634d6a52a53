"""Messages whose length can be read in two ways: what a front and a back end may disagree on (request smuggling).

Loopback only. Each goes over a connection of its own, without a token, with a second request hidden in what one of the
readings takes for the body. RFC 9112: a message with both lengths ought to be handled as an error, and the connection
is closed after it (6.1); one with differing lengths is refused (6.3), and so is an obscured Transfer-Encoding (6.1).
"""

from collections.abc import Mapping
from typing import Final

from httptools import HttpParserError, HttpResponseParser

from scanner.gate.raw import ConnectionEnded, RawConnection
from scanner.model.effect import Effect
from scanner.model.exchange import Failed, FailureKind, Refused
from scanner.model.facts.ocpi.stress import Misframed, MisframedTreated
from scanner.model.intent import RawIntent
from scanner.model.observation import Reason
from scanner.model.target import Endpoint
from scanner.ocpi.reply import NoReply, no_reply
from scanner.ocpi.stress.naming import NAME
from scanner.probe import ProbeContext

_PATH: Final = "/posture-nothing-here"
_HIDDEN: Final = f"GET {_PATH}/hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"
_CHUNKED: Final = f"0\r\n\r\n{_HIDDEN}"
_LONGEST_ANSWERS: Final = 65_536
_WAIT_S: Final = 1.5


def _post(body: str, *headers: str) -> str:
    return "\r\n".join((f"POST {_PATH} HTTP/1.1", "Host: localhost", *headers, "", body))


CONTROL: Final = f"GET {_PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n"
MESSAGES: Final[Mapping[str, str]] = {
    "Content-Length and Transfer-Encoding": _post(
        _CHUNKED, f"Content-Length: {len(_CHUNKED)}", "Transfer-Encoding: chunked"
    ),
    "two Content-Lengths": _post(_HIDDEN, "Content-Length: 0", f"Content-Length: {len(_HIDDEN)}"),
    "a Content-Length with a sign": _post(_HIDDEN, f"Content-Length: +{len(_HIDDEN)}"),
    "a list of Content-Lengths": _post(_HIDDEN, f"Content-Length: 0, {len(_HIDDEN)}"),
    "an unknown transfer coding": _post(_CHUNKED, f"Content-Length: {len(_CHUNKED)}", "Transfer-Encoding: xchunked"),
    "a space before the colon": _post(_CHUNKED, f"Content-Length: {len(_CHUNKED)}", "Transfer-Encoding : chunked"),
    "a folded header": _post(_CHUNKED, f"Content-Length: {len(_CHUNKED)}", "Transfer-Encoding:\r\n chunked"),
    "a chunk size that is none": _post(f"0x0\r\n\r\n{_HIDDEN}", "Transfer-Encoding: chunked"),
}


async def misframe(context: ProbeContext, endpoint: Endpoint, wait_s: float = _WAIT_S) -> MisframedTreated | NoReply:
    """Send each of them, after a message that leaves no doubt; silence of `wait_s` seconds ends the listening."""
    control = await _told(context, endpoint, "no doubt", CONTROL, wait_s)
    if isinstance(control, NoReply):
        return control
    if len(control.statuses) != 1:
        detail = f"an ordinary request was answered {len(control.statuses)} times, so nothing can be told"
        return NoReply(reason=Reason.CONTROL_FAILED, detail=detail)
    treated = []
    for what, text in MESSAGES.items():
        told = await _told(context, endpoint, what, text, wait_s)
        if isinstance(told, NoReply):
            return told
        treated.append(told)
    return MisframedTreated(control=control.statuses[0], messages=tuple(treated))


async def _told(context: ProbeContext, endpoint: Endpoint, what: str, text: str, wait_s: float) -> Misframed | NoReply:
    intent = RawIntent(
        effect=Effect.BURST,
        environment=context.target.name,
        probe=NAME,
        purpose=f"a message with {what}",
        host=endpoint.origin.host,
        port=endpoint.origin.port,
        tls=endpoint.origin.scheme == "https",
        misframed=True,
        timeout_s=wait_s,
        max_bytes=_LONGEST_ANSWERS,
    )
    async with context.gate.raw(intent) as connection:
        if isinstance(connection, Refused | Failed):
            return no_reply(connection, intent.purpose)
        return await _answers(connection, what, text)


async def _answers(connection: RawConnection, what: str, text: str) -> Misframed:
    answers, ended = _Statuses(), False
    try:
        await connection.send(text.encode())
        while data := await connection.receive():
            answers.feed(data)
        ended = True
    except ConnectionEnded as why:
        ended = why.failure.kind is not FailureKind.TIMEOUT
    return Misframed(what=what, statuses=tuple(answers.statuses), ended=ended)


class _Statuses:
    """Reads the statuses of all answers on a connection; ends at what is no HTTP."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self._readable = True
        self._parser = HttpResponseParser(self)

    def on_headers_complete(self) -> None:
        """One more answer."""
        self.statuses.append(self._parser.get_status_code())

    def feed(self, data: bytes) -> None:
        """Read on."""
        if not self._readable:
            return
        try:
            self._parser.feed_data(data)
        except HttpParserError:
            self._readable = False
