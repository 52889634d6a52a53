"""Probe `ocpi-errors`: a few reads that must fail, to see what the answers tell.

For each version: an object that cannot exist, a path that cannot exist, a date that is none, a negative offset.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from scanner.model.facts.ocpi.answer import MAY_HOLD_DATA
from scanner.model.facts.ocpi.disclosure import ErrorAnswer
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.intent import PlannedRequest
from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.specification import specification
from scanner.model.subject import Side
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.model.witness import Witness
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.interfaces import Interface, discovered, first_speaker, why_nothing
from scanner.ocpi.leaks import leaks_in
from scanner.ocpi.notes import Notebook
from scanner.ocpi.planned import planned_gets
from scanner.ocpi.reply import NoReply
from scanner.ocpi.url_place import with_path, with_query
from scanner.ocpi.version_lists import MOST_VERSIONS, version_with_data
from scanner.probe import ProbeContext

_NO_SUCH_ID: Final = "posture-no-such-id"
_LISTS_FIRST: Final = ("locations", "tariffs", "sessions", "cdrs", "tokens")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One request that must fail: `path` names it in the subject, as a template."""

    path: str
    url: str


def mistakes(url: str) -> tuple[Mistake, ...]:
    """What is asked of one module."""
    return (
        Mistake(path="/{no such id}", url=with_path(url, _NO_SUCH_ID)),
        Mistake(path="/{no such path}", url=with_path(url, "posture", "no", "such", "path", "<'\">")),
        Mistake(path="?date_from={no date}", url=with_query(url, date_from="posture'no\"date")),
        Mistake(path="?offset={negative}", url=with_query(url, offset="-1")),
    )


class ErrorsProbe:
    """4 requests for each version, at one module of it."""

    name = "ocpi-errors"
    witness = Witness.PROTOCOL
    provides: frozenset[type] = frozenset({ErrorAnswer})
    after: frozenset[str] = frozenset({"ocpi-discovery"})

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """Mistakes at one module of each version."""
        for endpoint in target.endpoints:
            what = f"GETs that must fail (no such id, path, date, offset) below {endpoint.versions_url}"
            gets = len(mistakes("https://host/")) * MOST_VERSIONS
            yield from planned_gets(self.name, what, gets, target, endpoint)

    async def run(self, context: ProbeContext) -> None:
        """One module of each version, as the first identity that has it."""
        for endpoint in context.target.endpoints:
            client = OcpiClient(context, endpoint, self.name)
            chosen = _chosen(context, endpoint)
            for interface in chosen:
                book = Notebook(context, endpoint, interface.credential.identity)
                for mistake in mistakes(interface.url):
                    await _make(client, book, interface, mistake)
            if not chosen:
                book = Notebook(context, endpoint, None)
                book.missing(book.platform(), (ErrorAnswer,), why_nothing(context, endpoint))


def _chosen(context: ProbeContext, endpoint: Endpoint) -> tuple[Interface, ...]:
    """For each version the module that gives lists (else any) and comes first."""
    best: dict[str, Interface] = {}
    usable = [i for i in first_speaker(discovered(context, endpoint)).values() if i.place is UrlPlace.IN_SCOPE]
    for interface in sorted(usable, key=_rank):
        best.setdefault(interface.version, interface)
    return tuple(best.values())


def _rank(interface: Interface) -> tuple[bool, int, str]:
    known = specification(version_with_data(interface.version)).modules.get(interface.module)
    lists = known is not None and known.lists(interface.side or Side.SENDER)
    at = _LISTS_FIRST.index(interface.module) if interface.module in _LISTS_FIRST else len(_LISTS_FIRST)
    return (not lists, at, interface.module)


async def _make(client: OcpiClient, book: Notebook, interface: Interface, mistake: Mistake) -> None:
    subject = replace(interface.subject, path=mistake.path)
    wanted = f"{interface.name}{mistake.path}"
    reply = await client.get(mistake.url, wanted, interface.credential)
    if isinstance(reply, NoReply):
        book.missing(subject, (ErrorAnswer,), reply)
        return
    is_error = reply.access not in MAY_HOLD_DATA
    evidence = book.keep(wanted, reply, body=is_error)
    leaks = leaks_in(reply.exchange.body) if is_error else ()
    book.seen(subject, ErrorAnswer(answer=reply.answer, leaks=leaks), evidence)
