"""Ask as who has no client certificate, a made-up one, the configured one: who is let in?"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from scanner.model.credential import ShownCertificate
from scanner.model.effect import Effect
from scanner.model.evidence import EvidenceRef
from scanner.model.exchange import Exchange, Failed, FailureKind, HttpOutcome, Refused
from scanner.model.facts.tls import Admission, Caller
from scanner.model.intent import HttpIntent
from scanner.model.late_dataclass import dataclass
from scanner.model.target import EnvironmentTarget
from scanner.probe import ProbeContext
from scanner.tls.platform_answer import answered_by_platform, is_ocpi
from scanner.tls.recording import PROBE, outcome_evidence
from scanner.tls.servers import Place, address_bound, places, resolve

CALLERS: Final = len(ShownCertificate)  # at each address; ours once more in the end
_MAX_BODY_BYTES: Final = 65_536
_BROKEN_OFF: Final = frozenset({FailureKind.TLS, FailureKind.RESET})
_ALERT: Final = "CERTIFICATE_REQUIRED"  # RFC 8446, section 6.2; TLS 1.2 has no alert that says so
_REFUSALS: Final = frozenset({400, 401, 403, 404, 495, 496})  # nginx answers 400, and 495 and 496 in its own pages
_SUCCESS: Final = range(200, 300)
_FURTHEST: Final = (Admission.LET_IN, Admission.UNCLEAR, Admission.TURNED_AWAY, Admission.HANDSHAKE_REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What one way to call brought at each address, with its evidence."""

    shown: ShownCertificate
    outcomes: tuple[HttpOutcome, ...]
    evidence: tuple[EvidenceRef, ...]

    @property
    def demanded(self) -> bool:
        """True where a server said by its alert that it wants a certificate."""
        return any(map(demanded, self.outcomes))

    @property
    def platform_answer(self) -> Exchange | None:
        """An answer of the platform itself, if there was one."""
        found = (one for one in self.outcomes if isinstance(one, Exchange) and answered_by_platform(one))
        return next(found, None)


def demanded(outcome: HttpOutcome) -> bool:
    """True where the server broke off because it wants a certificate, and said so."""
    return isinstance(outcome, Failed) and _ALERT in outcome.detail


def with_certificate(target: EnvironmentTarget) -> tuple[Place, ...]:
    """The places for which a client certificate is configured."""
    return tuple(place for place in places(target) if place.origin.scheme == "https" and place.endpoint.client)


async def call_with_own(context: ProbeContext) -> Mapping[Place, Called]:
    """One GET at each address of each place that a client certificate is configured for, which shows it."""
    found = with_certificate(context.target)
    called = await asyncio.gather(*(call(context, place, ShownCertificate.OWN) for place in found))
    return dict(zip(found, called, strict=True))


async def call(context: ProbeContext, place: Place, shown: ShownCertificate) -> Called:
    """A GET without a token at each address of a place, at most `address_bound` of them."""
    servers = (await resolve(context.gate, context.target, place)).servers
    intents = [_intent(context.target, place, shown, server.address) for server in servers]
    outcomes = tuple(await asyncio.gather(*(context.gate.http(intent) for intent in intents)))
    title = f"GET without a token, client certificate: {shown.name.lower()}"
    evidence = tuple(ref for one in outcomes for ref in outcome_evidence(context, title, one))
    return Called(shown=shown, outcomes=outcomes, evidence=evidence)


def calls_at_most(target: EnvironmentTarget, place: Place) -> int:
    """How many requests all ways to call take."""
    return (CALLERS + 1) * address_bound(target, place.origin.host)


def caller(called: Called, own: Called | None, *, demanded_of_all: bool) -> Caller:
    """How far this way to call got, at the address where it got furthest.

    A connection that is broken off is a refusal only where the server demands a certificate of everybody, or where
    `own` came through behind it; an HTTP error is one only where `own` got the platform's answer in its place, and
    something stands before the platform: 401 without OCPI may come from either, so both have to be compared.
    """
    return _furthest(_caller(outcome, own, asked=demanded_of_all or called.demanded) for outcome in called.outcomes)


def own_caller(own: Called) -> Caller:
    """The same of the configured certificate: whoever asks it for credentials has let it in."""
    return _furthest(_own(outcome, own) for outcome in own.outcomes)


def _furthest(told: Iterable[Caller]) -> Caller:
    unknown = Caller(admission=Admission.UNCLEAR, detail="no address of the server is known")
    return min(told, key=lambda one: _FURTHEST.index(one.admission), default=unknown)


def _own(outcome: HttpOutcome, own: Called) -> Caller:
    if isinstance(outcome, Exchange) and (what := answered_by_platform(outcome)):
        return Caller(admission=Admission.LET_IN, detail=f"HTTP {outcome.status}, {what}")
    return _caller(outcome, own, asked=False)


def _caller(outcome: HttpOutcome, own: Called | None, *, asked: bool) -> Caller:
    control = own.platform_answer if own else None
    match outcome:
        case Refused(detail=detail):
            return Caller(admission=Admission.UNCLEAR, detail=detail)
        case Failed(kind=kind) as failed if kind in _BROKEN_OFF and (asked or control):
            return Caller(admission=Admission.HANDSHAKE_REFUSED, detail=str(failed.detail))
        case Failed() as failed:
            return Caller(admission=Admission.UNCLEAR, detail=str(failed))
        case Exchange() as exchange:
            return _answered(exchange, control)


def _answered(exchange: Exchange, control: Exchange | None) -> Caller:
    """By whom: OCPI comes from a platform, and an error without OCPI from a front, where ours gets something else."""
    said = f"HTTP {exchange.status}"
    if is_ocpi(exchange):
        return Caller(admission=Admission.LET_IN, detail=f"{said}, an OCPI answer")
    in_place = control is not None and is_ocpi(control)
    if exchange.status in _SUCCESS and not in_place:
        return Caller(admission=Admission.LET_IN, detail=f"{said}, a success")
    if control is None:
        return Caller(admission=Admission.UNCLEAR, detail=f"{said}, which does not say who answered")
    also = f"HTTP {control.status}{', an OCPI answer,' if in_place else ''} with the configured certificate"
    if exchange.status in _REFUSALS and (in_place or control.status != exchange.status):
        return Caller(admission=Admission.TURNED_AWAY, detail=f"{said}, and {also}")
    return Caller(admission=Admission.UNCLEAR, detail=f"{said}, which does not say who answered, and {also}")


def evidence_of(calls: Iterable[Called | None]) -> Sequence[EvidenceRef]:
    """That of all of them."""
    return [ref for called in calls if called is not None for ref in called.evidence]


def _intent(target: EnvironmentTarget, place: Place, shown: ShownCertificate, address: str) -> HttpIntent:
    return HttpIntent(
        effect=Effect.READ,
        environment=target.name,
        probe=PROBE,
        purpose=f"see who is let in, client certificate: {shown.name.lower()}",
        method="GET",
        url=place.url,
        address=address,
        verify_tls=False,
        certificate=shown,
        max_body_bytes=_MAX_BODY_BYTES,
    )
