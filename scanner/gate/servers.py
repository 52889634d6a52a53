"""What a scan opens to be called: decided, on record, closed with the block."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from scanner.gate.accepting import Door
from scanner.gate.decision import Decisions
from scanner.gate.incoming import IncomingCredentials
from scanner.gate.listener import Listener
from scanner.gate.record import IntentRecord
from scanner.gate.redaction import Redactor
from scanner.gate.registration import Registrations
from scanner.gate.server_tls import server_side
from scanner.gate.serving import Known, Served
from scanner.gate.standing_offers import StandingOffers
from scanner.gate.vault import TokenVault
from scanner.model.exchange import Refused
from scanner.model.intent import ListenIntent, ServeIntent
from scanner.model.late_dataclass import dataclass
from scanner.model.served import Answers, ServedAnswer, ServedCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """The gate's way in."""

    decisions: Decisions
    record: IntentRecord
    redactor: Redactor
    registrations: Registrations
    vault: TokenVault
    standing_offers: StandingOffers

    @asynccontextmanager
    async def listen(self, intent: ListenIntent) -> AsyncIterator[Listener | Refused]:
        """See `Gate.listen`."""
        if refused := self.decisions.refusal(intent):
            yield refused
            return
        listener = Listener(intent)
        async with Door(intent, server_side(intent), listener) as door:
            listener.port = door.port
            self.record.note(intent, {"listen": f"{intent.host}:{listener.port}"})
            yield listener

    @asynccontextmanager
    async def serve(self, intent: ServeIntent, answers: Answers) -> AsyncIterator[Served | Refused]:
        """See `Gate.serve`."""
        if refused := self.decisions.refusal(intent) or await self._not_ready(intent):
            yield refused
            return
        number = self.record.note(intent, {"serve": f"{intent.host}:{intent.port}", "speaks": intent.speaks})
        known = Known(
            redactor=self.redactor,
            incoming=self._incoming(intent),
            token=lambda shown: self.registrations.callers_token(intent.environment, intent.identity, shown),
            note=lambda what: self.record.called(number, what),
        )

        async def heard(call: ServedCall) -> ServedAnswer | None:
            self.decisions.asked.heard(intent, call)
            return await answers(call)

        served = Served(intent, heard, known)
        async with Door(intent, server_side(intent, intent.speaks, any_key=intent.any_key), served) as door:
            served.port = door.port
            yield served

    async def _not_ready(self, intent: ServeIntent) -> Refused | None:
        """Where credentials are handed in, there has to be a place for their token, in which no other stands."""
        if not intent.takes_credentials:
            return None
        return await self.registrations.ready(intent) or await self.standing_offers.why_not(intent)

    def _incoming(self, intent: ServeIntent) -> IncomingCredentials | None:
        if not intent.takes_credentials or intent.identity is None:
            return None
        key = intent.environment, intent.identity
        return IncomingCredentials(key, vault=self.vault, registrations=self.registrations)
