"""Probe `ocpi-registration`: register, renew, and end with identities that may, when everybody else has looked.

Needs mode exercise, `allow: [registration]`, a disposable identity with a party, a role and a sink, and a
`partner_server` that the platform calls back. It comes after all other probes, because it replaces tokens.
"""

import secrets
from collections.abc import Iterable
from typing import Final

from scanner.model.effect import Effect
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
from scanner.ocpi.partner_probe import PartnerProbe, why_no_registration
from scanner.ocpi.planned import MOST_SENT
from scanner.ocpi.reply import NoReply
from scanner.ocpi.serving import serving
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


class RegistrationProbe(PartnerProbe):
    """One scenario for each identity that may register; `after`: every other probe that speaks as one."""

    name = PROBE
    provides: frozenset[type] = frozenset(_PROVIDES)
    kinds = _PROVIDES
    nobody = "no disposable identity has a party, a role and a sink to register with"

    def why_not(self, target: EnvironmentTarget) -> NoReply | None:
        """See `PartnerProbe.why_not`."""
        if why := why_no_registration(target, "registrations need"):
            return why
        if target.partner_server is None:
            return not_configured("registrations need a `partner_server`, which the platform calls back")
        return None

    def may(self, _target: EnvironmentTarget, identity: Identity) -> bool:
        """See `PartnerProbe.may`."""
        return may_register(identity)

    def those(self, able: tuple[Identity, ...]) -> tuple[Identity, ...]:
        """All of them: whose token the platform calls whom with is seen where several register."""
        return able

    def planned(self, target: EnvironmentTarget, endpoint: Endpoint, identity: Identity) -> Iterable[PlannedRequest]:
        """The exchanges of an identity, and what stays of them."""
        yield from _planned(target, endpoint, identity)

    async def be_partner(self, context: ProbeContext, endpoint: Endpoint, identity: Identity) -> None:
        """The scenario of one identity, with a platform that is called back for as long as it takes."""
        if not _in_focus(context, identity):
            return
        book = Notebook(context, endpoint, identity.name)
        offered = _offered(context, endpoint, identity.name)
        settings = context.target.partner_server
        if not offered or identity.party is None or identity.role is None or settings is None:
            book.missing(book.platform(), _PROVIDES, why_nothing(context, endpoint))
            return
        partner = MadeUpPartner(identity.party, tuple(i.version for i in offered), context.now)
        own = PartyInRole(party=identity.party, role=identity.role)
        async with serving(context, _served(context, settings, identity.name), partner.answer) as server:
            if isinstance(server, NoReply):
                book.missing(book.platform(), _PROVIDES, server)
                return
            partner.base = server.url()
            client, versions = OcpiClient(context, endpoint, PROBE), versions_door(context, endpoint, identity.name)
            addresses, unreached = await answering(client, book, versions, PROBE)
            ground = Ground(
                context=context,
                endpoint=endpoint,
                identity=identity,
                own=own,
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
