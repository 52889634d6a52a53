"""Probe `ocpi-token-claims`: a message that is sent twice, and a token that speaks in the name of another party.

Both are reads with a valid token in its place. That a token of one endpoint is refused at another cannot be asked: a
real token goes to the platform that issued it and nowhere else, so the gate lets no such request out.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from scanner.model.facts.ocpi.tokens import ClaimedPartyTried, ReplayAnswered
from scanner.model.intent import PlannedRequest
from scanner.model.observation import Reason
from scanner.model.party import Identity, Party
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.model.witness import Witness
from scanner.ocpi.interfaces import why_nothing
from scanner.ocpi.notes import WITH_IDS, Notebook
from scanner.ocpi.planned import planned
from scanner.ocpi.reply import NoReply, Reply
from scanner.ocpi.routing_headers import sent_from
from scanner.ocpi.tokens.asking import Heard, NotSent, TokenAsker
from scanner.ocpi.tokens.doors import TokenDoor, module_doors
from scanner.ocpi.tokens.talk import Talk
from scanner.ocpi.version_lists import MOST_ENDPOINTS, MOST_VERSIONS
from scanner.probe import ProbeContext

NAME: Final = "ocpi-token-claims"
_BOTH: Final = (ReplayAnswered, ClaimedPartyTried)
_NOT_ROUTED: Final = frozenset({"credentials", "hubclientinfo"})  # 2.2.1 transport_and_format, message routing
_GETS: Final = 3  # the read, the same again, the same in another name


class TokenClaimsProbe:
    """Three reads for each module from 2.2 on, as the first identity that was offered it."""

    name = NAME
    witness = Witness.PROTOCOL
    provides: frozenset[type] = frozenset(_BOTH)
    after: frozenset[str] = frozenset({"ocpi-discovery"})

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """Nothing where there is no identity."""
        for endpoint in target.endpoints:
            speakers = target.speakers(endpoint)
            if speakers:
                gets = _GETS * MOST_VERSIONS * MOST_ENDPOINTS * len(speakers)
                what = f"GET of modules of {endpoint.versions_url}, each twice, and in the name of another identity"
                names = ", ".join(s.name for s in speakers)
                yield replace(planned(self.name, what, gets, target, endpoint), identity=names)

    async def run(self, context: ProbeContext) -> None:
        """One module after the other."""
        for endpoint in context.target.endpoints:
            asker, book = TokenAsker(context, NAME, endpoint.name), Notebook(context, endpoint, None)
            modules = [door for door in module_doors(context, endpoint) if door.subject.version in WITH_IDS]
            if not modules:
                book.missing(book.platform(), _BOTH, _why_none(context, endpoint))
            for door in modules:
                await _try(context, asker, book, door)


async def _try(context: ProbeContext, asker: TokenAsker, book: Notebook, door: TokenDoor) -> None:
    ids = asker.new_ids()
    first = await asker.get(door.url, f"{door.name} with the valid token", door.credential, ids=ids)
    again = await asker.get(door.url, f"{door.name} with the same message again", door.credential, ids=ids)
    if not isinstance(first, Reply) or not isinstance(again, Reply):
        book.missing(door.subject, _BOTH, _failure(first, again))
        return
    talk = Talk(title=f"{door.name}: the same message twice")
    fact = ReplayAnswered(
        first=talk.heard("the first time", first),
        second=talk.heard("the second time", again),
        same_data=json.dumps(first.data, sort_keys=True) == json.dumps(again.data, sort_keys=True),
    )
    book.seen(door.subject, fact, talk.store(book, {"same_data": fact.same_data}))
    await _in_another_name(context, asker, book, door, first)


async def _in_another_name(
    context: ProbeContext, asker: TokenAsker, book: Notebook, door: TokenDoor, first: Reply
) -> None:
    kinds = (ClaimedPartyTried,)
    speaker = context.target.identity(door.credential.identity)
    other = _other_party(context.target, speaker)
    if door.subject.module in _NOT_ROUTED:
        return
    if speaker.party is None or other is None:
        detail = "no second identity with a party of its own is configured, in whose name could be spoken"
        book.missing(door.subject, kinds, NoReply(reason=Reason.ONE_IDENTITY_ONLY, detail=detail))
        return
    wanted = f"{door.name} in the name of {other}"
    heard = await asker.get(door.url, wanted, door.credential, headers=sent_from(other))
    if not isinstance(heard, Reply):
        book.missing(door.subject, kinds, _failure(heard))
        return
    talk = Talk(title=wanted)
    fact = ClaimedPartyTried(
        party=str(speaker.party),
        claimed=str(other),
        valid=talk.heard("in no name", first),
        answer=talk.heard(f"in the name of {other}", heard),
    )
    book.seen(door.subject, fact, talk.store(book))


def _other_party(target: EnvironmentTarget, speaker: Identity) -> Party | None:
    return next((i.party for i in target.identities if i.party and i.party != speaker.party), None)


def _failure(*heard: Heard) -> NoReply:
    for one in heard:
        if not isinstance(one, Reply):
            return one.why if isinstance(one, NotSent) else one
    raise ValueError("all of them were answered")


def _why_none(context: ProbeContext, endpoint: Endpoint) -> NoReply:
    if module_doors(context, endpoint):
        detail = "messages have ids and routing headers from OCPI 2.2 on, and no such version is offered"
        return NoReply(reason=Reason.NOT_CONFIGURED, detail=detail)
    return why_nothing(context, endpoint)
