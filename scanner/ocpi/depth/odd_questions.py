"""Pages asked for in ways that nobody should: each must be refused, or answered with a truthful page."""

from dataclasses import replace
from typing import Final

from scanner.model.facts.ocpi.answer import MAY_HOLD_DATA, Access
from scanner.model.facts.ocpi.disclosure import ErrorAnswer
from scanner.model.facts.ocpi.pages import SeenPage
from scanner.model.facts.ocpi.reads import OddPageAnswer
from scanner.model.late_dataclass import dataclass
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.depth.allowance import Allowance
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.leaks import leaks_in
from scanner.ocpi.notes import Notebook
from scanner.ocpi.pagination import seen_page
from scanner.ocpi.reply import NoReply, Reply
from scanner.ocpi.url_place import with_query


@dataclass(frozen=True, slots=True, kw_only=True)
class OddQuestion:
    """What is asked; `said` names it in the subject. `nothing_matches`: a page with objects is no answer to it."""

    said: str
    query: tuple[tuple[str, str], ...]
    nothing_matches: bool = False


_LATE, _EARLY = "2999-01-01T00:00:00Z", "1971-01-01T00:00:00Z"
QUESTIONS: Final = (
    OddQuestion(said="?limit={zero}", query=(("limit", "0"),)),
    OddQuestion(said="?limit={negative}", query=(("limit", "-1"),)),
    OddQuestion(said="?limit={huge}", query=(("limit", "99999999999999999999"),)),
    OddQuestion(said="?limit={no number}", query=(("limit", "posture"),)),
    OddQuestion(said="?offset={beyond the end}", query=(("offset", "999999999"),), nothing_matches=True),
    OddQuestion(said="?offset={huge}", query=(("offset", "99999999999999999999"),), nothing_matches=True),
    OddQuestion(said="?offset={no number}", query=(("offset", "posture"),)),
    OddQuestion(
        said="?date_from={after date_to}", query=(("date_from", _LATE), ("date_to", _EARLY)), nothing_matches=True
    ),
    OddQuestion(said="?date_from={in the far future}", query=(("date_from", _LATE),), nothing_matches=True),
    OddQuestion(said="?date_to={before OCPI}", query=(("date_to", _EARLY),), nothing_matches=True),
    OddQuestion(said="?date_from={with a time zone}", query=(("date_from", "2001-01-01T00:00:00+02:00"),)),
    OddQuestion(said="?date_to={no date}", query=(("date_to", "2026-13-45T99:99:99Z"),)),
)

_ABSURD: Final = 100_000  # an X-Limit that repeats what was asked for is no cap


async def ask_oddly(
    client: OcpiClient, book: Notebook, interface: Interface, ordinary: SeenPage, allowance: Allowance
) -> list[Reply]:
    """Every question to one list; `ordinary` is its first page as it comes."""
    replies = []
    for question in QUESTIONS:
        reply = await _ask(client, book, interface, question, ordinary, allowance)
        if reply is not None:
            replies.append(reply)
    return replies


async def _ask(
    client: OcpiClient,
    book: Notebook,
    interface: Interface,
    question: OddQuestion,
    ordinary: SeenPage,
    allowance: Allowance,
) -> Reply | None:
    subject = replace(interface.subject, path=question.said)
    if not allowance.take():
        book.missing(subject, (OddPageAnswer,), allowance.no_reply())
        return None
    wanted = f"{interface.name}{question.said}"
    reply = await client.get(with_query(interface.url, **dict(question.query)), wanted, interface.credential)
    if isinstance(reply, NoReply):
        book.missing(subject, (OddPageAnswer,), reply)
        return None
    harmless = reply.access not in {*MAY_HOLD_DATA, Access.ACCEPTED}
    evidence = book.keep(wanted, reply, body=harmless, more={"objects": len(reply.objects)})
    page = seen_page(reply, None, client.endpoint)
    fact = OddPageAnswer(
        answer=reply.answer,
        is_list=reply.gives_list,
        objects=len(reply.objects),
        cap=_cap(ordinary, page),
        nothing_matches=question.nothing_matches,
    )
    book.seen(subject, fact, evidence)
    if harmless:
        leaks = leaks_in(reply.exchange.body)
        book.seen(subject, ErrorAnswer(answer=reply.answer, leaks=leaks), evidence)
    return reply


def _cap(ordinary: SeenPage, odd: SeenPage) -> int | None:
    """What the list says of its size: X-Limit (the odd page may have a larger one), else a page that has a next one."""
    if ordinary.limit is None:
        return ordinary.objects if ordinary.link_next else None
    larger = odd.limit if odd.limit is not None and odd.limit < _ABSURD else 0
    return max(ordinary.limit, larger)
