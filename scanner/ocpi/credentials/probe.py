"""Probe `ocpi-registration`: register, renew, and end with identities that may, when everybody else has looked.

Needs mode exercise, `allow: [registration]`, a disposable identity with a party, a role and a sink, and a
`partner_server` that the platform calls back. It comes after all other probes, because it replaces tokens.
"""

import secrets
from collections.abc import Iterable
from contextlib import AsyncExitStack
from typing import Final

from scanner.model.effect import Effect
from scanner.model.exchange import Refused
from scanner.model.facts.ocpi.credentials import (
    BootstrapTokenAfterUse,
    CredentialsExchanged,
    DoubtfulPartnersTried,
    FormerTokenAfterHalfway,
    FormerTokenAfterRenewal,
    HalfwayRenewalsTried,
    PartiesClaimed,
    RenewedUnderReads,
    TokenAfterEnd,
    TokensGiven,
    WrongStateCall,
)
from scanner.model.intent import PlannedRequest, ServeIntent
from scanner.model.leftover import Leftover
from scanner.model.ocpi.specification import VERSIONS
from scanner.model.party import Identity
from scanner.model.target import Endpoint, EnvironmentTarget, PartnerServer
from scanner.model.witness import Witness
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.credentials import halfway
from scanner.ocpi.credentials.addresses import answering
from scanner.ocpi.credentials.bodies import PartyInRole
from scanner.ocpi.credentials.desk import PROBE, Desk
from scanner.ocpi.credentials.doors import CREDENTIALS, interfaces_of, module_doors, versions_door
from scanner.ocpi.credentials.doubting import STORIES
from scanner.ocpi.credentials.exchanging import RENEWALS
from scanner.ocpi.credentials.ground import Ground
from scanner.ocpi.credentials.made_up_partner import MadeUpPartner
from scanner.ocpi.credentials.pending import Pending
from scanner.ocpi.credentials.scenario import Scenario
from scanner.ocpi.interfaces import Interface, why_nothing
from scanner.ocpi.notes import Notebook, not_configured
from scanner.ocpi.partner_probe import why_no_registration
from scanner.ocpi.planned import MOST_SENT
from scanner.ocpi.reply import NoReply, no_reply
from scanner.probe import ProbeContext

_PROVIDES: Final[tuple[type, ...]] = (
    WrongStateCall,
    CredentialsExchanged,
    BootstrapTokenAfterUse,
    FormerTokenAfterRenewal,
    TokensGiven,
    DoubtfulPartnersTried,
    HalfwayRenewalsTried,
    FormerTokenAfterHalfway,
    RenewedUnderReads,
    PartiesClaimed,
    TokenAfterEnd,
)
_DEADLINE_S: Final = 900.0
_CLAIMS: Final = 3


class RegistrationProbe:
    """One scenario for each identity that may register; `after`: every other probe that speaks as one."""

    name = PROBE
    witness = Witness.PROTOCOL
    reads: frozenset[str] = frozenset({"ocpi-discovery"})
    provides: frozenset[type] = frozenset(_PROVIDES)

    def __init__(self, after: Iterable[str]) -> None:
        self.after = self.reads | frozenset(after)

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """The exchanges of each identity that may register, and what stays of them."""
        for endpoint in target.endpoints if _why_not(target) is None else ():
            for identity in target.speakers(endpoint):
                if may_register(identity):
                    yield from _planned(target, endpoint, identity)

    async def run(self, context: ProbeContext) -> None:
        """One endpoint after the other, one identity after the other."""
        for endpoint in context.target.endpoints:
            why = _why_not(context.target)
            identities = [i for i in context.target.speakers(endpoint) if may_register(i) and _in_focus(context, i)]
            if why is None and not identities:
                why = not_configured("no disposable identity has a party, a role and a sink to register with")
            if why is not None:
                book = Notebook(context, endpoint, None)
                book.missing(book.platform(), _PROVIDES, why)
                continue
            for identity in identities:
                await _register(context, endpoint, identity)


def _why_not(target: EnvironmentTarget) -> NoReply | None:
    if why := why_no_registration(target, "registrations need"):
        return why
    if target.partner_server is None:
        return not_configured("registrations need a `partner_server`, which the platform calls back")
    return None


def may_register(identity: Identity) -> bool:
    """True where the new token has a place to be kept, and a party that it is for."""
    return bool(identity.disposable and identity.has_sink and identity.party and identity.role)


def _in_focus(context: ProbeContext, identity: Identity) -> bool:
    return context.focus is None or context.focus.identity in {None, identity.name}


