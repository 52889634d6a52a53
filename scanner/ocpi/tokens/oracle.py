"""Probe `ocpi-token-oracle`: does a refusal tell, by words or by time, that a token was almost right?

Times are compared only where the samples are at most a quarter of `max_refusals`; they go over one connection, in an
order that is drawn by the seed, with valid tokens between them, so that whatever slows the target slows all alike.
"""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from scanner.model.credential import Credential, MadeUpCredential, NearMiss, NearMissCredential
from scanner.model.facts.ocpi.answer import Access
from scanner.model.facts.ocpi.tokens import RefusalTimes, RefusalWordings
from scanner.model.intent import PlannedRequest
from scanner.model.observation import Reason
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.model.witness import Witness
from scanner.ocpi.interfaces import why_nothing
from scanner.ocpi.notes import Notebook
from scanner.ocpi.planned import planned
from scanner.ocpi.reply import NoReply, Reply
from scanner.ocpi.share import Left, kept_for_guesses
from scanner.ocpi.tokens.asking import NotSent, TokenAsker
from scanner.ocpi.tokens.doors import TokenDoor, versions_door
from scanner.ocpi.tokens.forms import made_up_header
from scanner.ocpi.tokens.matching import NAME as MATCHING
from scanner.ocpi.tokens.rank_test import rank_test
from scanner.ocpi.tokens.samples import FEWEST, NEAR, SAMPLES, WORDINGS
from scanner.ocpi.tokens.talk import OPEN, SAYS_WAIT, Talk
from scanner.ocpi.tokens.wording import wording
from scanner.probe import ProbeContext

NAME: Final = "ocpi-token-oracle"
_BETWEEN: Final = 8  # samples between two valid tokens: a count of wrong ones in a row starts again
_TIMES: Final = 2 * SAMPLES + 2 * SAMPLES // _BETWEEN + 1
_BOTH: Final = (RefusalWordings, RefusalTimes)


@dataclass(frozen=True, slots=True)
class _Ended(Exception):
    why: NoReply


class TokenOracleProbe:
    """The versions URL, with tokens that are unknown, almost right, and malformed."""

    name = NAME
    witness = Witness.PROTOCOL
    provides: frozenset[type] = frozenset(_BOTH)
    reads: frozenset[str] = frozenset({"ocpi-discovery"})
    after: frozenset[str] = reads | {MATCHING}  # takes what that one leaves of the refusal budget

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """A few refusals, and the samples where they fit."""
        for endpoint in target.endpoints:
            speakers = target.speakers(endpoint)
            if speakers:
                what = f"GET of {endpoint.versions_url} with unknown, almost right and malformed tokens, timed"
                names = ", ".join(s.name for s in speakers)
                gets = 1 + WORDINGS + _TIMES
                yield replace(planned(self.name, what, gets, target, endpoint), identity=names)

    async def run(self, context: ProbeContext) -> None:
        """Words first, then times."""
        for endpoint in context.target.endpoints:
            book, door = Notebook(context, endpoint, None), versions_door(context, endpoint)
            if door is None:
                book.missing(book.platform(), _BOTH, why_nothing(context, endpoint))
                continue
            asking = _Asking(context, endpoint, door)
            for kind, look in ((RefusalWordings, asking.words), (RefusalTimes, asking.times)):
                try:
                    await look(book)
                except _Ended as ended:
                    book.missing(door.subject, (kind,), ended.why)


