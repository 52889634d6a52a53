"""Versions that are not advertised and answer all the same, at the place where the advertised ones are."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.answer import DECIDES_NOTHING, Access
from scanner.model.facts.ocpi.reads import HiddenVersions
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.facts.ocpi.versions import EndpointsAdvertised
from scanner.model.ocpi.specification import SUPERSEDED, VERSIONS
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.depth.allowance import Allowance
from scanner.ocpi.interfaces import Interface, version_urls, versions_subject
from scanner.ocpi.notes import Notebook
from scanner.ocpi.repeat import repeat_line
from scanner.ocpi.reply import NoReply, Reply
from scanner.ocpi.url_place import place_of
from scanner.probe import ProbeContext

KNOWN: Final = tuple(sorted(SUPERSEDED.union(VERSIONS)))
_OPEN: Final = frozenset({Access.DATA})
_UNDECIDED: Final = frozenset({*DECIDES_NOTHING, Access.ACCEPTED})


async def look_for_hidden(
    context: ProbeContext, client: OcpiClient, interfaces: tuple[Interface, ...], allowance: Allowance
) -> list[Reply]:
    """Details of each version of OCPI that is not offered, with the token of the first who was offered something."""
    book = Notebook(context, client.endpoint, interfaces[0].credential.identity)
    replies: dict[str, Reply | NoReply] = {}
    for version, url in _guesses(context, client).items():
        if not allowance.take():
            replies[version] = allowance.no_reply()
            continue
        wanted = f"details of version {version}, which is not advertised"
        replies[version] = await client.get(url, wanted, interfaces[0].credential)
    _record(book, client, replies)
    return [reply for reply in replies.values() if isinstance(reply, Reply)]


def _guesses(context: ProbeContext, client: OcpiClient) -> dict[str, str]:
    """URLs made from those of offered versions, by putting another version where theirs stands in the path."""
    offered = dict(reversed(version_urls(context, client.endpoint)))
    missing = [version for version in KNOWN if version not in offered]
    patterns = [(v, url) for v, url in offered.items() if place_of(url, client.endpoint) is UrlPlace.IN_SCOPE]
    for version, url in patterns:
        parts = urlsplit(url)
        segments = parts.path.split("/")
        if version in segments:
            return {m: urlunsplit(parts._replace(path=_put(segments, version, m))) for m in missing}
    return {}


def _put(segments: list[str], old: str, new: str) -> str:
    return "/".join(new if segment == old else segment for segment in segments)


def _record(book: Notebook, client: OcpiClient, replies: Mapping[str, Reply | NoReply]) -> None:
    """One fact of them all; without a guess there is nothing to ask, which is a fact as well."""
    subject = versions_subject(book.context, client.endpoint)
    refs: list[EvidenceRef] = []
    given: dict[str, Access] = {}
    curl = ""
    for version, reply in replies.items():
        if isinstance(reply, Reply):
            given[version] = reply.access
            refs.append(book.keep(f"details of hidden version {version}", reply, body=reply.access is Access.REFUSED))
            curl = repeat_line(reply.exchange) if reply.access in _OPEN or not curl else curl
    failed = [reply for reply in replies.values() if isinstance(reply, NoReply)]
    if not refs:
        refs = _of_the_list(book)
    if failed and not given:
        book.missing(subject, (HiddenVersions,), failed[0])
        return
    fact = HiddenVersions(
        asked=tuple(given),
        open=tuple(v for v, access in given.items() if access in _OPEN),
        undecided=tuple(v for v in replies if given.get(v, Access.UNDECIDED) in _UNDECIDED),
        curl=curl,
    )
    book.seen(subject, fact, *refs)


def _of_the_list(book: Notebook) -> list[EvidenceRef]:
    """Evidence of what is offered, where there was nothing to ask."""
    observations = book.context.record.earlier(EndpointsAdvertised)
    return [ref for o in observations for ref in getattr(o.result, "evidence", ())][:1]
