"""One answer as it comes in, read by llhttp (httptools) and bounded at every step."""

import zlib
from contextlib import AbstractAsyncContextManager
from typing import Final

from httptools import HttpParserCallbackError, HttpParserError, HttpParserUpgrade, HttpResponseParser

from scanner.gate.http1.failure import NoAnswer, not_http
from scanner.gate.http1.large_bodies import LARGE
from scanner.model.exchange import FailureKind

_INTERIM: Final = range(100, 200)
_SWITCHED: Final = 101
_CODINGS: Final = frozenset({"gzip", "x-gzip", "deflate"})  # RFC 9110, section 8.4.1
_AROUND: Final = b" \t"  # optional whitespace, which is no part of a value (RFC 9112, section 5.1)
_TOO_LARGE: Final = "the response headers are larger than the limit"
_WRONG_CODING: Final = "the body is not in the content coding that its header names"
_LONGEST_REASON: Final = 200
_PIECE: Final = 65_536  # bytes; one growing block is copied again and again, and leaves holes that nothing fits into
_UNPACKED: Final = 262_144  # bytes at a time
_BETWEEN: Final = len(": \r\n")


class Answer:
    """Feed it until `done`; then `status`, `headers` (as they came, repeats too) and `body()` are whole.

    The body is unpacked and cut at `max_body_bytes` (`truncated`). The head, and whatever else is no body (trailers,
    chunk extensions), may have `max_header_bytes`. Interim answers (RFC 9110, section 15.2) are passed over.
    `wire_bytes`: of the body, as they came. `keeps_alive`: the connection may take a further request. `turn`: to be
    held while the body is large, where it has to be waited for. `keeps`: the body; else it is only counted.
    """

    def __init__(
        self,
        method: str,
        *,
        max_header_bytes: int,
        max_body_bytes: int,
        turn: AbstractAsyncContextManager[None] | None = None,
        keeps: bool = True,
    ) -> None:
        self.turn = turn
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.body_bytes = 0
        self._pieces: list[bytes] = []
        self._last_piece = bytearray()
        self.done = False
        self.truncated = False
        self.keeps_alive = False
        self.wire_bytes = 0
        self._keeps = keeps
        self._bodiless = method == "HEAD"
        self._most_head = max_header_bytes
        self._most_body = max_body_bytes
        self._head_ended = False
        self._beside_body = 0
        self._inflate: zlib._Decompress | None = None
        self._parser = HttpResponseParser(self)
        # What servers really send, and every browser reads: odd characters in values, bare line feeds.
        self._parser.set_dangerous_leniencies(
            lenient_headers=True, lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True
        )

    def body(self, most: int | None = None) -> bytes:
        """As it is without its content coding; of a longer one than `most` bytes, the first of them."""
        if not self._pieces:
            return bytes(self._last_piece[:most])
        count = len(self._pieces) if most is None else most // _PIECE + 1
        return b"".join((*self._pieces[:count], self._last_piece))[:most]

    def let_go(self) -> None:
        """Give its memory back at once: it and its parser hold each other, until somebody looks for such pairs."""
        self._pieces, self._last_piece, self._inflate = [], bytearray(), None
        self.done = True
        del self._parser

    @property
    def waits_for_turn(self) -> bool:
        """True where no more should be read before it is this body's turn."""
        return self.turn is not None and self.body_bytes > LARGE and not self.done

    def feed(self, data: bytes) -> None:
        """Read on.

        Raises: NoAnswer where this is no HTTP, or more than was asked for. What follows a whole answer is not
        read, and ends the connection.
        """
        self._beside_body += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            self.keeps_alive = False
        except HttpParserError as error:
            if not self.done:
                raise _told(error) from error
            self.keeps_alive = False
        if self._beside_body > self._most_head and not self.done:
            raise NoAnswer(FailureKind.HEADERS_TOO_LARGE, _TOO_LARGE)

    def ends_with_connection(self) -> bool:
        """True where only the end of the connection ends the body (RFC 9112, section 6.3), so that it is whole."""
        if not self._head_ended:
            return False
        coded = [value.lower() for name, value in self.headers if name.lower() == "transfer-encoding"]
        if coded:
            return coded[-1].rpartition(",")[2].strip() != "chunked"
        return all(name.lower() != "content-length" for name, _ in self.headers)

    def on_message_begin(self) -> None:
        """A second answer to one request."""
        if self.done:
            self.keeps_alive = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """One field; trailers are no headers."""
        if not self._head_ended:
            self.headers.append((name.decode("latin-1"), value.strip(_AROUND).decode("latin-1")))

    def on_headers_complete(self) -> None:
        """The head of a final answer, or of one before it."""
        if self.done:
            return
        self.status = self._parser.get_status_code()
        if self.status in _INTERIM and self.status != _SWITCHED:
            return
        self._head_ended = True
        if self._beside_body > self._most_head:  # the last piece may have brought much of the body as well
            self._beside_body = sum(len(name) + len(value) + _BETWEEN for name, value in self.headers)
            if self._beside_body > self._most_head:
                raise NoAnswer(FailureKind.HEADERS_TOO_LARGE, _TOO_LARGE)
        coding = next((value for name, value in self.headers if name.lower() == "content-encoding"), "")
        if coding.lower() in _CODINGS:
            self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 32)
        if self._bodiless:
            self._end()

    def on_chunk_header(self) -> None:
        """The next chunk."""
        self._beside_body = 0

    def on_body(self, piece: bytes) -> None:
        """A piece of the body."""
        if self.done:
            return
        self._beside_body = 0
        self.wire_bytes += len(piece)
        if self._inflate is None:
            self._keep(piece)
        more = self._inflate is not None
        while more and self._inflate is not None and not self.done:
            unpacked = self._inflate.decompress(piece, _UNPACKED)
            self._keep(unpacked)
            piece = self._inflate.unconsumed_tail
            more = len(unpacked) == _UNPACKED  # or it holds some back

    def _keep(self, piece: bytes) -> None:
        room = self._most_body - self.body_bytes
        if len(piece) > room:
            piece = piece[:room]
            self.done = self.truncated = True
        self.body_bytes += len(piece)
        if not self._keeps:
            return
        self._last_piece += piece
        if len(self._last_piece) > _PIECE:
            self._pieces.append(bytes(self._last_piece))
            self._last_piece.clear()

    def on_message_complete(self) -> None:
        """The end of an answer; the final one, or one before it."""
        if self._head_ended and not self.done:
            self._end()
        elif not self.done:
            self.headers.clear()

    def _end(self) -> None:
        self.done = True
        self.keeps_alive = self._parser.should_keep_alive()


def _told(error: HttpParserError) -> NoAnswer:
    cause = error.__context__
    if isinstance(error, HttpParserCallbackError) and isinstance(cause, NoAnswer):
        return cause
    if isinstance(error, HttpParserCallbackError) and isinstance(cause, zlib.error):
        return not_http(_WRONG_CODING)
    return not_http(str(error)[:_LONGEST_REASON])