class _Asking:
    def __init__(self, context: ProbeContext, endpoint: Endpoint, door: TokenDoor) -> None:
        self._context, self._door = context, door
        self._asker = TokenAsker(context, NAME, endpoint.name)
        self._left = Left(context, endpoint)

    async def words(self, book: Notebook) -> None:
        """Two unknown tokens, the near misses, one malformed."""
        talk = Talk(title="refusals of unknown, almost right and malformed tokens")
        await self._valid()
        unknown = [await self._get("an unknown token", self._unknown()) for _ in range(2)]
        near = [(miss, await self._optional(f"the token {miss}", self._near(miss))) for miss in NEAR]
        malformed = await self._get("a malformed token", MadeUpCredential(header_value="Token ~"))
        sent = [(miss, reply) for miss, reply in near if reply is not None]
        if not sent:
            detail = "no near miss of this token could be sent"
            raise _Ended(NoReply(reason=Reason.NOT_CONFIGURED, detail=detail))
        every = [*unknown, *(reply for _, reply in sent), malformed]
        said = ("unknown", "unknown", *(miss for miss, _ in sent), "malformed")
        answers = [talk.heard(form, reply) for form, reply in zip(said, every, strict=True)]
        fact = RefusalWordings(
            unknown=tuple(wording(reply) for reply in unknown),
            near=tuple((miss, wording(reply)) for miss, reply in sent),
            malformed=wording(malformed),
            open=any(reply.access is not Access.REFUSED for reply in every[:-1]),
            curl=answers[len(unknown)].curl,
        )
        book.seen(self._door.subject, fact, talk.store(book))

    async def times(self, book: Notebook) -> None:
        """So many of both kinds, mixed."""
        cap = self._context.target.limits.max_refusals
        if cap < FEWEST:
            detail = f"{2 * SAMPLES} refusals were not timed: they are too many for max_refusals: {cap}"
            advice = f"; with {FEWEST} they are asked for"
            raise _Ended(NoReply(reason=Reason.NOT_PERMITTED, detail=detail + advice))
        kinds = [False, True] * SAMPLES
        self._asker.random.shuffle(kinds)
        taken: dict[bool, list[float]] = {False: [], True: []}
        talk, curl = Talk(title="times of refusals"), ""
        for number, near in enumerate(kinds):
            if number % _BETWEEN == 0:
                await self._valid()
            said = f"the token {NEAR[0]}" if near else "an unknown token"
            reply = await self._get(said, self._near(NEAR[0]) if near else self._unknown())
            if reply.access is not Access.REFUSED:
                detail = f"{said} was not refused ({reply.answer.said()}), so there is no time to compare"
                raise _Ended(NoReply(reason=Reason.CONTROL_FAILED, detail=detail))
            taken[near].append(reply.exchange.elapsed_s)
            if near and not curl:
                curl = talk.heard(said, reply).curl
        fact = _compared(taken[False], taken[True], curl)
        more = {"unknown_s": [*taken[False]], "near_s": [*taken[True]]}
        book.seen(self._door.subject, fact, talk.store(book, {**more}))

    async def _valid(self) -> None:
        reply = await self._get("the valid token", self._door.credential)
        if reply.access not in OPEN:
            detail = f"the valid token got {reply.answer.said()}, so a refusal means nothing"
            raise _Ended(NoReply(reason=Reason.CONTROL_FAILED, detail=detail))

    async def _get(self, said: str, credential: Credential) -> Reply:
        reply = await self._optional(said, credential)
        if reply is None:
            raise _Ended(NoReply(reason=Reason.NOT_CONFIGURED, detail=f"{said} could not be sent"))
        return reply

    async def _optional(self, said: str, credential: Credential) -> Reply | None:
        real = credential == self._door.credential
        if not real and (why := self._left.nothing(self._door.url, said, kept_for_guesses)):
            raise _Ended(why)
        heard = await self._asker.get(self._door.url, said, credential, connection=f"{NAME} {self._door.url}")
        if isinstance(heard, NotSent):
            return None
        if isinstance(heard, NoReply):
            raise _Ended(heard)
        if heard.exchange.status in SAYS_WAIT:
            detail = f"{said} was answered with HTTP {heard.exchange.status}: the platform slows us down"
            raise _Ended(NoReply(reason=Reason.ACCESS_DENIED, detail=detail))
        return heard

    def _unknown(self) -> MadeUpCredential:
        clear = f"{self._asker.random.getrandbits(172):043x}"
        return MadeUpCredential(header_value=made_up_header(clear, self._door.credential.encoding))

    def _near(self, miss: NearMiss) -> NearMissCredential:
        credential = self._door.credential
        return NearMissCredential(identity=credential.identity, miss=miss, encoding=credential.encoding)


def _compared(unknown: list[float], near: list[float], curl: str) -> RefusalTimes:
    test = rank_test(unknown, near)
    lower, _, upper = statistics.quantiles(unknown, n=4)
    return RefusalTimes(
        samples=min(len(unknown), len(near)),
        unknown_s=statistics.median(unknown),
        near_s=statistics.median(near),
        p_value=test.p_value,
        superiority=test.superiority,
        spread_s=upper - lower,
        curl=curl,
    )
