"""HTTP through the gate: a decided intent becomes a request, within its budget, on record, with its credential."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from msgspec import structs

from scanner.gate.addresses import PinnedAddresses
from scanner.gate.budget import BudgetUsed
from scanner.gate.budgets import HostBudgets
from scanner.gate.cut_short import not_deliverable
from scanner.gate.decision import Decisions
from scanner.gate.health import OriginHealth
from scanner.gate.known_secrets import SHORTEST
from scanner.gate.near_miss import forms_of_misses
from scanner.gate.policy import origin_of
from scanner.gate.presented import Presented
from scanner.gate.record import IntentRecord
from scanner.gate.redaction import Redactor
from scanner.gate.registration import Registrations
from scanner.gate.vault import TokenVault
from scanner.gate.wire import Wire
from scanner.gate.wiring import Wiring
from scanner.model.credential import IdentityCredential, NearMissCredential, ShownCertificate
from scanner.model.effect import Effect
from scanner.model.exchange import Exchange, Failed, FailureKind, HttpOutcome, RefusalKind, Refused
from scanner.model.intent import HttpIntent
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.secret import Secret
from scanner.model.target import EnvironmentTarget, Origin

if TYPE_CHECKING:
    from scanner.gate.http import HttpSender

_LONGEST_PAUSE_S: Final = 60.0
_PACKET: Final = 1500  # bytes; what came before a failure is not known exactly
_PATIENT_STATUSES: Final = frozenset({429, 503})


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What the parts of one gate share."""

    targets: Mapping[str, EnvironmentTarget]
    decisions: Decisions
    record: IntentRecord
    budgets: HostBudgets
    addresses: PinnedAddresses
    vault: TokenVault
    redactor: Redactor
    registrations: Registrations


