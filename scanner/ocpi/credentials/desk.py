"""POST, PUT and DELETE of credentials as one identity: sent through the gate, read, and kept as evidence."""

import random
from http import HTTPStatus
from typing import Final

from msgspec import structs

from scanner.gate.documents import exchange_document, failure_document
from scanner.model.credential import CredentialsBody, FormerCredential, IdentityCredential
from scanner.model.effect import Effect
from scanner.model.evidence import EvidenceRef
from scanner.model.exchange import Exchange, Failed, Refused
from scanner.model.facts.ocpi.credentials import Reacted, Reaction
from scanner.model.intent import HttpIntent
from scanner.model.late_dataclass import dataclass
from scanner.model.leftover import Leftover
from scanner.model.ocpi.response_format import ocpi_status
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.message_ids import MessageIds
from scanner.ocpi.patience import patiently
from scanner.ocpi.repeat import repeat_line
from scanner.ocpi.reply import NoReply, no_reply
from scanner.probe import ProbeContext

PROBE: Final = "ocpi-registration"
_OCPI_SUCCESS: Final = range(1000, 2000)
_GENERIC_SERVER_ERROR: Final = 3000  # 3001 to 3003 say what is wrong with the client's platform
_TRIES: Final = 3


class Ended(Exception):
    """Nothing more can be done as this identity; `why` says what is in the way."""

    def __init__(self, why: NoReply) -> None:
        super().__init__(why.detail)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of one request."""

    answer: Reacted
    evidence: EvidenceRef

    @property
    def accepted(self) -> bool:
        """True where the platform says that it did it."""
        return self.answer.reaction is Reaction.ACCEPTED


class Desk:
    """Sends as one identity for one `probe`; everything that could register announces `leaves`."""

    def __init__(self, context: ProbeContext, identity: str, leaves: Leftover, probe: str = PROBE) -> None:
        self._context = context
        self._probe = probe
        self._identity = identity
        self.leaves = leaves
        self._random = random.Random(f"{context.seed}/{probe}/{identity}")  # noqa: S311 - ids, not secrets

    async def send(
        self,
        method: str,
        interface: Interface,
        purpose: str,
        body: CredentialsBody | None = None,
        former: FormerCredential | None = None,
        *,
        expects_errors: bool = False,
    ) -> Done:
        """One request; asked again after the pause where the platform asks to slow down.

        Raises: Ended where the gate does not let it out.
        """
        intent = structs.replace(self._intent(method, interface, purpose, body, former), expects_errors=expects_errors)
        outcome = await patiently(lambda: self._context.gate.http(intent), again=_TRIES - 1)
        if isinstance(outcome, Refused):
            raise Ended(no_reply(outcome, purpose))
        return Done(answer=reacted(outcome), evidence=self._keep(purpose, outcome))

    def _intent(
        self,
        method: str,
        interface: Interface,
        purpose: str,
        body: CredentialsBody | None,
        former: FormerCredential | None,
    ) -> HttpIntent:
        content = {} if body is None else {"Content-Type": "application/json"}
        return HttpIntent(
            effect=Effect.REGISTRATION,
            environment=self._context.target.name,
            probe=self._probe,
            scenario=f"{self._probe}/{self._identity}",
            purpose=purpose,
            identity=self._identity,
            method=method,
            url=interface.url,
            module="credentials",
            credential=former or IdentityCredential(identity=self._identity, encoding=interface.credential.encoding),
            headers={**MessageIds.new(self._random).headers, **content},
            body=body,
            leaves=() if body is None else (self.leaves,),
        )

    def _keep(self, purpose: str, outcome: Exchange | Failed) -> EvidenceRef:
        document = exchange_document(outcome) if isinstance(outcome, Exchange) else failure_document(outcome)
        witness = self._context.record.witness
        return self._context.evidence.store_document(f"{purpose} as {self._identity}", witness, document)


def reacted(outcome: Exchange | Failed) -> Reacted:
    """Read an answer to POST, PUT or DELETE (status_codes; credentials: errors during registration)."""
    if isinstance(outcome, Failed):
        curl = f"curl --include --request {outcome.method} '{outcome.url}'"
        return Reacted(reaction=Reaction.NO_ANSWER, http_status=None, ocpi_status=None, curl=curl)
    status = ocpi_status(outcome.body)
    return Reacted(
        reaction=_reaction(outcome.status, status),
        http_status=outcome.status,
        ocpi_status=status,
        curl=repeat_line(outcome),
    )


def _reaction(http: int, ocpi: int | None) -> Reaction:
    if http == HTTPStatus.METHOD_NOT_ALLOWED:
        return Reaction.NOT_ALLOWED
    if http == HTTPStatus.TOO_MANY_REQUESTS:
        return Reaction.NO_ANSWER
    if http >= HTTPStatus.INTERNAL_SERVER_ERROR or ocpi == _GENERIC_SERVER_ERROR:
        return Reaction.SERVER_ERROR
    if http < HTTPStatus.MULTIPLE_CHOICES and (ocpi is None or ocpi in _OCPI_SUCCESS):
        return Reaction.ACCEPTED
    return Reaction.REFUSED
