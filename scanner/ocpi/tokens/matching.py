"""Probe `ocpi-token-matching`: what a platform takes for a valid token beside the token itself.

Forms of the token that a sound platform refuses are sent between two answers to the token as it should be, so a
refusal means something. All of them count against `max_refusals`; the doors that speak for others come first.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from scanner.model.facts.ocpi.tokens import ConnectionShared, FormsTried, TriedForm
from scanner.model.intent import PlannedRequest
from scanner.model.observation import Reason
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.model.witness import Witness
from scanner.ocpi.interfaces import why_nothing
from scanner.ocpi.notes import Notebook
from scanner.ocpi.planned import planned
from scanner.ocpi.reply import NoReply, Reply
from scanner.ocpi.share import Left, enough_for_all, kept_for_guesses
from scanner.ocpi.tokens.asking import NotSent, TokenAsker
from scanner.ocpi.tokens.connection import MOST as OF_CONNECTIONS
from scanner.ocpi.tokens.connection import on_one_connection
from scanner.ocpi.tokens.doors import TokenDoor, doors
from scanner.ocpi.tokens.forms import ORDER, Form, forms, most_forms
from scanner.ocpi.tokens.talk import OPEN, Talk, still_served
from scanner.ocpi.version_lists import MOST_ENDPOINTS, MOST_VERSIONS
from scanner.probe import ProbeContext

NAME: Final = "ocpi-token-matching"
_NO_FORM: Final = "this token has no such form"


class TokenMatchingProbe:
    """Every door: the token itself, then other callers on its connection, then other forms of it."""

    name = NAME
    witness = Witness.PROTOCOL
    provides: frozenset[type] = frozenset({ConnectionShared, *ORDER})
    after: frozenset[str] = frozenset({"ocpi-discovery"})
    yields_to: frozenset[str] = frozenset({"ocpi-access", "ocpi-misplaced", "ocpi-stranger-writes"})

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """The versions URL and every module; what is derived from a token is held to the refusal budget."""
        for endpoint in target.endpoints:
            speakers = target.speakers(endpoint)
            if not speakers:
                continue
            some = most_forms(disposable=any(s.disposable for s in speakers))
            controls = 1 + len(ORDER)
            doors = 1 + MOST_VERSIONS * MOST_ENDPOINTS * len(speakers)
            gets = (some + controls + OF_CONNECTIONS) * doors
            what = f"GET of {endpoint.versions_url} and its modules with forms of a valid token that must be refused"
            names = ", ".join(s.name for s in speakers)
            yield replace(planned(self.name, what, gets, target, endpoint), identity=names)

    def yields(self, context: ProbeContext) -> bool:
        """Where the refusal budget does not suffice for all."""
        return not enough_for_all(context)

    async def run(self, context: ProbeContext) -> None:
        """One endpoint after the other."""
        for endpoint in context.target.endpoints:
            await _Doors(context, endpoint).work_through()


class _Doors:
    """The doors of one endpoint; `ended` says why no more is asked."""

    def __init__(self, context: ProbeContext, endpoint: Endpoint) -> None:
        self._context = context
        self._endpoint = endpoint
        self._asker = TokenAsker(context, NAME, endpoint.name)
        self._left = Left(context, endpoint)
        self._book = Notebook(context, endpoint, None)
        self._made_up = f"{self._asker.random.getrandbits(192):048x}"
        self._ended: NoReply | None = None

    async def work_through(self) -> None:
        """Record a fact, or why there is none, for each door and kind."""
        every = doors(self._context, self._endpoint)
        if not every:
            why = why_nothing(self._context, self._endpoint)
            self._book.missing(self._book.platform(), (ConnectionShared, *ORDER), why)
        for door in every:
            await self._at(door)

    async def _at(self, door: TokenDoor) -> None:
        wanted = forms(door, self._made_up)
        valid = self._ended or await self._asker.get(door.url, f"{door.name} with the valid token", door.credential)
        if not isinstance(valid, Reply):
            why = valid.why if isinstance(valid, NotSent) else valid
            self._book.missing(door.subject, (ConnectionShared, *wanted), why)
            return
        if valid.access not in OPEN:
            self._closed(door, valid, wanted)
            return
        if nothing := self._left.nothing(door.url, f"{door.name} on one connection", kept_for_guesses):
            self._book.missing(door.subject, (ConnectionShared,), nothing)
        else:
            await on_one_connection(self._context, self._asker, self._book, door, self._made_up)
        for kind, some in wanted.items():
            await self._kind(door, kind, some, valid)

    def _closed(self, door: TokenDoor, valid: Reply, wanted: Iterable[type[FormsTried]]) -> None:
        talk = Talk(title=f"{door.name} with the valid token")
        answer = talk.heard("the token itself", valid)
        evidence = talk.store(self._book)
        self._book.seen(door.subject, ConnectionShared(valid=answer, reused=False), evidence)
        for kind in wanted:
            self._book.seen(door.subject, kind(valid=answer), evidence)

    async def _kind(self, door: TokenDoor, kind: type[FormsTried], some: tuple[Form, ...], valid: Reply) -> None:
        talk = Talk(title=f"{door.name}: {kind.__name__}")
        fact = kind(valid=talk.heard("the token itself", valid))
        why: NoReply | None = None
        for form in some:
            why = self._ended or self._left.nothing(door.url, form.said, kept_for_guesses)
            heard = why or await self._asker.get(
                door.url, f"{door.name} with {form.said}", form.credential, headers=form.headers
            )
            fact, why = _with(fact, form, heard, talk)
        if not fact.tried:
            self._book.missing(door.subject, (kind,), why or NoReply(reason=Reason.NOT_CONFIGURED, detail=_NO_FORM))
            return
        after = await self._asker.get(door.url, f"{door.name} with the valid token again", door.credential)
        if isinstance(after, Reply):
            fact = replace(fact, valid_after=talk.heard("the token itself, again", after))
        self._ended = self._ended or (None if isinstance(after, NotSent) else still_served(valid.answer, after))
        self._book.seen(door.subject, fact, talk.store(self._book))


def _with(
    fact: FormsTried, form: Form, heard: Reply | NoReply | NotSent, talk: Talk
) -> tuple[FormsTried, NoReply | None]:
    if isinstance(heard, Reply):
        one = TriedForm(form=form.said, answer=talk.heard(form.said, heard), allowed=form.allowed)
        return replace(fact, tried=(*fact.tried, one)), None
    if isinstance(heard, NotSent):
        equal = (*fact.equal, form.said) if heard.equal else fact.equal
        return replace(fact, equal=equal), heard.why
    return replace(fact, left_out=(*fact.left_out, f"{form.said}: {heard.detail}")), heard