class HttpRequests:
    """Sends requests; connections are kept and shared, except where an intent names one of its own."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._wiring = Wiring(means.targets, means.budgets)
        self._sender: HttpSender | None = None
        self._health: dict[Origin, OriginHealth] = {}
        self._misses_known: set[Secret] = set()
        self._registering: set[asyncio.Task[HttpOutcome]] = set()

    @property
    def registrations(self) -> Registrations:
        """Where new tokens are made and taken."""
        return self._means.registrations

    async def send(self, intent: HttpIntent) -> HttpOutcome:
        """One decided request, one answer. A read is retried once on a dropped connection, or when asked to wait."""
        if intent.effect is Effect.REGISTRATION:
            task = asyncio.create_task(self._register(intent))
            self._registering.add(task)
            task.add_done_callback(self._registering.discard)
            return await asyncio.shield(task)  # who asked may be cancelled; the new token is taken all the same
        presented = self._presented(intent, intent.body if isinstance(intent.body, bytes) else None)
        if isinstance(presented, Refused):
            return presented
        outcome = await self._once(intent, presented)
        if intent.effect is not Effect.READ:
            return outcome
        if isinstance(outcome, Failed) and outcome.kind is FailureKind.RESET:
            again = await self._once(intent, presented)
            return structs.replace(again, retried=True) if isinstance(again, Exchange) else again
        if isinstance(outcome, Exchange) and intent.patient and self._pause(intent, outcome):
            later = await self._once(intent, presented)
            return structs.replace(later, earlier_statuses=(outcome.status,)) if isinstance(later, Exchange) else later
        return outcome

    async def prepared(self, intent: HttpIntent) -> Wire | Failed | Refused:
        """A decided request, ready to be sent again and again; sends nothing but a look-up of the name."""
        presented = self._presented(intent, intent.body if isinstance(intent.body, bytes) else None)
        origin = origin_of(intent.url)
        if isinstance(presented, Refused) or origin is None:
            return presented if isinstance(presented, Refused) else no_url(intent)
        addresses = await self._means.addresses.resolve(intent, origin.host)
        if not isinstance(addresses, tuple):
            return addresses
        return self._wiring.wire(intent, presented, origin, addresses)

    async def close(self) -> None:
        """Wait for registrations under way, then close all connections."""
        if self._registering:
            await asyncio.gather(*self._registering, return_exceptions=True)
        if self._sender is not None:
            await self._sender.close()

    async def _register(self, intent: HttpIntent) -> HttpOutcome:
        registrations = self._means.registrations
        async with registrations.turn(intent):
            if refused := self._means.decisions.stopped(intent) or await registrations.ready(intent):
                return refused
            body = await registrations.body(intent)
            if isinstance(body, Refused):
                return body
            presented, shown = (self._presented(intent, text) for text in body)
            if isinstance(presented, Refused):
                return presented
            if isinstance(shown, Refused):
                return shown
            outcome = await self._once(intent, structs.replace(presented, shown_body=shown.shown_body))
            return await registrations.take(intent, outcome) if isinstance(outcome, Exchange) else outcome

    def _presented(self, intent: HttpIntent, body: bytes | None) -> Presented | Refused:
        if isinstance(intent.credential, NearMissCredential):
            self._teach_misses(intent.environment, intent.credential.identity)
        return self._means.vault.present(intent.environment, intent.credential, intent.url, body)

    def _teach_misses(self, environment: str, identity: str) -> None:
        """A target may echo what it was sent, so the redactor has to know near misses as well."""
        for token in self._means.vault.tokens_of(environment, identity)[-1:]:
            if token not in self._misses_known:
                self._misses_known.add(token)
                forms = {form for form in forms_of_misses(token.reveal()) if len(form) >= SHORTEST}
                self._means.redactor.learn_all(map(Secret, sorted(forms)))

    async def _once(self, intent: HttpIntent, presented: Presented) -> HttpOutcome:
        means, origin = self._means, origin_of(intent.url)
        if origin is None:
            raise AssertionError("decided without an origin")
        health = self._health.setdefault(origin, OriginHealth())
        if health.stopped:
            return Refused(kind=RefusalKind.STOPPED, detail=health.stopped)
        addresses = await self._addresses(intent, origin.host)
        if not isinstance(addresses, tuple):
            return addresses
        budget = means.budgets.of(origin.host, intent.environment)
        wire = self._wiring.wire(intent, presented, origin, addresses)
        try:
            async with budget.turn(refusal=_counts_as_refusal(intent)):
                if refused := means.decisions.stopped(intent):
                    return refused
                number = means.record.note(intent, _as_sent(intent, origin.host))
                if intent.effect is not Effect.READ:
                    await asyncio.sleep(0)  # what is to meet this on its way waits for the disk first, not in between
                outcome = await self._opened().send(wire, number)
        except BudgetUsed as used:
            return Refused(kind=RefusalKind.BUDGET, detail=f"{origin.host} has had its {used}")
        if not isinstance(outcome, Exchange):
            budget.received(_PACKET)
        means.record.outcome(intent, number, outcome, budget.spent.bytes_received)
        if _must_answer(intent, origin):
            health.saw(f"{intent.method} {intent.url}", outcome, expects_errors=intent.expects_errors)
        return outcome

    async def _addresses(self, intent: HttpIntent, host: str) -> tuple[str, ...] | Failed | Refused:
        """Those that the request may go to, as the name was pinned."""
        addresses = await self._means.addresses.resolve(intent, host)
        if not isinstance(addresses, tuple):
            return addresses
        if intent.address is not None:
            if intent.address not in addresses:
                detail = f"{intent.address} is no address of {host}"
                return Refused(kind=RefusalKind.OUT_OF_SCOPE, detail=detail)
            addresses = (intent.address,)
        return not_deliverable(intent, addresses) or addresses

    def _opened(self) -> "HttpSender":
        """The HTTP client is loaded when something is first sent, not where somebody only plans."""
        if self._sender is None:
            from scanner.gate.http import HttpSender  # noqa: PLC0415 - see above

            self._sender = HttpSender()
        return self._sender

    def _pause(self, intent: HttpIntent, outcome: Exchange) -> bool:
        """Honour Retry-After (RFC 9110, section 10.2.3); true where the read may be sent once more."""
        if outcome.status not in _PATIENT_STATUSES:
            return False
        seconds = outcome.retry_after_s()
        origin = origin_of(intent.url)
        if seconds is None or origin is None:
            return False
        self._means.budgets.of(origin.host, intent.environment).pause(min(seconds, _LONGEST_PAUSE_S))
        return seconds <= _LONGEST_PAUSE_S


def _must_answer(intent: HttpIntent, origin: Origin) -> bool:
    """False where no answer is what we hope for: of a plaintext port, or for a client that is not to be let in."""
    return origin.scheme == "https" and intent.certificate is ShownCertificate.OWN


def _as_sent(intent: HttpIntent, host: str) -> dict[str, JsonValue]:
    """The request as the journal has it; `anonymous` counts against the cap of requests without a valid token."""
    sent: dict[str, JsonValue] = {
        "method": intent.method,
        "url": intent.shown_url or intent.url,
        "host": host,
        "anonymous": _counts_as_refusal(intent),
    }
    if intent.delivery is not None and isinstance(intent.body, bytes):
        part, length = len(intent.delivery.part(intent.body)), intent.delivery.length(intent.body)
        sent["delivery"] = f"{part} bytes of a declared {length}, then {intent.delivery.ending}"
    return sent


def _counts_as_refusal(intent: HttpIntent) -> bool:
    """True for what a sound platform refuses: its operator may ban an address that asks so too often."""
    return not (isinstance(intent.credential, IdentityCredential) and intent.credential.scheme == "Token")


def no_url(intent: HttpIntent) -> Refused:
    """The refusal of what leads nowhere."""
    return Refused(kind=RefusalKind.OUT_OF_SCOPE, detail=f"not an http or https URL: {intent.url[:200]!r}")
