"""What the parts of one registration scenario share: who we are, where we knock, who we are called back as."""

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from scanner.model.credential import FormerCredential
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.answer import DECIDES_NOTHING, Access, Answer
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.model.party import Identity
from scanner.model.served import CallersToken
from scanner.model.subject import InterfaceSubject
from scanner.model.target import Endpoint
from scanner.model.token_shape import TokenSequence
from scanner.ocpi.authorization import forms, get_authorized
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.credentials.addresses import asked_at
from scanner.ocpi.credentials.bodies import PartyInRole, credentials_body
from scanner.ocpi.credentials.desk import Desk, Done, Ended
from scanner.ocpi.credentials.doors import Door
from scanner.ocpi.credentials.made_up_partner import MadeUpPartner, Story
from scanner.ocpi.credentials.pending import Pending
from scanner.ocpi.credentials.troubles import Trouble
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.reply import NoReply
from scanner.probe import ProbeContext

if TYPE_CHECKING:  # loaded where a partner is served
    from scanner.gate.serving import Served


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """`offered` are the credentials interfaces, one a version, oldest first; `doors` the functional modules.

    `addresses`: those of the endpoint's name that answered, where it has several; `unreached`: those that did not.
    """

    context: ProbeContext
    endpoint: Endpoint
    identity: Identity
    own: PartyInRole
    offered: tuple[Interface, ...]
    versions: Door
    doors: tuple[Door, ...]
    client: OcpiClient
    desk: Desk
    server: "Served"
    partner: MadeUpPartner
    pending: Pending
    addresses: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()

    def addresses_of(self, door: Door) -> tuple[str | None, ...]:
        """The addresses at which a door is asked apart; None: there is one, or the door stands on another host."""
        return asked_at(self.endpoint, door, self.addresses)

    @property
    def newest(self) -> Interface:
        """The credentials interface of the newest version."""
        return self.offered[-1]

    @property
    def tokens_given(self) -> TokenSequence:
        """The tokens that registrations have brought so far."""
        return self.context.gate.tokens_given(self.context.target.name, self.identity.name)

    def at(self, interface: Interface, method: str) -> InterfaceSubject:
        """The subject of one method of the credentials module of one version."""
        return replace(interface.subject, method=method)

    async def hand_in(
        self,
        method: str,
        interface: Interface,
        purpose: str,
        *,
        story: Story = Story.SOUND,
        claimed: PartyInRole | None = None,
        former: FormerCredential | None = None,
        trouble: Trouble | None = None,
    ) -> Done:
        """POST or PUT our credentials, with what the partner is like meanwhile, and at which step it fails.

        Raises: Ended.
        """
        self.partner.story, self.partner.trouble = story, trouble
        body = credentials_body(interface.version, self.partner.url(self.endpoint.versions_url), self.own, claimed)
        try:
            return await self.desk.send(method, interface, purpose, body, former, expects_errors=trouble is not None)
        finally:
            self.partner.story, self.partner.trouble = Story.SOUND, None

    async def opens_versions(self) -> tuple[Answer, EvidenceRef] | NoReply:
        """What the versions URL answers the present token, in whatever form it now takes it."""
        order = forms(None, self.versions.encoding)
        asked = await get_authorized(self.client, self.versions.url, "versions", self.identity.name, order)
        if isinstance(asked.reply, NoReply):
            return asked.reply
        title = f"versions with the present token of {self.identity.name}"
        return asked.reply.answer, self.pending.book.keep(title, asked.reply, body=False)

    async def still_lives(self) -> bool | None:
        """Whether the present token opens the versions URL; None where that cannot be told."""
        found = await self.opens_versions()
        if isinstance(found, NoReply) or found[0].access in DECIDES_NOTHING:
            return None
        return found[0].access is Access.DATA

    async def must_live(self, after: str) -> None:
        """Go on only with a token that opens something.

        Raises: Ended.
        """
        if await self.still_lives() is not True:
            raise self.locked_out(after)

    def locked_out(self, after: str) -> Ended:
        """What ends a scenario where no token opens the versions URL any more: where the last one is, the way back."""
        sink = self.context.gate.sink_of(self.context.target.name, self.identity.name)
        detail = (
            f"after {after} the present token of {self.identity.name} does not open the versions URL. The token that "
            f"was given last is in {sink}. If the platform keeps us locked out, ask its operator for a new "
            "CREDENTIALS_TOKEN_A, empty the sink, and name it as `token` with `kind: bootstrap`"
        )
        return Ended(NoReply(reason=Reason.CONTROL_FAILED, detail=detail))

    def called(self, since: int) -> Counter[CallersToken]:
        """Calls to our platform since a number of them, by the token that they showed."""
        return Counter(call.token for call in self.server.calls[since:])

    @property
    def others(self) -> int:
        """Other identities whose tokens the platform was given in this run."""
        return self.context.gate.others_handed_out(self.context.target.name, self.identity.name)
