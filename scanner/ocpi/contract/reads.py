"""Reads at a door: by list, by date, by page, and by id where an id is known or may be made up."""

from collections.abc import Mapping
from typing import Final

from scanner.model.effect import Effect
from scanner.model.ocpi.interfaces import Operation, Purpose
from scanner.model.party import Party, Right
from scanner.ocpi.contract.asking import Asker, Came, Question
from scanner.ocpi.contract.cells import Cells
from scanner.ocpi.contract.doors import Door
from scanner.ocpi.contract.throwaway import unknown_id
from scanner.ocpi.object_ids import chain
from scanner.ocpi.url_place import with_query
from scanner.probe import ProbeContext

_IDS: Final = ("location_id", "evse_uid", "connector_id")
_NOWHERE: Final = Party(country_code="ZZ", party_id="ZZZ")  # ISO 3166-1 leaves ZZ to users
_WAYS: Final[tuple[tuple[str, dict[str, str]], ...]] = (
    ("list", {}),
    ("list by date", {"date_from": "2015-01-01T00:00:00Z"}),
    ("page", {"offset": "0", "limit": "1"}),
)
MOST_READS: Final = 12  # of one door


class Reads:
    """All reads of one endpoint. `known` keeps, for each list, the ids of its first object: locations name nobody."""

    def __init__(self, context: ProbeContext, asker: Asker) -> None:
        self._context = context
        self._asker = asker
        self._known: dict[tuple[str, str], dict[str, str]] = {}

    async def at(self, door: Door, cells: Cells, ids: Mapping[str, str], *, exists: bool) -> None:
        """Every GET of the interface. `ids` are those of an object of ours, which is there where it `exists`."""
        for operation in door.specified.operations:
            if operation.method != "GET" or operation.path.given_by:
                continue
            if operation.purpose is Purpose.LIST:
                await self._lists(door, operation, cells)
            else:
                await self._one(door, operation, cells, ids, exists=exists)

    async def _lists(self, door: Door, operation: Operation, cells: Cells) -> None:
        for what, query in _WAYS:
            url = with_query(operation.path.url(door.url), **query)
            answer = await self._ask(door, url, what, sure=True)
            cells.add("GET", what, Right.READ, answer)
            if not query:
                self._learn(door, answer)

    async def _one(
        self, door: Door, operation: Operation, cells: Cells, ids: Mapping[str, str], *, exists: bool
    ) -> None:
        segments, sure = self._segments(door, operation, ids, exists=exists)
        url = operation.path.url(door.url, **segments)
        what = f"/{operation.path.template}" if operation.path.template else "object"
        cells.add("GET", what, Right.READ, await self._ask(door, url, what, sure=sure), sure=sure)

    def _segments(
        self, door: Door, operation: Operation, ids: Mapping[str, str], *, exists: bool
    ) -> tuple[dict[str, str], bool]:
        """The segments of the path, and whether the object that they name is there."""
        wanted = operation.path.segments
        if not wanted:
            return {}, True
        party = door.identity.party or _NOWHERE
        made_up = unknown_id(self._context, door.name)
        filled = {
            "country_code": party.country_code,
            "party_id": party.party_id,
            "response_url": f"https://posture.invalid/{made_up}",  # what is never called: RFC 6761, 6.4
            "duration": "60",
            **{name: made_up for name in wanted if name not in {"country_code", "party_id"}},
        }
        known = self._known.get((door.specified.version, door.specified.module), {})
        if not operation.path.owned and set(wanted) <= set(known):
            # Many platforms have lists only: then it is no refusal that nothing is found by id.
            return {**filled, **known}, door.granted(Right.READ) is False
        return {**filled, **ids}, exists and set(wanted) <= {*ids, "country_code", "party_id"}

    async def _ask(self, door: Door, url: str, what: str, *, sure: bool) -> Came:
        purpose = f"{door.name}: GET {what}"
        return await self._asker.ask(
            door, Question(method="GET", url=url, effect=Effect.READ, purpose=purpose, sure=sure)
        )

    def _learn(self, door: Door, answer: Came) -> None:
        """Remember a public object by its ids; nothing of modules whose ids may name a driver."""
        if door.specified.module != "locations" or answer.reply is None:
            return
        for item in answer.reply.objects[:1]:
            ids = dict(zip(_IDS, chain(item), strict=False))
            self._known.setdefault((door.specified.version, door.specified.module), ids)
