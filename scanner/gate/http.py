"""Send one HTTP request to one pinned address and read a bounded answer. Only the gate calls this."""

import time
from typing import Final

from msgspec import structs

from scanner.gate.http1.answer import Answer
from scanner.gate.http1.delivering import Place, deliver
from scanner.gate.http1.failure import NoAnswer
from scanner.gate.http1.large_bodies import LargeBodies
from scanner.gate.http1.message import message
from scanner.gate.http1.pool import Destination, Pool, Sent
from scanner.gate.http1.time_limit import TimeLimit, TimeLimits
from scanner.gate.wire import Wire
from scanner.model.exchange import Exchange, Failed, FailureKind

_KEPT_OF_CUT: Final = 2**17  # bytes; half a document is looked at for its beginning only


class HttpSender:
    """Sends requests over kept-alive connections; `large`: whose turn it is among large answers."""

    def __init__(self, large: LargeBodies | None = None) -> None:
        self._pool = Pool()
        self._large = large or LargeBodies()
        self._limits = TimeLimits()

    async def send(self, wire: Wire, number: int | None = None) -> Exchange | Failed:
        """One request, the journal's `number`, and its answer; whatever goes wrong on the way is a `Failed`."""
        limit = self._limits.limit(wire.timeout_s)
        turn = self._large.turn(limit)
        answer = Answer(
            wire.method,
            max_header_bytes=wire.max_header_bytes,
            max_body_bytes=wire.max_body_bytes,
            turn=turn,
        )
        try:
            outcome = await self._outcome(wire, number, answer, limit)
            if turn.waited_s and isinstance(outcome, Exchange):  # what we took our time for is not the target's
                return structs.replace(outcome, elapsed_s=max(0.0, outcome.elapsed_s - turn.waited_s))
            return outcome
        finally:
            wire.received(answer.wire_bytes)
            answer.let_go()

    async def _outcome(self, wire: Wire, number: int | None, answer: Answer, limit: TimeLimit) -> Exchange | Failed:
        try:
            async with limit:
                sent = await self._sent(wire, answer)
        except NoAnswer as error:
            return _failed(wire, error)
        except TimeoutError:
            return _failed(wire, NoAnswer(FailureKind.TIMEOUT, f"no whole answer within {wire.timeout_s:g} s"))
        return _exchange(wire, number, answer, sent)

    async def _sent(self, wire: Wire, answer: Answer) -> Sent:
        if wire.delivery is None:
            return await self._pool.ask(_destination(wire), _request(wire), answer)
        at = time.monotonic()
        place = Place(host=wire.origin.host, port=wire.origin.port, addresses=wire.addresses, tls=wire.tls)
        way = await deliver(place, _request(wire), wire.delivery.ending, answer)
        return Sent(way, reused=False, at=at)

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.close()
        self._limits.close()


def _request(wire: Wire) -> bytes:
    try:
        return message(wire.method, wire.url, wire.origin, wire.headers, wire.body, wire.delivery)
    except ValueError as error:
        raise NoAnswer(FailureKind.NOT_HTTP, str(error)) from error


def _destination(wire: Wire) -> Destination:
    return Destination(wire.origin.host, wire.origin.port, wire.addresses, wire.tls, wire.connection)


def _exchange(wire: Wire, number: int | None, answer: Answer, sent: Sent) -> Exchange:
    return Exchange(
        method=wire.method,
        url=wire.shown_url,
        request_headers=wire.shown_headers,
        request_body=wire.shown_body,
        status=answer.status,
        headers=tuple(answer.headers),
        body=answer.body(_KEPT_OF_CUT if answer.truncated else None),
        body_bytes=answer.body_bytes,
        truncated=answer.truncated,
        elapsed_s=time.monotonic() - sent.at,
        peer=sent.way.peer or wire.addresses[0],
        tls_version=sent.way.tls_version,
        tls_cipher=sent.way.tls_cipher,
        reused_connection=sent.reused,
        spoken_as=wire.spoken_as,
        encoding=wire.encoding,
        derived_from=wire.derived_from,
        token_form=wire.token_form,
        private_ca=wire.private_ca and sent.way.tls_version is not None,
        number=number,
    )


def _failed(wire: Wire, error: NoAnswer) -> Failed:
    return Failed(kind=error.kind, detail=error.detail, method=wire.method, url=wire.shown_url, peer=wire.addresses[0])
