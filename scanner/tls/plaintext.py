"""Ask for the versions module without TLS, with a made-up token: does anything answer?"""

import asyncio
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from scanner.model.effect import Effect
from scanner.model.exchange import Exchange, Failed, FailureKind, HttpOutcome, Refused
from scanner.model.facts.tls import PlaintextAnswer, PlaintextOutcome
from scanner.model.intent import HttpIntent, MadeUpCredential
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.model.subject import ServerSubject
from scanner.model.target import EnvironmentTarget
from scanner.probe import ProbeContext
from scanner.tls.platform_answer import answered_by_platform
from scanner.tls.recording import PROBE, outcome_evidence, record_reading
from scanner.tls.refusal import reason_of
from scanner.tls.servers import Place, places
from scanner.tls.sslyze_document import NoAnswer

_MADE_UP: Final = MadeUpCredential(header_value="Token bWFkZS11cC1ieS1vY3BpLXBvc3R1cmU=")
_MAX_BODY_BYTES: Final = 65_536
_NO_CONNECTION: Final = {
    FailureKind.REFUSED: PlaintextOutcome.CLOSED,
    FailureKind.CONNECT_TIMEOUT: PlaintextOutcome.SILENT,
}
_NOBODY_THERE: Final = frozenset({PlaintextOutcome.CLOSED, PlaintextOutcome.SILENT})
_NOT_LOOKED: Final = frozenset({FailureKind.DNS, FailureKind.ADDRESS_OUT_OF_SCOPE})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaintextPort:
    """One port of a host to ask in the clear; `tls_port` where the configuration has https on it."""

    host: str
    port: int
    path: str
    tls_port: bool

    def subject(self, environment: str) -> ServerSubject:
        """Host and plaintext port."""
        return ServerSubject(environment=environment, host=self.host, port=self.port)

    def intent(self, environment: str) -> HttpIntent:
        """The request; it carries no real token."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return HttpIntent(
            effect=Effect.READ,
            environment=environment,
            probe=PROBE,
            purpose="ask without TLS, with a made-up token",
            method="GET",
            url=f"http://{host}:{self.port}{self.path}",
            credential=_MADE_UP,
            max_body_bytes=_MAX_BODY_BYTES,
        )


def plaintext_ports(target: EnvironmentTarget) -> tuple[PlaintextPort, ...]:
    """The port of each place and the configured plaintext ports of its host, each once, in order."""
    found = {(p.host, p.port): p for place in reversed(places(target)) for p in _ports(target, place)}
    return tuple(found[key] for key in sorted(found))


def _ports(target: EnvironmentTarget, place: Place) -> Iterable[PlaintextPort]:
    tls = {(p.origin.host, p.origin.port) for p in places(target) if p.origin.scheme == "https"}
    host, path = place.origin.host, urlsplit(place.url).path or "/"
    for port in dict.fromkeys((place.origin.port, *place.endpoint.plaintext_ports)):
        yield PlaintextPort(host=host, port=port, path=path, tls_port=(host, port) in tls)


async def ask_in_plaintext(context: ProbeContext) -> list[tuple[PlaintextPort, HttpOutcome]]:
    """One request for each port; nothing is recorded yet, because a closed port says nothing by itself."""

    async def ask(port: PlaintextPort) -> tuple[PlaintextPort, HttpOutcome]:
        return port, await context.gate.http(port.intent(context.target.name))

    return list(await asyncio.gather(*(ask(port) for port in plaintext_ports(context.target))))


def record_plaintext(
    context: ProbeContext, asked: Sequence[tuple[PlaintextPort, HttpOutcome]], answering_hosts: frozenset[str]
) -> None:
    """A closed or silent port is a fact only where the same host was seen to answer on another one."""
    alive = answering_hosts | {port.host for port, outcome in asked if isinstance(outcome, Exchange)}
    for port, outcome in asked:
        evidence = outcome_evidence(context, "GET without TLS", outcome)
        read = partial(_answer, port, outcome, alive=port.host in alive)
        record_reading(context, port.subject(context.target.name), PlaintextAnswer, read, evidence)


def _answer(port: PlaintextPort, outcome: HttpOutcome, *, alive: bool) -> PlaintextAnswer:
    answer = classify(outcome, tls_port=port.tls_port)
    if answer.outcome in _NOBODY_THERE and not alive:
        detail = f"{port.host} answered on no port, so a closed one proves nothing ({answer.detail})"
        raise NoAnswer(Reason.CONTROL_FAILED, detail)
    return answer


def classify(outcome: Exchange | Failed | Refused, *, tls_port: bool) -> PlaintextAnswer:
    """What became of the request.

    Raises: NoAnswer if nobody was asked.
    """
    match outcome:
        case Refused():
            raise NoAnswer(reason_of(outcome), outcome.detail)
        case Failed(kind=kind) as failed if kind in _NOT_LOOKED:
            raise NoAnswer(Reason.UNREACHABLE, str(failed))
        case Failed(kind=kind) as failed:
            what = _NO_CONNECTION.get(kind, PlaintextOutcome.NOT_HTTP)
            return PlaintextAnswer(outcome=what, tls_port=tls_port, detail=str(failed))
        case Exchange():
            what, detail = _of_exchange(outcome)
            return PlaintextAnswer(outcome=what, tls_port=tls_port, http_status=outcome.status, detail=detail)


def _of_exchange(exchange: Exchange) -> tuple[PlaintextOutcome, str]:
    if what := answered_by_platform(exchange):
        return PlaintextOutcome.SERVED, what
    location = exchange.header("Location")
    if exchange.status // 100 == 3 and location:  # noqa: PLR2004 - the class of redirections, RFC 9110 section 15.4
        secure = urlsplit(location).scheme == "https"
        return (PlaintextOutcome.REDIRECTED_TO_TLS if secure else PlaintextOutcome.REDIRECTED), ""
    return PlaintextOutcome.TURNED_AWAY, ""
