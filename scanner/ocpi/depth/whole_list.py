"""One list from its first page to its last, or as far as the bounds let it."""

from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.pages import SeenPage
from scanner.model.facts.ocpi.reads import ChainEnd, CountCompared, ObjectsInDepth, PagesFollowed, WordsOfTests
from scanner.model.observation import Reason
from scanner.model.ocpi.specification import specification
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.depth.allowance import Allowance
from scanner.ocpi.depth.counted import Counted
from scanner.ocpi.depth.gathered import Gathered
from scanner.ocpi.depth.message_ids import MessageIds
from scanner.ocpi.depth.owners import OwnersInDepth
from scanner.ocpi.depth.pages_of import PagesOf
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.notes import WITH_IDS, Notebook
from scanner.ocpi.pagination import seen_page
from scanner.ocpi.repeat import repeat_line
from scanner.ocpi.reply import NoReply, Reply
from scanner.ocpi.version_lists import version_with_data

_KINDS = (PagesFollowed, CountCompared, ObjectsInDepth, WordsOfTests)


class WholeList:
    """Reads it as one identity, and records what it showed."""

    def __init__(
        self, client: OcpiClient, book: Notebook, interface: Interface, allowance: Allowance, ids: MessageIds
    ) -> None:
        version = version_with_data(interface.version)
        self._type = specification(version).modules[interface.module].object or ""
        self._gathered = Gathered(version, self._type, book.context.now)
        self._allowance = allowance
        self._pages = PagesOf(client, interface, allowance, book.context.seed)
        self._counted = Counted(client, book)
        self._client, self._book, self._interface, self._ids = client, book, interface, ids
        self._owners = OwnersInDepth(book, interface)
        self._totals: list[int | None] = []
        self._evidence: list[EvidenceRef] = []
        self._first = self._last = ""

    async def look(self) -> SeenPage | None:
        """The first page as it came; None where it could not be read."""
        first: SeenPage | None = None
        async for reply in self._pages.read():
            page = seen_page(reply, None, self._client.endpoint)
            self._note(reply, page, is_first=first is None)
            first = first or page
        if first is None:
            if not self.side_unknown():
                self._book.missing(self._interface.subject, _KINDS, self.why())
            return None
        self._record()
        again = PagesOf(self._client, self._interface, self._allowance, self._book.context.seed)
        compared, evidence = await self._counted.compared(self._pages, again, self._interface.name)
        self._book.seen(self._interface.subject, compared, *evidence)
        self._owners.record()
        by_date = await self._owners.look_by_date(self._client, self._allowance)
        if by_date is not None and self._interface.version in WITH_IDS:
            self._ids.add(by_date)
        return first

    def side_unknown(self) -> bool:
        """True where 2.1.1 names no side and the answer was no list: a Receiver's interface has none."""
        return self._interface.side is None and self.why().reason is Reason.UNPARSABLE

    def why(self) -> NoReply:
        """Why reading ended where it did."""
        reason = Reason.BUDGET_EXHAUSTED if self._pages.end is ChainEnd.CUT_OFF else Reason.UNPARSABLE
        return self._pages.why or NoReply(reason=reason, detail=self._pages.detail or self._pages.end)

    def _note(self, reply: Reply, page: SeenPage, *, is_first: bool) -> None:
        self._gathered.add(reply.objects, first_page=is_first)
        self._totals.append(page.total_count)
        self._last = repeat_line(reply.exchange)
        self._first = self._first or self._last
        title = f"{self._interface.name}, page {len(self._totals)} as {self._book.identity}"
        evidence = self._book.keep(title, reply, body=False, more={"objects": page.objects})
        self._evidence.append(evidence)
        self._counted.add(reply, evidence)
        self._owners.add(reply, evidence)
        if self._interface.version in WITH_IDS:
            self._ids.add(reply, evidence)

    def _record(self) -> None:
        subject, gathered = self._interface.subject, self._gathered
        total = self._totals[-1]
        followed = PagesFollowed(
            pages=len(self._totals),
            objects=gathered.examined,
            total_count=total,
            steady=len(set(self._totals)) == 1,
            ids=gathered.ids,
            repeated_ids=gathered.repeated_ids,
            end=self._pages.end,
            detail=self._pages.detail,
            curl=self._last,
        )
        in_depth = ObjectsInDepth(
            object_type=self._type,
            examined=gathered.examined,
            further=gathered.further,
            total_count=total,
            violations=gathered.violations(),
            broken_rules=gathered.broken_rules(),
            unread="" if self._pages.end is ChainEnd.COMPLETE else (self._pages.detail or self._pages.end),
            curl=self._first,
        )
        words = WordsOfTests(examined=gathered.examined, found=gathered.test_data(), curl=self._first)
        for fact in (followed, in_depth, words):
            self._book.seen(subject, fact, *self._evidence)
