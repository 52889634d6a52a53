"""GETs with tokens in every state: redirects stay on the origin, and no request to wait is waited for."""

import random
from collections.abc import Mapping

from msgspec import structs

from scanner.gate.policy import origin_of
from scanner.model.credential import Credential, MadeUpCredential
from scanner.model.effect import Effect
from scanner.model.exchange import Exchange, HttpOutcome, RefusalKind, Refused
from scanner.model.intent import HttpIntent
from scanner.model.late_dataclass import dataclass
from scanner.ocpi.client import MAX_REDIRECTS, redirect_target
from scanner.ocpi.message_ids import MessageIds
from scanner.ocpi.reply import NoReply, Reply, no_reply, read_reply
from scanner.probe import ProbeContext


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """The gate says that this form is the valid token itself (`equal`), or that it cannot or may not be sent."""

    why: NoReply
    equal: bool


Heard = Reply | NoReply | NotSent


class TokenAsker:
    """Sends what one probe asks at one endpoint."""

    def __init__(self, context: ProbeContext, probe: str, endpoint: str) -> None:
        self._context = context
        self._probe = probe
        self.random = random.Random(f"{context.seed}/{probe}/{endpoint}")  # noqa: S311 - ids and order, no secrets

    def new_ids(self) -> MessageIds:
        """Unique within the run, and the same for the same seed."""
        return MessageIds.new(self.random)

    async def get(
        self,
        url: str,
        wanted: str,
        credential: Credential,
        *,
        connection: str | None = None,
        headers: Mapping[str, str] | None = None,
        ids: MessageIds | None = None,
    ) -> Heard:
        """One GET; `wanted` says in a few words what is asked for."""
        speaker = None if credential is None or isinstance(credential, MadeUpCredential) else credential.identity
        intent = HttpIntent(
            effect=Effect.READ,
            environment=self._context.target.name,
            probe=self._probe,
            purpose=wanted,
            identity=speaker,
            method="GET",
            url=url,
            credential=credential,
            headers={**(ids or self.new_ids()).headers, **(headers or {})},
            patient=False,
            connection=connection,
        )
        outcome: HttpOutcome = await self._context.gate.http(intent)
        for _ in range(MAX_REDIRECTS):
            target = redirect_target(outcome) if isinstance(outcome, Exchange) else None
            if target is None or origin_of(target) != origin_of(url):
                break
            outcome = await self._context.gate.http(structs.replace(intent, url=target))
        if isinstance(outcome, Exchange):
            return read_reply(outcome)
        return _unsent(outcome, wanted) if isinstance(outcome, Refused) else no_reply(outcome, wanted)


def _unsent(refused: Refused, wanted: str) -> NoReply | NotSent:
    why = no_reply(refused, wanted)
    if refused.kind in {RefusalKind.NO_MISS, RefusalKind.UNSENDABLE}:
        return NotSent(why=why, equal=refused.kind is RefusalKind.NO_MISS)
    return why
