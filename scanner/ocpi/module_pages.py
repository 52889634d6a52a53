"""One module as one identity: access, headers, and where it gives lists its pages and objects."""

from typing import Final

from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.answer import Access
from scanner.model.facts.ocpi.objects import ObjectsValidated
from scanner.model.facts.ocpi.pages import PageObserved, SeenPage
from scanner.model.facts.ocpi.tenancy import OwnersSeen
from scanner.model.facts.ocpi.urls import InterfaceUrls, ObjectUrls, RedirectsSeen, UrlPlace
from scanner.model.json_value import JsonValue
from scanner.model.ocpi.specification import specification
from scanner.model.party import Role
from scanner.model.subject import Side
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.notes import EVERY_REPLY, Notebook, not_configured, redirects_seen
from scanner.ocpi.objects import owners, urls_within, validated
from scanner.ocpi.pagination import ONE, above_any_cap, next_link, seen_page
from scanner.ocpi.repeat import repeat_line
from scanner.ocpi.reply import NoReply, Reply
from scanner.ocpi.url_place import absolute, with_query
from scanner.ocpi.version_lists import interface_urls, version_with_data

OWNED: Final = frozenset({"sessions", "cdrs"})  # each belongs to one CPO and one eMSP
_OF_LISTS: Final = (PageObserved, ObjectsValidated, ObjectUrls)


class ModulePages:
    """One interface as one identity."""

    def __init__(self, client: OcpiClient, book: Notebook, interface: Interface) -> None:
        self._client = client
        self._book = book
        self._interface = interface
        self._subject = interface.subject
        self._version = version_with_data(interface.version)
        module = specification(self._version).modules.get(interface.module)
        self._object_type = module.object if module else None
        self._lists = interface.side is not Side.RECEIVER and self._object_type not in {None, "Credentials"}

    async def look(self) -> None:
        """The whole of it."""
        kinds: tuple[type, ...] = (*_OF_LISTS, *EVERY_REPLY) if self._lists else EVERY_REPLY
        if self._interface.place is not UrlPlace.IN_SCOPE:
            self._book.missing(self._subject, kinds, self._interface.out_of_scope())
            return
        reply = await self._get(None)
        if isinstance(reply, NoReply):
            self._book.missing(self._subject, kinds, reply)
            return
        evidence = self._keep(reply, "")
        if reply.refused_redirect is not None:
            self._book.seen(self._subject, redirects_seen(reply), evidence)
            others = [kind for kind in kinds if kind is not RedirectsSeen]
            self._book.missing(self._subject, others, reply.unreadable(self._interface.name), evidence)
            return
        self._book.every_reply(self._subject, reply, evidence)
        if self._interface.module == "credentials":
            self._note_credentials(reply, evidence)
        elif self._lists:
            await self._note_list(reply, evidence)

    async def _note_list(self, reply: Reply, evidence: EvidenceRef) -> None:
        if reply.gives_list:
            self._note_objects(reply, evidence)
            await self._pages(reply, evidence)
        elif reply.access is Access.DATA and reply.objects:  # one object where a list is specified
            self._note_objects(reply, evidence)
            page = seen_page(reply, None, self._book.endpoint)
            self._book.seen(self._subject, PageObserved(pages=(page,)), evidence)
        elif self._interface.side is Side.SENDER or isinstance(reply.data, list):
            kinds = (*_OF_LISTS, OwnersSeen) if self._interface.module in OWNED else _OF_LISTS
            self._book.missing(self._subject, kinds, reply.unreadable(self._interface.name), evidence)

    async def look_at_owners(self) -> None:
        """The first page once more, as a further identity, for whom it belongs to."""
        reply = await self._get(None)
        if isinstance(reply, Reply) and (reply.gives_list or (reply.access is Access.DATA and reply.objects)):
            self._note_owners(reply, self._keep(reply, ""))
        elif isinstance(reply, NoReply) or not self._interface.only_takes(reply):
            why = reply.unreadable(self._interface.name) if isinstance(reply, Reply) else reply
            self._book.missing(self._subject, (OwnersSeen,), why)

    async def _get(self, limit: int | None) -> Reply | NoReply:
        url = self._interface.url if limit is None else with_query(self._interface.url, limit=str(limit))
        wanted = self._interface.name if limit is None else f"{self._interface.name} with limit={limit}"
        return await self._client.get(url, wanted, self._interface.credential)

    def _keep(self, reply: Reply, what: str) -> EvidenceRef:
        title = f"{self._interface.name}{what} as {self._book.identity}"
        # Bodies of modules hold drivers and partners: only their shape stays.
        more: dict[str, JsonValue] = {"objects": len(reply.objects), "ocpi_status": reply.ocpi_status}
        return self._book.keep(title, reply, body=False, more=more)

    async def _pages(self, first: Reply, evidence: EvidenceRef) -> None:
        endpoint = self._book.endpoint
        pages: list[SeenPage] = [seen_page(first, None, endpoint)]
        refs = [evidence]
        links = [next_link(first.exchange)]
        for limit in (ONE, above_any_cap(pages[0])):
            reply = await self._get(limit)
            if isinstance(reply, NoReply):
                self._book.missing(self._subject, (PageObserved,), reply, *refs)
                break
            pages.append(seen_page(reply, limit, endpoint))
            refs.append(self._keep(reply, f" with limit={limit}"))
            links.append(next_link(reply.exchange))
        else:
            self._book.seen(self._subject, PageObserved(pages=tuple(pages)), *refs)
        urls = [("Link", link) for link in links if link]
        self._book.seen(self._subject, interface_urls(endpoint, urls, repeat_line(first.exchange)), *refs)

    def _note_objects(self, reply: Reply, evidence: EvidenceRef) -> None:
        curl = repeat_line(reply.exchange)
        checked = validated(self._version, self._object_type or "", reply.objects, curl)
        self._book.seen(self._subject, checked, evidence)
        self._book.seen(self._subject, urls_within(reply.objects, self._book.endpoint, curl), evidence)
        if self._interface.module in OWNED:
            self._note_owners(reply, evidence)

    def _note_owners(self, reply: Reply, evidence: EvidenceRef) -> None:
        identity = self._book.context.target.identity(self._book.identity or "")
        if identity.party is None or identity.role is Role.HUB:
            what = (
                "is a hub, which sees everybody" if identity.role is Role.HUB else "has no party in the configuration"
            )
            why = not_configured(f"identity {identity.name} {what}, so whose objects it may see is not known")
            self._book.missing(self._subject, (OwnersSeen,), why, evidence)
            return
        self._book.seen(self._subject, owners(reply.objects, identity.party, repeat_line(reply.exchange)), evidence)

    def _note_credentials(self, reply: Reply, evidence: EvidenceRef) -> None:
        credentials = reply.data
        if not isinstance(credentials, dict):
            why = reply.unreadable(self._interface.name)
            self._book.missing(self._subject, (ObjectsValidated, InterfaceUrls), why, evidence)
            return
        curl = repeat_line(reply.exchange)
        self._book.seen(self._subject, validated(self._version, "Credentials", (credentials,), curl), evidence)
        url = credentials.get("url")
        urls = [("/data/url", absolute(reply.exchange.url, url))] if isinstance(url, str) else []
        self._book.seen(self._subject, interface_urls(self._book.endpoint, urls, curl), evidence)
