"""Sessions and CDRs with those they belong to, and the paths on which one of them could be read by id."""

from collections.abc import Iterator, Mapping
from typing import Final

from scanner.model.evidence import EvidenceRef
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.party import Party
from scanner.model.subject import Side
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.objects import party_of
from scanner.ocpi.repeat import repeat_line
from scanner.ocpi.reply import Reply

MOST_KEPT: Final = 2000  # ids of one list


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """One object of a list: its id (lower case, CiString), the parties it names, its driver token as path segments."""

    id: str
    as_written: str
    parties: frozenset[Party]
    token_path: tuple[str, ...]
    token_type: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedList:
    """A list as one identity sees it."""

    objects: tuple[Owned, ...]
    curl: str
    evidence: EvidenceRef

    def of(self, party: Party, not_of: Party) -> dict[str, Owned]:
        """Objects that belong to one party and not to the other, by id; others count as the reader's."""
        return {o.id: o for o in self.objects if not o.parties or (party in o.parties and not_of not in o.parties)}


@dataclass(frozen=True, slots=True, kw_only=True)
class IdPath:
    """Where an object can be asked for: module and side, template for the subject, real segments and query."""

    module: str
    side: Side | None
    template: str
    segments: tuple[str, ...]
    query: Mapping[str, str]


def owned_list(reply: Reply, evidence: EvidenceRef) -> OwnedList:
    """The objects of a page that have an id."""
    objects = tuple(owned for item in reply.objects[:MOST_KEPT] if (owned := _owned(item)))
    return OwnedList(objects=objects, curl=repeat_line(reply.exchange), evidence=evidence)


def id_paths(interface: Interface, owned: Owned) -> Iterator[IdPath]:
    """By id behind the list (many platforms have it), and the driver token on the receiver side of tokens."""
    yield IdPath(module=interface.module, side=interface.side, template="/{id}", segments=(owned.as_written,), query={})
    if owned.token_path:
        query = {"type": owned.token_type} if owned.token_type else {}
        yield IdPath(
            module="tokens",
            side=Side.RECEIVER,
            template="/{country_code}/{party_id}/{uid}",
            segments=owned.token_path,
            query=query,
        )


def _owned(item: JsonValue) -> Owned | None:
    identifier = item.get("id") if isinstance(item, Mapping) else None
    if not isinstance(item, Mapping) or not isinstance(identifier, str) or not 0 < len(identifier) <= 255:  # noqa: PLR2004
        return None
    token = item.get("cdr_token")
    named = {party for party in (party_of(item), party_of(token)) if party}
    segments = _texts(token, "country_code", "party_id", "uid")
    kind = _texts(token, "type")
    return Owned(
        id=identifier.lower(),
        as_written=identifier,
        parties=frozenset(named),
        token_path=segments,
        token_type=kind[0] if kind else None,
    )


def _texts(item: JsonValue, *keys: str) -> tuple[str, ...]:
    values = [item.get(key) for key in keys] if isinstance(item, Mapping) else []
    texts = tuple(value for value in values if isinstance(value, str) and 0 < len(value) <= 64)  # noqa: PLR2004
    return texts if len(texts) == len(keys) else ()
