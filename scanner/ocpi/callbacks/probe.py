"""Probe `ocpi-callbacks`: commands at the EVSE that the configuration names, and where their results go.

Needs `allow: [actuate, registration]`, `evses` and a `partner_server`: a platform sends results to a partner that it
knows. It registers anew (PUT), so it comes after registrations, as an identity whose registration is not ended.
"""

from collections.abc import Iterable
from functools import partial
from random import Random
from typing import Final

from scanner.model.effect import Effect, Mode
from scanner.model.facts.ocpi.callbacks import CALLBACK_FACTS
from scanner.model.facts.ocpi.requests import REQUEST_FACTS, STARTED_FACTS
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.intent import PlannedRequest
from scanner.model.leftover import Leftover
from scanner.model.observation import Reason
from scanner.model.ocpi.specification import VERSIONS
from scanner.model.party import Identity, Right, Role
from scanner.model.subject import Side
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.ocpi.callbacks.commands import STOP, Commanding
from scanner.ocpi.callbacks.following import Following
from scanner.ocpi.callbacks.named_evse import MOST_PAGES, NamedEvse, find
from scanner.ocpi.callbacks.platform import ResultPlatform
from scanner.ocpi.callbacks.second_listener import second_is_called
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.credentials.made_up_partner import MadeUpPartner
from scanner.ocpi.credentials.probe import leftover, may_register
from scanner.ocpi.credentials.renewed import renewed
from scanner.ocpi.interfaces import Interface, discovered
from scanner.ocpi.notes import Notebook, not_configured
from scanner.ocpi.partner_probe import PartnerProbe
from scanner.ocpi.planned import planned
from scanner.ocpi.reply import NoReply
from scanner.ocpi.requests import profiles, remote_sessions, reservations
from scanner.ocpi.requests.walking import Walking
from scanner.ocpi.rogue.spellings import inward_places, spellings
from scanner.probe import ProbeContext

PROBE: Final = "ocpi-callbacks"
_FACTS: Final = (*CALLBACK_FACTS, *REQUEST_FACTS, *STARTED_FACTS)
_FOLLOWED: Final = 4
_PATIENCE_S: Final = 60.0  # for one result
_AGAIN: Final = 3  # a PUT that is asked to come back later


class CallbacksProbe(PartnerProbe):
    """At each endpoint as the first identity that may; `after`: the probes that need the tokens of before.

    `patience_s`: for a result, or a session, to come; `ends_within_s`: for a session that was stopped to be over.
    """

    name = PROBE
    provides: frozenset[type] = frozenset(_FACTS)
    kinds = _FACTS
    nobody = "no disposable eMSP identity with a party and a sink stays registered and may send commands"

    def __init__(
        self, after: Iterable[str], patience_s: float = _PATIENCE_S, ends_within_s: float = _PATIENCE_S
    ) -> None:
        super().__init__(after)
        self._patience_s = patience_s
        self._ends_within_s = ends_within_s

    def why_not(self, target: EnvironmentTarget) -> NoReply | None:
        """See `PartnerProbe.why_not`."""
        return _why_not(target)

    def may(self, target: EnvironmentTarget, identity: Identity) -> bool:
        """See `PartnerProbe.may`."""
        contract = target.contract_of(identity)
        granted = contract is None or contract.allows("commands", Side.RECEIVER, Right.WRITE)
        stays = not identity.unregister and identity.revoked_at is None
        return may_register(identity) and identity.role is Role.EMSP and granted and stays

    def planned(self, target: EnvironmentTarget, endpoint: Endpoint, identity: Identity) -> Iterable[PlannedRequest]:
        """The commands, the registration before them, and the reads that find the EVSE."""
        return _planned(target, endpoint, identity)

    async def be_partner(self, context: ProbeContext, endpoint: Endpoint, identity: Identity) -> None:
        """Send the commands, and wait for their results."""
        await _look(context, endpoint, identity, self._patience_s, self._ends_within_s)


def _why_not(target: EnvironmentTarget) -> NoReply | None:
    if not target.mode.includes(Mode.EXERCISE):
        detail = f"commands need mode {Mode.EXERCISE}; the scan ran in mode {target.mode}"
        return NoReply(reason=Reason.NOT_PERMITTED, detail=detail)
    lacking = sorted({Effect.ACTUATE, Effect.REGISTRATION} - target.allow)
    if lacking:
        detail = f"commands whose results come back need `allow: [{', '.join(lacking)}]`"
        return NoReply(reason=Reason.NOT_PERMITTED, detail=detail)
    if not target.evses:
        return not_configured("no EVSE is named that may be moved (`evses`)")
    if target.partner_server is None:
        return not_configured("results need a `partner_server`, which the platform calls back")
    return None


