"""On one kept-alive connection: the valid token, then no token, a made-up one, and another identity's.

RFC 9110, 3.3: HTTP is stateless, so a request is judged by itself, whatever was said on the connection before.
"""

from collections.abc import Iterable
from functools import partial
from typing import Final

from scanner.model.facts.ocpi.tokens import ConnectionShared, TriedForm
from scanner.model.intent import Credential, IdentityCredential, MadeUpCredential
from scanner.model.observation import Reason
from scanner.ocpi.interfaces import discovered
from scanner.ocpi.notes import Notebook
from scanner.ocpi.reply import NoReply, Reply
from scanner.ocpi.tokens.asking import Heard, NotSent, TokenAsker
from scanner.ocpi.tokens.doors import TokenDoor
from scanner.ocpi.tokens.forms import made_up_header
from scanner.ocpi.tokens.second_caller import MOST as OF_SECOND
from scanner.ocpi.tokens.second_caller import gets_its_own
from scanner.ocpi.tokens.talk import OPEN, Talk
from scanner.probe import ProbeContext

MOST: Final = 5 + OF_SECOND  # the token, nobody, a stranger, these two on connections of their own; another identity
_CALLERS: Final = ("no token", "a made-up token")


async def on_one_connection(
    context: ProbeContext, asker: TokenAsker, book: Notebook, door: TokenDoor, made_up: str
) -> None:
    """Record what followed the valid token on its connection, or why that could not be seen."""
    talk, line = Talk(title=f"{door.name}: several callers on one connection"), f"shared by {door.url}"

    async def ask(said: str, credential: Credential, connection: str = line) -> Heard:
        return await asker.get(door.url, f"{door.name} with {said}", credential, connection=connection)

    first = await ask("the valid token", door.credential)
    stranger = MadeUpCredential(header_value=made_up_header(made_up, door.credential.encoding))
    nobody = await ask("no token, on the same connection", None)
    other = await ask("a made-up token, on the same connection", stranger)
    replies = [reply for reply in (first, nobody, other) if isinstance(reply, Reply)]
    if len(replies) < len((first, nobody, other)):
        book.missing(door.subject, (ConnectionShared,), _why((first, nobody, other)))
        return
    before, *after = replies
    alone = [
        TriedForm(form=name, answer=talk.heard(f"{name}, alone", again))
        for name, credential, heard in zip(_CALLERS, (None, stranger), after, strict=True)
        if heard.access in OPEN
        and isinstance(again := await ask(f"{name}, alone", credential, f"{line}, {name}"), Reply)
    ]
    second = _second(context, door)
    own: bool | None = None
    here: Heard | None = None
    if second:
        there = partial(ask, "the token of another identity, on the same connection", second)
        apart = partial(ask, "the token of another identity", second, f"{line}, alone")
        here, alone_too = await there(), await apart()
        valid = partial(ask, "the valid token", door.credential)
        own = await gets_its_own(before, here, alone_too, first=valid, second=there, apart=apart)
        for name, reply in (("another identity here", here), ("another identity alone", alone_too)):
            if isinstance(reply, Reply):
                talk.heard(name, reply)
    fact = ConnectionShared(
        valid=talk.heard("the token itself", before),
        tried=tuple(
            TriedForm(form=name, answer=talk.heard(name, reply)) for name, reply in zip(_CALLERS, after, strict=True)
        ),
        alone=tuple(alone),
        reused=all(reply.exchange.reused_connection for reply in (*after, *_replies((here,)))),
        second=second.identity if second else None,
        second_got_its_own=own,
    )
    book.seen(door.subject, fact, talk.store(book, {"over one connection": fact.reused}))


def _second(context: ProbeContext, door: TokenDoor) -> IdentityCredential | None:
    """Another identity to which the same URL was advertised."""
    endpoint = next(e for e in context.target.endpoints if e.name == door.subject.endpoint)
    for interface in discovered(context, endpoint):
        if interface.url == door.url and interface.credential.identity != door.credential.identity:
            return interface.credential
    return None


def _replies(heard: Iterable[Heard | None]) -> list[Reply]:
    return [reply for reply in heard if isinstance(reply, Reply)]


def _why(heard: Iterable[Heard]) -> NoReply:
    for one in heard:
        if isinstance(one, NotSent):
            return one.why
        if isinstance(one, NoReply):
            return one
    return NoReply(reason=Reason.UNREACHABLE, detail="no answer")
