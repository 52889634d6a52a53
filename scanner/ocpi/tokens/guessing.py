"""Probe `ocpi-token-guessing`: a few tokens that nobody should have, and whether the platform minds being guessed at.

Runs last: a ban hits everybody behind our address. Every guess is a read with a wrong token, within `max_guesses` and
`max_refusals`; a platform that slows us down is left alone from then on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from msgspec import structs

from scanner.model.facts.ocpi.answer import Answer
from scanner.model.facts.ocpi.tokens import GuessesTried
from scanner.model.intent import MadeUpCredential, PlannedRequest
from scanner.model.observation import Reason
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.model.witness import Witness
from scanner.ocpi.interfaces import why_nothing
from scanner.ocpi.notes import Notebook
from scanner.ocpi.planned import planned
from scanner.ocpi.reply import NoReply, Reply
from scanner.ocpi.share import Left
from scanner.ocpi.tokens.asking import Heard, NotSent, TokenAsker
from scanner.ocpi.tokens.dictionary import Guess, guesses
from scanner.ocpi.tokens.doors import TokenDoor, versions_door
from scanner.ocpi.tokens.forms import made_up_header
from scanner.ocpi.tokens.talk import OPEN, SAYS_WAIT, Talk
from scanner.probe import ProbeContext

NAME: Final = "ocpi-token-guessing"
_SHOWN: Final = 3  # exchanges in the evidence; the others are like them
_MEANT: Final = 2  # guesses in a row without an answer: one may be lost on the way


@dataclass(slots=True)
class _Going:
    """How far the guessing is."""

    tried: int = 0
    unanswered: int = 0
    in_a_row: int = 0  # of those
    opened: set[str] = field(default_factory=set)
    statuses: set[int] = field(default_factory=set)
    slowed_by: str | None = None
    stopped: str | None = None
    curl: str = ""


class TokenGuessingProbe:
    """The versions URL, with one word of the dictionary after the other. `others`: everything that looks before."""

    name = NAME
    witness = Witness.PROTOCOL
    reads: frozenset[str] = frozenset({"ocpi-discovery"})
    provides: frozenset[type] = frozenset({GuessesTried})

    def __init__(self, others: Iterable[str]) -> None:
        self.after: frozenset[str] = self.reads | frozenset(others)

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """The guesses, and a valid token before and after."""
        for endpoint in target.endpoints:
            if target.speakers(endpoint):
                what = f"GET of {endpoint.versions_url} with up to {target.limits.max_guesses} tokens of a dictionary"
                yield planned(self.name, what, target.limits.max_guesses + 2, target, endpoint)

    async def run(self, context: ProbeContext) -> None:
        """Only where a valid token is known to open the door: else a refusal means nothing."""
        for endpoint in context.target.endpoints:
            book, door = Notebook(context, endpoint, None), versions_door(context, endpoint)
            if door is None:
                book.missing(book.platform(), (GuessesTried,), why_nothing(context, endpoint))
                continue
            asker = TokenAsker(context, NAME, endpoint.name)
            before = await _valid(asker, door)
            if not isinstance(before, Reply) or before.access not in OPEN:
                book.missing(door.subject, (GuessesTried,), _not_open(before))
                continue
            await _guess(context, asker, book, door, endpoint)


async def _guess(context: ProbeContext, asker: TokenAsker, book: Notebook, door: TokenDoor, endpoint: Endpoint) -> None:
    parties = [identity.party for identity in context.target.identities if identity.party]
    words = guesses(parties, endpoint.origin.host, context.now)
    going, talk, left = _Going(), Talk(title="tokens of a small dictionary"), Left(context, endpoint)
    for guess in words[: context.target.limits.max_guesses]:
        if why := left.nothing(door.url, "a further guess", lambda _: 0):
            going.stopped = why.detail
            break
        _heard(going, talk, guess, await _ask(asker, door, guess))
        if going.slowed_by or going.stopped:
            break
    if not going.tried:
        detail = going.stopped or "limits: max_guesses: 0 leaves no guess"
        reason = Reason.BUDGET_EXHAUSTED if going.stopped else Reason.NOT_CONFIGURED
        book.missing(door.subject, (GuessesTried,), NoReply(reason=reason, detail=detail))
        return
    after = await _valid(asker, door)
    valid_after = talk.heard("the valid token after them", after) if isinstance(after, Reply) else None
    fact = _fact(going, len(words), valid_after)
    book.seen(door.subject, fact, talk.store(book, {"guesses": going.tried, "slowed by": going.slowed_by}))


async def _ask(asker: TokenAsker, door: TokenDoor, guess: Guess) -> Heard:
    header = made_up_header(guess.text, door.credential.encoding)
    return await asker.get(door.url, f"versions with {guess.kind} for a token", MadeUpCredential(header_value=header))


async def _valid(asker: TokenAsker, door: TokenDoor) -> Heard:
    return await asker.get(door.url, "versions with the valid token", door.credential)


def _heard(going: _Going, talk: Talk, guess: Guess, heard: Heard) -> None:
    if isinstance(heard, Reply):
        going.tried += 1
        going.in_a_row = 0
        going.statuses.add(heard.exchange.status)
        if heard.exchange.status in SAYS_WAIT:
            going.slowed_by = f"HTTP {heard.exchange.status}"
        if heard.access in OPEN:
            going.opened.add(guess.kind)
        if len(talk.said) < _SHOWN or going.slowed_by:
            answer = talk.heard(guess.kind, _masked(heard, guess))
            going.curl = going.curl or answer.curl
        return
    why = heard.why if isinstance(heard, NotSent) else heard
    if why.failure is not None:
        going.tried += 1
        going.unanswered += 1
        going.in_a_row += 1
        if going.in_a_row == _MEANT:
            going.slowed_by = f"{why.failure.kind}"
    else:
        going.stopped = why.detail


def _masked(reply: Reply, guess: Guess) -> Reply:
    """The reply without the guess: it may be somebody's token."""
    sent = reply.exchange.request_headers
    shown = tuple((n, f"Token {guess.kind}" if n.lower() == "authorization" else value) for n, value in sent)
    return replace(reply, exchange=structs.replace(reply.exchange, request_headers=shown))


def _fact(going: _Going, of: int, after: Answer | None) -> GuessesTried:
    return GuessesTried(
        tried=going.tried,
        unanswered=going.unanswered,
        of=of,
        opened=tuple(sorted(going.opened)),
        slowed_after=going.tried - max(going.in_a_row, 1) if going.slowed_by else None,
        slowed_by=going.slowed_by,
        statuses=tuple(sorted(going.statuses)),
        valid_after=after,
        banned=after is None or after.access not in OPEN,
        stopped=going.stopped,
        curl=going.curl,
    )


def _not_open(heard: Heard) -> NoReply:
    if isinstance(heard, Reply):
        detail = f"the valid token got {heard.answer.said()} at the versions URL, so no guess would mean anything"
        return NoReply(reason=Reason.CONTROL_FAILED, detail=detail)
    return heard.why if isinstance(heard, NotSent) else heard