def _planned(target: EnvironmentTarget, endpoint: Endpoint, identity: Identity) -> Iterable[PlannedRequest]:
    server = target.partner_server
    places = inward_places(server.inward, server.host) if server else ()
    walked = reservations.MOST + remote_sessions.MOST + profiles.MOST
    commands = _FOLLOWED + 1 + sum(len(spellings(place)) for place in places) + walked
    asked = "COMMANDS (UNLOCK_CONNECTOR, RESERVE_NOW, CANCEL_RESERVATION, START_ and STOP_SESSION), charging profiles"
    what = f"{asked} that move EVSE {' or '.join(sorted(target.evses))}"
    line = partial(PlannedRequest, probe=PROBE, environment=target.name, identity=identity.name, at_least=0)
    running = tuple(_running(target, identity, evse) for evse in sorted(target.evses))
    yield line(effect=Effect.ACTUATE, what=what, at_most=commands, leaves=running)
    yield line(
        effect=Effect.REGISTRATION,
        what=f"PUT of credentials of {identity.party} with a platform that takes the results, after one that leads to "
        "the second port, to be refused",
        at_most=2 * _AGAIN,
        leaves=(leftover(target, identity, None),),
    )
    yield planned(PROBE, "GETs of locations, until the named EVSE is found", MOST_PAGES, target, endpoint)
    pages = profiles.MOST_PAGES * len(target.speakers(endpoint))
    yield planned(PROBE, "GETs of sessions, until one at the named EVSE is found", pages, target, endpoint)
    looks, what = (
        remote_sessions.MOST_LOOKS,
        "GETs of sessions (a page), until the one that was started is seen, and over",
    )
    yield planned(PROBE, what, looks, target, endpoint)


def _running(target: EnvironmentTarget, identity: Identity, evse: str) -> Leftover:
    """Where it could not be stopped; the list and the URL are known when it is started."""
    return Leftover(
        what=f"a session at EVSE {evse}, which the scan starts and stops, and `cleanup` where the scan could not",
        environment=target.name,
        identity=identity.name,
        module="commands",
        undo_method="POST",
        undo_url=STOP,
    )


async def _look(
    context: ProbeContext, endpoint: Endpoint, identity: Identity, patience_s: float, ends_within_s: float
) -> None:
    book = Notebook(context, endpoint, identity.name)
    at = _newest(context, endpoint, identity.name)
    settings = context.target.partner_server
    if at is None or settings is None or identity.party is None or identity.role is None:
        detail = "the platform offers this identity no version with commands, locations and credentials"
        book.missing(book.platform(), _FACTS, NoReply(reason=Reason.CONTROL_FAILED, detail=detail))
        return
    commands, locations, credentials = at
    evse = await find(OcpiClient(context, endpoint, PROBE), locations, context.target.evses)
    if not isinstance(evse, NamedEvse):
        detail = f"none of the EVSEs that are named in `evses` stands in {locations.name}"
        why = evse or NoReply(reason=Reason.CONTROL_FAILED, detail=detail)
        book.missing(commands.subject, _FACTS, why)
        return
    second_called = await second_is_called(context, settings, identity, credentials, PROBE)
    partner = MadeUpPartner(identity.party, (commands.version,), context.now)
    platform = ResultPlatform(context=context, settings=settings, identity=identity.name, probe=PROBE, partner=partner)
    async with platform.opened() as closed:
        if closed is not None:
            book.missing(commands.subject, _FACTS, closed)
            return
        why_none = await renewed(context, identity, credentials, partner, PROBE)
        if why_none is not None:
            book.missing(commands.subject, _FACTS, why_none)
            return
        following = Following(
            context=context,
            interface=commands,
            platform=platform,
            commanding=Commanding(
                version=commands.version,
                party=identity.party,
                evse=evse,
                ids=Random(f"{context.seed}/{context.now.isoformat()}/{PROBE}/{identity.name}"),  # noqa: S311 - ids
                now=context.now,
            ),
            probe=PROBE,
            calls=len(platform.first.calls) if platform.first else 0,
            second_called=second_called,
            patience_s=patience_s,
        )
        facts = await following.run()
        walking = Walking(
            context=context,
            endpoint=endpoint,
            identity=identity,
            commands=commands,
            platform=platform,
            commanding=following.commanding,
            probe=PROBE,
            patience_s=patience_s,
            ends_within_s=ends_within_s,
        )
        await walking.walk()
    for fact in facts:
        if following.evidence:
            book.seen(commands.subject, fact, *following.evidence)
        else:
            why = NoReply(reason=Reason.CONTROL_FAILED, detail="no command was answered")
            book.missing(commands.subject, (type(fact),), why)


def _newest(context: ProbeContext, endpoint: Endpoint, identity: str) -> tuple[Interface, Interface, Interface] | None:
    """Commands, locations and credentials of the newest version that has all three."""
    mine = [
        interface
        for interface in discovered(context, endpoint)
        if interface.credential.identity == identity and interface.place is UrlPlace.IN_SCOPE
    ]
    for version in reversed(VERSIONS):
        here = [interface for interface in mine if interface.version == version]
        commands = next((i for i in here if i.module == "commands" and i.side is not Side.SENDER), None)
        locations = next((i for i in here if i.module == "locations" and i.side is not Side.RECEIVER), None)
        credentials = next((i for i in here if i.module == "credentials"), None)
        if commands and locations and credentials:
            return commands, locations, credentials
    return None
