"""X-Total-Count beside the objects that came; where they are too few, the list is read once more: lists change.

Then the page behind them is asked for, too: a list may lack the Link that leads there.
"""

from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.reads import CountCompared, CountedWalk
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.depth.pages_of import PagesOf
from scanner.ocpi.notes import Notebook
from scanner.ocpi.pagination import seen_page
from scanner.ocpi.repeat import repeat_line
from scanner.ocpi.reply import Reply


class Counted:
    """One list as one identity."""

    def __init__(self, client: OcpiClient, book: Notebook) -> None:
        self._client, self._book = client, book
        self._objects = 0
        self._totals: set[int | None] = set()
        self._evidence: list[EvidenceRef] = []
        self._curl = ""

    def add(self, reply: Reply, evidence: EvidenceRef) -> None:
        """The next page."""
        self._objects += len(reply.objects)
        self._totals.add(seen_page(reply, None, self._client.endpoint).total_count)
        self._evidence.append(evidence)
        self._curl = self._curl or repeat_line(reply.exchange)

    async def compared(self, pages: PagesOf, again: PagesOf, name: str) -> tuple[CountCompared, list[EvidenceRef]]:
        """With the pages that were read, and where it matters those that are read `again`."""
        first = self._walk(pages)
        if not first.lacks_objects:
            return CountCompared(walks=(first,), curl=self._curl), self._evidence
        second = Counted(self._client, self._book)
        async for reply in again.read():
            title = f"{name} once more as {self._book.identity}"
            second.add(reply, self._book.keep(title, reply, body=False, more={"objects": len(reply.objects)}))
        walks = (first, second._walk(again))
        rest = await again.at(second._objects)
        compared = CountCompared(walks=walks, curl=self._curl, behind=None if rest is None else len(rest.objects))
        return compared, [*self._evidence, *second._evidence]

    def _walk(self, pages: PagesOf) -> CountedWalk:
        return CountedWalk(
            objects=self._objects,
            totals=tuple(sorted(self._totals, key=lambda total: -1 if total is None else total)),
            end=pages.end,
            detail=pages.detail,
            last_is_there=pages.last_is_there,
        )
