"""Probe `ocpi-discovery`: versions, then the details of every version offered, as every identity.

Finds out on the way in which form each version takes the token (version_information_endpoint; transport_and_format).
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, NamedTuple

from scanner.model.facts.ocpi.access import AccessWithToken
from scanner.model.facts.ocpi.headers import HeadersObserved, RequestIdsEchoed
from scanner.model.facts.ocpi.objects import ObjectsValidated
from scanner.model.facts.ocpi.urls import InterfaceUrls, RedirectsSeen, UrlPlace
from scanner.model.facts.ocpi.versions import AuthorizationForm, EndpointsAdvertised, OfferedVersion, VersionsOffered
from scanner.model.intent import PlannedRequest
from scanner.model.observation import Reason
from scanner.model.subject import InterfaceSubject
from scanner.model.target import EnvironmentTarget
from scanner.model.token_encoding import TokenEncoding
from scanner.model.witness import Witness
from scanner.ocpi.authorization import Authorized, forms, get_authorized
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.interfaces import beyond, details_subject, url_number, versions_subject
from scanner.ocpi.notes import EVERY_REPLY, WITH_IDS, Notebook, not_configured, redirects_seen
from scanner.ocpi.objects import validated
from scanner.ocpi.planned import planned, planned_look_ups
from scanner.ocpi.repeat import repeat_line
from scanner.ocpi.reply import NoReply, Reply
from scanner.ocpi.url_place import place_of
from scanner.ocpi.version_lists import (
    MOST_NAMED,
    MOST_VERSIONS,
    has_more,
    in_order,
    interface_urls,
    read_endpoints,
    read_versions,
    version_with_data,
)
from scanner.probe import ProbeContext

_OF_BOTH: Final = (AuthorizationForm, InterfaceUrls, ObjectsValidated, *EVERY_REPLY)
_OF_VERSIONS: Final = (VersionsOffered, *_OF_BOTH)
_OF_DETAILS: Final = (EndpointsAdvertised, *_OF_BOTH)


class _Wanted(NamedTuple):
    """A list by its name, what leads on from each of its entries, and its type."""

    what: str
    needed: str
    type: str


class DiscoveryProbe:
    """At most 3 requests for the list and 3 for each of at most 8 versions, for each identity."""

    name = "ocpi-discovery"
    witness = Witness.PROTOCOL
    provides: frozenset[type] = frozenset(
        {
            VersionsOffered,
            EndpointsAdvertised,
            AuthorizationForm,
            InterfaceUrls,
            ObjectsValidated,
            AccessWithToken,
            HeadersObserved,
            RedirectsSeen,
            RequestIdsEchoed,
        }
    )
    after: frozenset[str] = frozenset()

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """The look-ups, and the list and the details as each identity."""
        yield from planned_look_ups(self.name, target)
        for endpoint in target.endpoints:
            what = f"GET {endpoint.versions_url} and the details of each version that it offers"
            gets = len(forms()) * (1 + MOST_VERSIONS)
            for identity in target.speakers(endpoint):
                line = planned(self.name, what, gets, target, endpoint, at_least=1)
                yield replace(line, identity=identity.name)

    async def run(self, context: ProbeContext) -> None:
        """One endpoint after the other, one identity after the other."""
        for endpoint in context.target.endpoints:
            client = OcpiClient(context, endpoint, self.name)
            speakers = context.target.speakers(endpoint)
            for identity in speakers:
                await _discover(client, Notebook(context, endpoint, identity.name))
            if not speakers:
                book = Notebook(context, endpoint, None)
                why = not_configured("no identity with a token is configured, so nothing was read with one")
                book.missing(versions_subject(context, endpoint), self.provides, why)


async def _discover(client: OcpiClient, book: Notebook) -> None:
    subject, url = versions_subject(book.context, book.endpoint), book.endpoint.versions_url
    asked = await get_authorized(client, url, "versions", book.identity or "", forms())
    versions = read_versions(asked.reply) if isinstance(asked.reply, Reply) else ()
    if not isinstance(asked.reply, Reply) or asked.form is None or not versions:
        why = _blank(book, subject, _OF_VERSIONS, asked, _Wanted("versions", "`version` and `url`", "Version"))
        book.missing(book.platform(), (EndpointsAdvertised, RequestIdsEchoed), why)
        return
    newest = version_with_data(max(offered.version for offered in versions))
    urls = [(f"/data/{n}/url", offered.url) for n, offered in enumerate(versions)]
    fact = VersionsOffered(versions=versions, curl=repeat_line(asked.reply.exchange))
    _note(book, subject, asked.reply, (fact, asked.form), (newest, "Version"), urls)
    _name_more(book, subject, asked.reply, (VersionsOffered, EndpointsAdvertised))
    for count, (offered, number) in enumerate(in_order(versions)):
        at = url_number(details_subject(book.context, book.endpoint, offered.version), number)
        if count < MOST_VERSIONS:
            await _details(client, book, at, offered, asked.form.encoding)
        else:
            why = beyond(f"version {offered.version} stands behind {MOST_VERSIONS} other URLs of details")
            book.missing(at, _kinds(offered.version), why)
    if not any(offered.version in WITH_IDS for offered in versions):
        why = not_configured("only versions before 2.2 are offered, which have no message ids")
        book.missing(book.platform(), (RequestIdsEchoed,), why)


def _kinds(version: str) -> tuple[type, ...]:
    return (*_OF_DETAILS, RequestIdsEchoed) if version in WITH_IDS else _OF_DETAILS


def _name_more(book: Notebook, subject: InterfaceSubject, reply: Reply, kinds: Iterable[type]) -> None:
    """Say so where a list is longer than what is read of it: nothing may pass for the rest."""
    if has_more(reply):
        rest = replace(subject, path=f"{{more than {MOST_NAMED} lines}}")
        book.missing(rest, kinds, beyond(f"the rest of the {subject.module} list"))


async def _details(
    client: OcpiClient, book: Notebook, subject: InterfaceSubject, offered: OfferedVersion, known: TokenEncoding
) -> None:
    version, kinds = offered.version, _kinds(offered.version)
    place = place_of(offered.url, book.endpoint)
    if place is not UrlPlace.IN_SCOPE:
        detail = f"the details of version {version} are advertised at: {place}; they were left alone"
        book.missing(subject, kinds, NoReply(reason=Reason.NOT_PERMITTED, detail=detail))
        return
    wanted = f"details of version {version}"
    asked = await get_authorized(client, offered.url, wanted, book.identity or "", forms(version, known))
    found = read_endpoints(asked.reply, book.endpoint) if isinstance(asked.reply, Reply) else ()
    if not isinstance(asked.reply, Reply) or asked.form is None or not found:
        _blank(book, subject, kinds, asked, _Wanted(wanted, "`identifier` and `url`", "VersionDetails"))
        return
    urls = [(f"/data/endpoints/{n}/url", endpoint.url) for n, endpoint in enumerate(found)]
    fact = EndpointsAdvertised(endpoints=found, curl=repeat_line(asked.reply.exchange))
    _note(book, subject, asked.reply, (fact, asked.form), (version_with_data(version), "VersionDetails"), urls)
    _name_more(book, subject, asked.reply, (EndpointsAdvertised,))


def _note(
    book: Notebook,
    subject: InterfaceSubject,
    reply: Reply,
    facts: tuple[object, ...],
    judged_as: tuple[str, str],
    urls: list[tuple[str, str]],
) -> None:
    """Record a list that could be read: what it says, its types (version and class), its URLs, and its headers."""
    evidence, curl = book.keep(f"{subject.label()} as {book.identity}", reply, body=True), repeat_line(reply.exchange)
    book.every_reply(subject, reply, evidence)
    checked = validated(*judged_as, reply.objects, curl)
    for fact in (*facts, checked, interface_urls(book.endpoint, urls, curl)):
        book.seen(subject, fact, evidence)


def _blank(book: Notebook, subject: InterfaceSubject, kinds: Iterable[type], asked: Authorized, of: _Wanted) -> NoReply:
    """Record that a list could not be read; the exchange is evidence, and what it shows all the same is a fact."""
    reply = asked.reply
    if not isinstance(reply, Reply):
        book.missing(subject, kinds, reply)
        return reply
    why = reply.unreadable(of.what)
    evidence = book.keep(f"{subject.label()} as {book.identity}", reply, body=True)
    seen: list[object] = []
    if asked.form is not None:  # data, and not of the kind that leads on
        detail = f"{of.what}: {reply.answer.said()}, and no entry has {of.needed}"
        why = NoReply(reason=Reason.UNPARSABLE, detail=detail)
        judged_as = version_with_data(subject.version)
        seen = [asked.form, validated(judged_as, of.type, reply.objects, repeat_line(reply.exchange))]
    elif reply.refused_redirect is not None:
        seen = [redirects_seen(reply)]
    for fact in seen:
        book.seen(subject, fact, evidence)
    book.missing(subject, [kind for kind in kinds if kind not in {type(fact) for fact in seen}], why, evidence)
    return why