def _planned(target: EnvironmentTarget, endpoint: Endpoint, identity: Identity) -> Iterable[PlannedRequest]:
    begins = "registers (POST), renews" if identity.bootstrap else "renews"
    ends = ", and ENDS THE REGISTRATION (DELETE) of" if identity.unregister else " (PUT), and leaves registered,"
    versions = len(VERSIONS)
    exchanges = 6 + RENEWALS + versions * (1 + len(STORIES) + 2 * _CLAIMS) + halfway.MOST
    left = leftover(target, identity, None)
    yield PlannedRequest(
        probe=PROBE,
        effect=Effect.REGISTRATION,
        environment=target.name,
        what=f"{begins} at {endpoint.versions_url}{ends} {identity.party}; every new token goes to the sink",
        at_least=1,
        at_most=exchanges,
        identity=identity.name,
        leaves=(left,),
    )
    yield PlannedRequest(
        probe=PROBE,
        effect=Effect.READ,
        environment=target.name,
        what="GETs that show what present and former tokens open (bound: max_requests of each host)",
        at_least=0,
        at_most=min(target.limits.max_requests, MOST_SENT * exchanges * versions),
        identity=identity.name,
    )


def leftover(target: EnvironmentTarget, identity: Identity, interface: Interface | None) -> Leftover:
    """What stays of a registration: taken back by DELETE where the identity may be unregistered, else never."""
    what = f"the registration of {identity.party}, with a versions URL at which nobody answers after the scan"
    common = Leftover(
        what=f"{what}; its token is in the sink",
        environment=target.name,
        identity=identity.name,
        module=CREDENTIALS,
        owner=str(identity.party),
    )
    if not identity.unregister or interface is None:
        return common
    return Leftover(
        what=common.what,
        environment=common.environment,
        identity=common.identity,
        module=common.module,
        owner=common.owner,
        encoding=interface.credential.encoding,
        undo_method="DELETE",
        undo_url=interface.url,
    )


async def _register(context: ProbeContext, endpoint: Endpoint, identity: Identity) -> None:
    """The scenario of one identity, with a platform that is called back for as long as it takes."""
    book = Notebook(context, endpoint, identity.name)
    offered = _offered(context, endpoint, identity.name)
    if not offered or identity.party is None or identity.role is None or context.target.partner_server is None:
        book.missing(book.platform(), _PROVIDES, why_nothing(context, endpoint))
        return
    partner = MadeUpPartner(identity.party, tuple(i.version for i in offered), context.now)
    intent = _served(context, context.target.partner_server, identity.name)
    async with AsyncExitStack() as stack:
        try:
            server = await stack.enter_async_context(context.gate.serve(intent, partner.answer))
        except OSError as error:
            detail = f"the partner_server cannot be opened: {error.strerror or type(error).__name__}"
            book.missing(book.platform(), _PROVIDES, not_configured(detail))
            return
        if isinstance(server, Refused):
            book.missing(book.platform(), _PROVIDES, no_reply(server, "a platform to be called back"))
            return
        partner.base = server.url()
        client, versions = OcpiClient(context, endpoint, PROBE), versions_door(context, endpoint, identity.name)
        addresses, unreached = await answering(client, book, versions, PROBE)
        ground = Ground(
            context=context,
            endpoint=endpoint,
            identity=identity,
            own=PartyInRole(party=identity.party, role=identity.role),
            offered=offered,
            versions=versions,
            doors=module_doors(context, endpoint, identity.name),
            client=client,
            desk=Desk(context, identity.name, leftover(context.target, identity, offered[-1])),
            server=server,
            partner=partner,
            pending=Pending(book),
            addresses=addresses,
            unreached=unreached,
        )
        await Scenario(ground).run()


def _offered(context: ProbeContext, endpoint: Endpoint, identity: str) -> tuple[Interface, ...]:
    """The credentials interfaces of the versions that there is data for, oldest first."""
    found = [i for i in interfaces_of(context, endpoint, identity) if i.module == CREDENTIALS and i.version in VERSIONS]
    return tuple(sorted(found, key=lambda i: VERSIONS.index(i.version)))


def _served(context: ProbeContext, settings: PartnerServer, identity: str) -> ServeIntent:
    return ServeIntent(
        effect=Effect.REGISTRATION,
        environment=context.target.name,
        probe=PROBE,
        purpose="be called back as the partner that registers",
        identity=identity,
        host=settings.host,
        port=settings.port,
        nonce=secrets.token_urlsafe(16),
        deadline_s=_DEADLINE_S,
        certificate_file=str(settings.certificate_file),
        key_file=str(settings.key_file),
        origin=settings.url,
    )
