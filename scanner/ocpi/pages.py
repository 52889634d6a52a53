"""Probe `ocpi-pages`: every advertised module with a valid token, and three pages of each that gives lists.

First the page as it comes, then a page of one object (which shows the Link to the next), then one far above any cap.
Objects are judged and counted one by one; none is kept.
"""

from collections.abc import Iterable
from typing import Final

from scanner.model.facts.ocpi.headers import RequestIdsEchoed
from scanner.model.facts.ocpi.objects import ObjectsValidated
from scanner.model.facts.ocpi.pages import PageObserved
from scanner.model.facts.ocpi.tenancy import OwnersSeen
from scanner.model.facts.ocpi.urls import InterfaceUrls, ObjectUrls, UrlPlace
from scanner.model.intent import PlannedRequest
from scanner.model.target import EnvironmentTarget
from scanner.model.witness import Witness
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.interfaces import discovered, first_speaker, left_out, why_nothing
from scanner.ocpi.module_pages import OWNED, ModulePages
from scanner.ocpi.notes import EVERY_REPLY, Notebook, not_configured
from scanner.ocpi.planned import planned_gets
from scanner.ocpi.version_lists import MOST_ENDPOINTS, MOST_VERSIONS
from scanner.probe import ProbeContext

MOST_PAGES: Final = 3


class PagesProbe:
    """At most 3 requests for each module (one more for sessions and CDRs as each further identity)."""

    name = "ocpi-pages"
    witness = Witness.PROTOCOL
    provides: frozenset[type] = frozenset({PageObserved, ObjectUrls, OwnersSeen})
    also: frozenset[type] = frozenset({ObjectsValidated, InterfaceUrls, RequestIdsEchoed, *EVERY_REPLY})
    after: frozenset[str] = frozenset({"ocpi-discovery"})

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """Pages of whatever discovery will find."""
        for endpoint in target.endpoints:
            what = f"GET of each module below {endpoint.versions_url}: as it comes, limit=1, a large limit"
            gets = MOST_PAGES * MOST_ENDPOINTS * MOST_VERSIONS
            yield from planned_gets(self.name, what, gets, target, endpoint)

    async def run(self, context: ProbeContext) -> None:
        """Every interface as the first identity that has it; sessions and CDRs as every identity."""
        for endpoint in context.target.endpoints:
            client = OcpiClient(context, endpoint, self.name)
            interfaces = discovered(context, endpoint)
            first = set(first_speaker(interfaces).values())
            for interface in interfaces:
                book = Notebook(context, endpoint, interface.credential.identity)
                if interface in first:
                    await ModulePages(client, book, interface).look()
                elif interface.module in OWNED and interface.place is UrlPlace.IN_SCOPE:
                    await ModulePages(client, book, interface).look_at_owners()
            for interface in left_out(context, endpoint):
                book = Notebook(context, endpoint, interface.credential.identity)
                book.missing(interface.subject, EVERY_REPLY, interface.not_looked_into())
            _explain(Notebook(context, endpoint, None), context)


def _explain(book: Notebook, context: ProbeContext) -> None:
    """What no interface of this endpoint gave, and why."""
    mentioned = {
        o.key.fact
        for o in context.record.observations
        if o.key.subject.coordinates().get("endpoint") == book.endpoint.name
    }
    kinds = sorted({PageObserved, ObjectUrls, OwnersSeen} - mentioned, key=lambda kind: kind.__name__)
    found = discovered(context, book.endpoint)
    nothing = not_configured("no module that gives lists of such objects is advertised")
    book.missing(book.platform(), kinds, nothing if found else why_nothing(context, book.endpoint))
