"""Probe `ocpi-access`: every advertised URL, and of each module single objects by their ids, without a valid token.

Each refused request counts against `max_refusals` of the host, because bans hit everybody behind our address. So the
questions come in rounds, the most telling first; what the cap cuts off is recorded, with what would let it out.
"""

from collections.abc import Iterable
from dataclasses import replace

from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.access import AccessObserved, AccessWithToken
from scanner.model.facts.ocpi.answer import MAY_HOLD_DATA
from scanner.model.facts.ocpi.disclosure import Leak
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.intent import PlannedRequest
from scanner.model.observation import Reason
from scanner.model.target import EnvironmentTarget
from scanner.model.witness import Witness
from scanner.ocpi.attempts import ORDER, PER_INTERFACE, Attempt, attempts
from scanner.ocpi.by_id import repeat_by_id
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.doors import doors
from scanner.ocpi.leaks import leaks_in
from scanner.ocpi.notes import Notebook
from scanner.ocpi.object_doors import ObjectDoors, most_gets
from scanner.ocpi.planned import planned
from scanner.ocpi.reply import NoReply, Reply
from scanner.ocpi.rounds import Door, in_rounds
from scanner.ocpi.share import Share
from scanner.ocpi.url_place import with_query
from scanner.ocpi.version_lists import MOST_NAMED
from scanner.probe import ProbeContext


class AccessProbe:
    """5 requests for each URL and 2 for each object without a real token; with it, the reads that lead to objects."""

    name = "ocpi-access"
    witness = Witness.PROTOCOL
    provides: frozenset[type] = frozenset(ORDER)
    also: frozenset[type] = frozenset({AccessWithToken})
    after: frozenset[str] = frozenset({"ocpi-discovery"})

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """The versions URL at least; whatever discovery finds, up to the refusal budget."""
        for endpoint in target.endpoints:
            most = PER_INTERFACE * (1 + MOST_NAMED * len(target.speakers(endpoint)) * (1 + MOST_NAMED))
            what = f"GET of {endpoint.versions_url} and every URL it leads to, without a valid token"
            yield planned(self.name, what, most, target, endpoint, at_least=PER_INTERFACE, anonymous=True)
            if speakers := target.speakers(endpoint):
                what = f"GET of lists below {endpoint.versions_url}, and of objects by their ids, with the valid token"
                line = planned(self.name, what, most_gets(len(speakers)), target, endpoint)
                yield replace(line, identity=", ".join(speaker.name for speaker in speakers))

    async def run(self, context: ProbeContext) -> None:
        """In rounds over all doors of an endpoint."""
        for endpoint in context.target.endpoints:
            client, book = OcpiClient(context, endpoint, self.name), Notebook(context, endpoint, None)
            all_doors = (*doors(context, endpoint), *await ObjectDoors(context, client).find())
            ways = [attempts(context.seed, number) for number in range(len(all_doors))]
            share = Share.of(context, endpoint)
            for number, kind in in_rounds(all_doors):
                await _try(client, book, all_doors[number], ways[number][kind], share)


async def _try(client: OcpiClient, book: Notebook, door: Door, attempt: Attempt, share: Share) -> None:
    if door.place is not UrlPlace.IN_SCOPE:
        detail = f"this URL is advertised at: {door.place}; it was left alone"
        _missing(book, door, attempt, NoReply(reason=Reason.NOT_PERMITTED, detail=detail))
        return
    url = with_query(door.url, **attempt.query) if attempt.query else door.url
    label = f"{' and '.join(subject.label() for subject in door.subjects)} with {attempt.said}"
    reply = share.used_up(label) or await client.get(url, label, attempt.credential, shown_url=door.shown_url)
    if isinstance(reply, NoReply):
        _missing(book, door, attempt, share.with_advice(reply))
        return
    share.asked += reply.requests
    evidence = _keep(book, door, label, reply)
    for subject in door.subjects:
        book.seen(subject, _observed(attempt.fact, reply, door), evidence)


def _keep(book: Notebook, door: Door, label: str, reply: Reply) -> EvidenceRef:
    if door.shown_url is not None:  # a refusal may repeat the id
        return book.keep(label, reply, body=False, shown_url=door.shown_url)
    # What a stranger was given may be somebody's data: then only its size stays.
    return book.keep(label, reply, body=reply.access not in MAY_HOLD_DATA)


def _observed(kind: type[AccessObserved], reply: Reply, door: Door) -> AccessObserved:
    leaks: tuple[Leak, ...] = () if reply.access in MAY_HOLD_DATA else leaks_in(reply.exchange.body)
    answer = reply.answer
    if door.shown_url is not None:
        answer = replace(answer, curl=repeat_by_id(reply, door.shown_url))
    return kind(answers=(answer,), leaks=leaks)


def _missing(book: Notebook, door: Door, attempt: Attempt, why: NoReply) -> None:
    if door.shown_url is not None:
        why = replace(why, failure=None)  # it holds the URL, and that the id
    for subject in door.subjects:
        book.missing(subject, (attempt.fact,), why)
