"""Probe `ocpi-sent-commands`: the target's operator has it send us commands, at a time that was agreed.

We renew as a CPO whose platform is ours, accept what comes, and answer: the first command twice, the second as another
partner and without a token before we do it rightly, the third after its timeout. The party has no Charge Point, so a
command moves nothing. What anybody could guess is told from the `response_url`s alone: at a guessed one there may be
somebody else's command.
"""

import asyncio
import secrets
from collections.abc import Iterable
from datetime import UTC
from random import Random
from typing import Final

from scanner.model.credential import IdentityCredential
from scanner.model.effect import Effect
from scanner.model.facts.ocpi.sent_commands import SENT_COMMAND_FACTS
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.intent import PlannedRequest, ServeIntent
from scanner.model.observation import Reason
from scanner.model.ocpi.specification import VERSIONS
from scanner.model.party import Commanded, Identity, Role
from scanner.model.target import Endpoint, EnvironmentTarget, PartnerServer
from scanner.ocpi.appointment import LONGEST_WAIT_S, not_now, out_of_time, time_is_up
from scanner.ocpi.credentials.doors import CREDENTIALS
from scanner.ocpi.credentials.made_up_partner import MadeUpPartner
from scanner.ocpi.credentials.probe import leftover, may_register
from scanner.ocpi.credentials.renewed import renewed
from scanner.ocpi.interfaces import Interface, discovered
from scanner.ocpi.notes import Notebook, not_configured
from scanner.ocpi.partner_probe import PartnerProbe, why_no_registration
from scanner.ocpi.reply import NoReply
from scanner.ocpi.sent_commands.answering import Answering, Pause
from scanner.ocpi.sent_commands.platform import CommandedPlatform
from scanner.ocpi.sent_commands.stay import Seen, Stay
from scanner.ocpi.serving import serving
from scanner.probe import ProbeContext

PROBE: Final = "ocpi-sent-commands"
_PATIENCE_S: Final = 300.0  # for each command
_TIMEOUT_S: Final = 60
_SHORT_TIMEOUT_S: Final = 5
_LATE_AFTER_S: Final = 30.0
_THE_LATE_ONE: Final = 2
_RESULTS: Final = 3  # of one command at most
_AGAIN: Final = 3  # a PUT that is asked to come back later
_WITHOUT_RESULTS: Final = "2.1"  # its results are no objects of their own, and have no timeout


