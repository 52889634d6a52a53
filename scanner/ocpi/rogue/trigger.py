"""What makes the target call: POST or PUT of credentials whose URL is the hostile partner's."""

import random
from typing import Final

from scanner.gate.documents import exchange_document, failure_document
from scanner.model.credential import IdentityCredential
from scanner.model.effect import Effect
from scanner.model.evidence import EvidenceRef
from scanner.model.exchange import Exchange, Refused
from scanner.model.facts.ocpi.credentials import Reacted
from scanner.model.intent import HttpIntent
from scanner.model.leftover import Leftover
from scanner.model.party import Identity
from scanner.ocpi.credentials.bodies import PartyInRole, credentials_body
from scanner.ocpi.credentials.desk import reacted
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.message_ids import MessageIds
from scanner.ocpi.patience import patiently
from scanner.ocpi.reply import NoReply, no_reply
from scanner.probe import ProbeContext

PROBE: Final = "ocpi-hostile-partner"
_AGAIN: Final = 2


class Trigger:
    """Pulled once a scenario, as one identity in one version; `timeout_s` is for the target's whole handshake.

    `also_leaves`: what else the next one may leave at the target.
    """

    def __init__(
        self,
        context: ProbeContext,
        identity: Identity,
        own: PartyInRole,
        interface: Interface,
        leaves: Leftover,
        timeout_s: float,
        probe: str = PROBE,
    ) -> None:
        self._context = context
        self._identity = identity
        self._own = own
        self._interface = interface
        self._leaves = leaves
        self._timeout_s = timeout_s
        self._probe = probe
        self.also_leaves: tuple[Leftover, ...] = ()
        self._random = random.Random(f"{context.seed}/{probe}/{identity.name}")  # noqa: S311 - ids, not secrets

    @property
    def method(self) -> str:
        """POST with a bootstrap token that is still to be used, else PUT."""
        target, name = self._context.target.name, self._identity.name
        return "POST" if self._identity.bootstrap and not self._context.gate.has_former_token(target, name) else "PUT"

    async def pull(self, scenario: str, versions_url: str) -> tuple[Reacted, EvidenceRef] | NoReply:
        """Hand in credentials with that URL; how they were answered, or why they were not sent."""
        purpose = f"{self.method} credentials as a partner of ours: {scenario}"
        intent = self._intent(scenario, versions_url, purpose)
        outcome = await patiently(lambda: self._context.gate.http(intent), again=_AGAIN)
        if isinstance(outcome, Refused):
            return no_reply(outcome, purpose)
        document = exchange_document(outcome) if isinstance(outcome, Exchange) else failure_document(outcome)
        return reacted(outcome), self._context.evidence.store_document(purpose, self._context.record.witness, document)

    def _intent(self, scenario: str, versions_url: str, purpose: str) -> HttpIntent:
        interface, name = self._interface, self._identity.name
        return HttpIntent(
            effect=Effect.REGISTRATION,
            environment=self._context.target.name,
            probe=self._probe,
            scenario=f"{self._probe}/{name}/{scenario}",
            purpose=purpose,
            identity=name,
            method=self.method,
            url=interface.url,
            module="credentials",
            credential=IdentityCredential(identity=name, encoding=interface.credential.encoding),
            headers={**MessageIds.new(self._random).headers, "Content-Type": "application/json"},
            body=credentials_body(interface.version, versions_url, self._own),
            leaves=(self._leaves, *self.also_leaves),
            expects_errors=True,
            timeout_s=self._timeout_s,
        )
