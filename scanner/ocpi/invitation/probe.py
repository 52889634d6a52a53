"""Probe `ocpi-invitation`: the target's operator starts registrations with us, at a time that was agreed.

We give versions, details and credentials as the side that is registered with. All starts but the last one fail when the
target hands its credentials in; after each the token in use has to live, and the one that it offered has to die. The
last one is taken: then it is the token of before that has to die.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from scanner.model.effect import Effect
from scanner.model.facts.ocpi.invited import (
    INVITED_FACTS,
    FormerTokenAfterStart,
    RegistrationsStarted,
)
from scanner.model.intent import PlannedRequest, ServeIntent
from scanner.model.leftover import Leftover
from scanner.model.ocpi.specification import VERSIONS
from scanner.model.party import Identity, Invitation
from scanner.model.target import Endpoint, EnvironmentTarget, PartnerServer
from scanner.ocpi.appointment import LONGEST_WAIT_S, not_now, out_of_time, time_is_up
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.credentials.addresses import answering
from scanner.ocpi.credentials.bodies import PartyInRole
from scanner.ocpi.credentials.doors import CREDENTIALS, interfaces_of, module_doors, versions_door
from scanner.ocpi.credentials.lookout import Lookout
from scanner.ocpi.credentials.made_up_partner import MadeUpPartner
from scanner.ocpi.credentials.opened import open_doors, unlooked
from scanner.ocpi.credentials.pending import Pending
from scanner.ocpi.credentials.probe import leftover, may_register
from scanner.ocpi.invitation.host import Host, acts
from scanner.ocpi.invitation.stay import Stay
from scanner.ocpi.invitation.watching import Watching
from scanner.ocpi.notes import Notebook, not_configured
from scanner.ocpi.partner_probe import PartnerProbe, why_no_registration
from scanner.ocpi.planned import planned
from scanner.ocpi.reply import NoReply
from scanner.ocpi.serving import serving
from scanner.probe import ProbeContext

if TYPE_CHECKING:  # loaded where a partner is served
    from scanner.gate.serving import Served

PROBE: Final = "ocpi-invitation"
_PATIENCE_S: Final = 300.0  # for each start
_LONGEST_STALL_S: Final = 10.0
_ANSWER_S: Final = 60.0
_MODULES: Final = 4  # one of each version first; each costs requests without a valid token
_LOOKS: Final = 40  # reads after one start


class InvitationProbe(PartnerProbe):
    """As the first identity with an invitation; `after`: the probes that need the token of before."""

    name = PROBE
    provides: frozenset[type] = frozenset(INVITED_FACTS)
    kinds = INVITED_FACTS
    nobody = (
        "no disposable identity with a party, a role and a sink says when the platform registers with it (`invited`)"
    )

    def __init__(
        self, after: Iterable[str], patience_s: float = _PATIENCE_S, stall_s: float = _LONGEST_STALL_S
    ) -> None:
        super().__init__(after)
        self._patience_s = patience_s
        self._stall_s = stall_s

    def why_not(self, target: EnvironmentTarget) -> NoReply | None:
        """See `PartnerProbe.why_not`."""
        if why := why_no_registration(target, "registrations that the platform starts need"):
            return why
        if target.partner_server is None:
            return not_configured("registrations that the platform starts need a `partner_server`")
        return None

    def may(self, _target: EnvironmentTarget, identity: Identity) -> bool:
        """See `PartnerProbe.may`."""
        return identity.invited is not None and may_register(identity)

    def planned(self, target: EnvironmentTarget, endpoint: Endpoint, identity: Identity) -> Iterable[PlannedRequest]:
        """When which operator has to start what, and the GETs that look at the tokens."""
        if identity.invited is None:
            return
        invited, server = identity.invited, target.partner_server
        at = f"{invited.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        times = f"{invited.starts} TIMES " if invited.starts > 1 else ""
        url = f"{_origin(server)}/{invited.path}/versions" if server else ""
        yield PlannedRequest(
            probe=PROBE,
            effect=Effect.REGISTRATION,
            environment=target.name,
            what=f"REGISTER {times}AT THE PLATFORM WITH {identity.party} from {at} on, while the scan waits: its "
            f"versions URL is {url}, its CREDENTIALS_TOKEN_A the one of `invited`; the new token goes to the sink",
            at_least=0,
            at_most=invited.starts,
            identity=identity.name,
            leaves=(left_by_start(target, identity),),
        )
        yield planned(PROBE, "GETs that show what tokens open", _LOOKS * invited.starts, target, endpoint)

    async def be_partner(self, context: ProbeContext, endpoint: Endpoint, identity: Identity) -> None:
        """Wait for the operator, and look."""
        book = Notebook(context, endpoint, identity.name)
        invited, settings = identity.invited, context.target.partner_server
        if invited is None or settings is None or identity.party is None or identity.role is None:
            book.missing(book.platform(), INVITED_FACTS, not_configured(self.nobody))
            return
        if why := not_now(invited.at, f"`at` in `invited` of {identity.name}"):
            book.missing(book.platform(), INVITED_FACTS, why)
            return
        ends = time_is_up(context, endpoint)
        if invited.at >= ends:
            why = out_of_time("the platform is to register: nothing could be looked at")
            book.missing(book.platform(), INVITED_FACTS, why)
            return
        partner = MadeUpPartner(identity.party, _versions(context, endpoint, identity.name), context.now)
        host = Host(
            partner=partner,
            own=PartyInRole(party=identity.party, role=identity.role),
            to_come=acts(invited.starts),
            stall_s=min(self._stall_s, context.target.limits.timeout_s / 2),
        )
        pending, left = Pending(book), left_by_start(context.target, identity)
        async with serving(context, _intent(context, settings, identity, invited), host.answer) as server:
            if isinstance(server, NoReply):
                context.gate.taken_back(left)
                book.missing(book.platform(), INVITED_FACTS, server)
                return
            partner.base = server.url()
            watching = await _watching(context, endpoint, identity, server, pending)
            host.fetch = watching.fetch
            pending.expect(book.platform(), RegistrationsStarted)
            pending.expect(watching.doors[0].subject, FormerTokenAfterStart)
            until = max(invited.at, datetime.now(UTC)) + timedelta(seconds=self._patience_s)
            stay = Stay(host=host, watching=watching, invited=invited, patience_s=self._patience_s, ends=ends)
            await stay.until_the_last(until)
            if stay.left_nothing:
                context.gate.taken_back(left)


async def _watching(
    context: ProbeContext, endpoint: Endpoint, identity: Identity, server: "Served", pending: Pending
) -> Watching:
    client, versions = OcpiClient(context, endpoint, PROBE), versions_door(context, endpoint, identity.name)
    addresses, unreached = await answering(client, pending.book, versions, PROBE)
    lookout = Lookout(
        endpoint=endpoint,
        identity=identity,
        client=client,
        pending=pending,
        addresses=addresses,
        unreached=unreached,
    )
    modules = module_doors(context, endpoint, identity.name)[:_MODULES]
    opened, closed = await open_doors(lookout, (versions, *modules))
    unlooked(lookout, FormerTokenAfterStart, (one for one in closed if one.door is not versions))
    return Watching(
        context=context,
        lookout=lookout,
        doors=(versions, *(one.door for one in opened if one.door is not versions)),
        server=server,
        allowed_s=context.target.token_policy.overlap_s,
        opened_before=any(one.door is versions for one in opened),
    )


def _versions(context: ProbeContext, endpoint: Endpoint, identity: str) -> tuple[str, ...]:
    """Those that the target offers to the identity, as far as there is data for them; all where it offers none."""
    theirs = {i.version for i in interfaces_of(context, endpoint, identity) if i.module == CREDENTIALS}
    return tuple(version for version in VERSIONS if version in theirs) or tuple(VERSIONS)


def left_by_start(target: EnvironmentTarget, identity: Identity) -> Leftover:
    """What a registration leaves that the platform starts.

    Told apart from what our own registrations leave: that nobody came forgets nothing of those.
    """
    left = leftover(target, identity, None)
    return replace(left, what=f"begun by the platform, {left.what}")


def _intent(context: ProbeContext, settings: PartnerServer, identity: Identity, invited: Invitation) -> ServeIntent:
    return ServeIntent(
        effect=Effect.REGISTRATION,
        environment=context.target.name,
        probe=PROBE,
        purpose="be registered with by the platform",
        identity=identity.name,
        leaves=(left_by_start(context.target, identity),),
        host=settings.host,
        port=settings.port,
        nonce=invited.path,
        deadline_s=LONGEST_WAIT_S + _PATIENCE_S * (1 + invited.starts),
        certificate_file=str(settings.certificate_file),
        key_file=str(settings.key_file),
        origin=settings.url,
        takes_credentials=True,
        answer_s=_ANSWER_S,
    )


def _origin(server: PartnerServer) -> str:
    return server.url or f"https://localhost:{server.port}"