class SentCommandsProbe(PartnerProbe):
    """As the first identity that is commanded; `after`: the probes that need the tokens of before.

    `short_s`: the timeout of the command whose result comes late, after a `pause`.
    """

    name = PROBE
    provides: frozenset[type] = frozenset(SENT_COMMAND_FACTS)
    kinds = SENT_COMMAND_FACTS
    nobody = "no disposable CPO identity with a party and a sink says when the platform sends it commands (`commanded`)"

    def __init__(
        self,
        after: Iterable[str],
        patience_s: float = _PATIENCE_S,
        short_s: int = _SHORT_TIMEOUT_S,
        pause: Pause = asyncio.sleep,
    ) -> None:
        super().__init__(after)
        self._patience_s = patience_s
        self._short_s = short_s
        self._pause = pause

    def why_not(self, target: EnvironmentTarget) -> NoReply | None:
        """See `PartnerProbe.why_not`."""
        needing = "commands that the platform sends need"
        if why := why_no_registration(target, needing):
            return why
        if Effect.ACTUATE not in target.allow:
            return NoReply(reason=Reason.NOT_PERMITTED, detail=f"{needing} `allow: [{Effect.ACTUATE}]`")
        return None if target.partner_server else not_configured(f"{needing} a `partner_server`")

    def may(self, _target: EnvironmentTarget, identity: Identity) -> bool:
        """See `PartnerProbe.may`."""
        stays = not identity.unregister and identity.revoked_at is None
        return identity.commanded is not None and identity.role is Role.CPO and may_register(identity) and stays

    def planned(self, target: EnvironmentTarget, _endpoint: Endpoint, identity: Identity) -> Iterable[PlannedRequest]:
        """What the operator has to do when, the registration before it, and our results."""
        if identity.commanded is None:
            return
        at, count = f"{identity.commanded.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC", identity.commanded.count
        server = target.partner_server
        where = (server.url or f"https://localhost:{server.port}") if server else ""
        yield PlannedRequest(
            probe=PROBE,
            effect=Effect.REGISTRATION,
            environment=target.name,
            what=f"PUT of credentials of {identity.party} with a platform at {where} that takes commands",
            at_least=0,
            at_most=_AGAIN,
            identity=identity.name,
            leaves=(leftover(target, identity, None),),
        )
        yield PlannedRequest(
            probe=PROBE,
            effect=Effect.ACTUATE,
            environment=target.name,
            what=f"SEND {count} COMMANDS FROM THE PLATFORM TO {identity.party} from {at} on, one after the other, "
            "while the scan waits: CANCEL_RESERVATION, of a reservation that does not exist, will do; their results "
            "are sent again, late, as another identity and without a token",
            at_least=0,
            at_most=count * _RESULTS,
            identity=identity.name,
        )

    async def be_partner(self, context: ProbeContext, endpoint: Endpoint, identity: Identity) -> None:
        """Wait for the operator, and answer."""
        book = Notebook(context, endpoint, identity.name)
        seen = await self._look(context, endpoint, identity)
        if isinstance(seen, NoReply):
            book.missing(book.platform(), self.kinds, seen)
        else:
            fact, evidence = seen
            book.seen(book.platform(), fact, *evidence)

    async def _look(self, context: ProbeContext, endpoint: Endpoint, identity: Identity) -> Seen | NoReply:
        commanded, settings = identity.commanded, context.target.partner_server
        if commanded is None or settings is None or identity.party is None:
            return not_configured(self.nobody)
        if why := not_now(commanded.at, f"`at` in `commanded` of {identity.name}"):
            return why
        ends = time_is_up(context, endpoint)
        if commanded.at >= ends:
            return out_of_time("the platform is to send commands: nothing could be answered")
        at = _newest(context, endpoint, identity.name)
        if at is None:
            detail = "the platform offers this identity credentials in no version whose commands have results"
            return NoReply(reason=Reason.CONTROL_FAILED, detail=detail)
        partner = MadeUpPartner(identity.party, (at.version,), context.now)
        timeouts = (self._short_s if number == _THE_LATE_ONE else _TIMEOUT_S for number in range(commanded.count))
        platform = CommandedPlatform(partner=partner, timeouts_s=tuple(timeouts))
        async with serving(context, _intent(context, settings, identity.name, commanded), platform.answer) as server:
            if isinstance(server, NoReply):
                return server
            partner.base = server.url()
            if why := await renewed(context, identity, at, partner, PROBE):
                return why
            another = _another(context, endpoint, identity)
            answering = Answering(
                context=context,
                endpoint=endpoint,
                own=at.credential,
                another=another,
                another_answers=another is not None and context.target.identity(another.identity).role is Role.CPO,
                probe=PROBE,
                ids=Random(f"{context.seed}/{PROBE}/{identity.name}"),  # noqa: S311 - message ids
                late_after_s=_LATE_AFTER_S,
                ends=ends,
                pause=self._pause,
            )
            stay = Stay(
                platform=platform, answering=answering, commanded=commanded, patience_s=self._patience_s, ends=ends
            )
            return await stay.until_the_last(server)


def _newest(context: ProbeContext, endpoint: Endpoint, identity: str) -> Interface | None:
    """The credentials module of the newest version."""
    return next(iter(_credentials(context, endpoint, identity)), None)


def _credentials(context: ProbeContext, endpoint: Endpoint, identity: str) -> list[Interface]:
    found = [
        one
        for one in discovered(context, endpoint)
        if one.module == CREDENTIALS
        and one.credential.identity == identity
        and one.place is UrlPlace.IN_SCOPE
        and one.version in VERSIONS
        and not one.version.startswith(_WITHOUT_RESULTS)
    ]
    return sorted(found, key=lambda one: VERSIONS.index(one.version), reverse=True)


def _another(context: ProbeContext, endpoint: Endpoint, identity: Identity) -> IdentityCredential | None:
    """Another disposable partner; a CPO before others, who may answer no command at all and so show a breach alone."""
    others = [
        one
        for one in context.target.speakers(endpoint)
        if one.name != identity.name and one.disposable and one.party != identity.party
    ]
    for one in sorted(others, key=lambda one: one.role is not Role.CPO):
        if at := _newest(context, endpoint, one.name):
            return at.credential
    return None


def _intent(context: ProbeContext, settings: PartnerServer, identity: str, commanded: Commanded) -> ServeIntent:
    return ServeIntent(
        effect=Effect.REGISTRATION,
        environment=context.target.name,
        probe=PROBE,
        purpose="take commands of the platform",
        identity=identity,
        host=settings.host,
        port=settings.port,
        nonce=secrets.token_urlsafe(16),
        deadline_s=LONGEST_WAIT_S + _PATIENCE_S * (1 + commanded.count),
        certificate_file=str(settings.certificate_file),
        key_file=str(settings.key_file),
        origin=settings.url,
        takes_commands=True,
    )
