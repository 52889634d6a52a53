"""One handshake of our own, up to the server's key exchange: say hello, read the answer, hang up."""

from dataclasses import dataclass, field
from typing import Final

from scanner.gate.raw import ConnectionEnded, RawConnection
from scanner.model.effect import Effect
from scanner.model.exchange import Failed, FailureKind, Refused
from scanner.model.facts.tls import TlsVersion
from scanner.model.intent import RawIntent
from scanner.model.json_value import JsonValue
from scanner.model.observation import Reason
from scanner.probe import ProbeContext
from scanner.tls.client_hello import WIRE_VERSIONS, Offer, client_hello
from scanner.tls.recording import PROBE
from scanner.tls.refusal import reason_of
from scanner.tls.server_flight import Alert, Malformed, ServerFlight, read_flight
from scanner.tls.servers import TlsServer
from scanner.tls.sslyze_document import NoAnswer

MAX_FLIGHT_BYTES: Final = 2**17  # far more than any chain that a client would take
_REFUSALS: Final = frozenset({40, 47, 71})  # handshake_failure, illegal_parameter, insufficient_security
_BROKE_OFF: Final = frozenset({FailureKind.RESET})


@dataclass(frozen=True, slots=True)
class Declined:
    """The server wants nothing of what was offered. `plainly`: it said so by an alert, and did not just hang up."""

    plainly: bool


@dataclass(slots=True)
class Greeter:
    """Greets one server; `log` is what was offered and answered, for evidence."""

    context: ProbeContext
    server: TlsServer
    log: list[JsonValue] = field(default_factory=list)

    async def greet(self, version: TlsVersion, offer: Offer) -> ServerFlight | Declined:
        """The server's flight in this very version, or that it declines.

        Raises: NoAnswer where it gave none in time, within `MAX_FLIGHT_BYTES`, and in the version that was offered.
        """
        entry: dict[str, JsonValue] = {
            "version": version.value,
            "suites": len(offer.suites),
            "groups": list(offer.groups),
        }
        self.log.append(entry)
        try:
            answer = await self._exchange(client_hello(version, self.server.spoken_name, offer))
            outcome = _judged(answer, version)
        except NoAnswer as none:
            entry["answer"] = none.detail
            raise
        entry["answer"] = _as_json(outcome)
        return outcome

    async def _exchange(self, hello: bytes) -> ServerFlight | Alert | None:
        async with self.context.gate.raw(self._intent()) as connection:
            if isinstance(connection, Refused):
                raise NoAnswer(reason_of(connection), connection.detail)
            if isinstance(connection, Failed):
                raise _failure(connection)
            return await _read(connection, hello)

    def _intent(self) -> RawIntent:
        origin = self.server.place.origin
        timeout = self.context.target.limits.timeout_s
        return RawIntent(
            effect=Effect.READ,
            environment=self.context.target.name,
            probe=PROBE,
            purpose="a TLS hello",
            host=origin.host,
            port=origin.port,
            address=self.server.address,
            asks=False,
            timeout_s=timeout,
            deadline_s=timeout,
            max_bytes=MAX_FLIGHT_BYTES,
        )


async def _read(connection: RawConnection, hello: bytes) -> ServerFlight | Alert | None:
    """None where the server hung up without an answer."""
    received = b""
    try:
        await connection.send(hello)
        while data := await connection.receive():
            received += data
            if (answer := read_flight(received)) is not None:
                return answer
    except Malformed as malformed:
        raise NoAnswer(Reason.UNPARSABLE, str(malformed)) from None
    except ConnectionEnded as ended:
        if ended.failure.kind not in _BROKE_OFF or received:
            raise _failure(ended.failure) from None
        return None
    if received:
        what = "more than a handshake may have" if len(received) >= MAX_FLIGHT_BYTES else "a handshake cut short"
        raise NoAnswer(Reason.UNPARSABLE, f"the server sent {what}, {len(received)} bytes")
    return None


def _judged(answer: ServerFlight | Alert | None, version: TlsVersion) -> ServerFlight | Declined:
    match answer:
        case None:
            return Declined(plainly=False)
        case Alert(description=description) if description in _REFUSALS:
            return Declined(plainly=True)
        case Alert(description=description):
            raise NoAnswer(Reason.NOT_EVALUATED, f"the server answered with alert {description}")
        case ServerFlight(version=spoken) if spoken != WIRE_VERSIONS[version]:
            raise NoAnswer(Reason.UNPARSABLE, f"the server answered {version} with version 0x{spoken:04x}")
        case ServerFlight():
            return answer


def _failure(failed: Failed) -> NoAnswer:
    timed_out = failed.kind in {FailureKind.TIMEOUT, FailureKind.CONNECT_TIMEOUT}
    return NoAnswer(Reason.TIMED_OUT if timed_out else Reason.UNREACHABLE, f"no answer to a hello: {failed.detail}")


def _as_json(outcome: ServerFlight | Declined) -> JsonValue:
    if isinstance(outcome, Declined):
        return "declined by an alert" if outcome.plainly else "hung up"
    return {
        "version": f"0x{outcome.version:04x}",
        "suite": f"0x{outcome.suite:04x}",
        "extensions": sorted(outcome.extensions),
        "group": outcome.group,
    }
