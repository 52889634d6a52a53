"""Who sends the load and who is the good partner, and the requests that each of them repeats."""

from collections.abc import Mapping
from random import Random
from typing import Final

from msgspec import structs

from scanner.model.effect import Effect
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.intent import HttpIntent
from scanner.model.late_dataclass import dataclass
from scanner.model.party import Party
from scanner.model.subject import Side
from scanner.model.target import Endpoint
from scanner.ocpi.depth.probe import is_list
from scanner.ocpi.interfaces import Interface, discovered
from scanner.ocpi.message_ids import MessageIds
from scanner.ocpi.stress.bodies import writable
from scanner.ocpi.stress.naming import NAME
from scanner.ocpi.url_place import with_path, with_query
from scanner.ocpi.writing.surface import Surface
from scanner.probe import ProbeContext

_PREFERRED: Final = ("locations", "tariffs", "sessions", "cdrs", "tokens")  # the first two name no driver


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """One identity with a list that it may read; `agreed`: requests a second of its contract, if that says.

    `surface`: where it may write an object of its own.
    """

    identity: str
    interface: Interface
    agreed: float | None
    surface: Surface | None = None

    def ask(self, context: ProbeContext, purpose: str, query: Mapping[str, str] | None = None) -> HttpIntent:
        """A GET of its list, one object long unless `query` says otherwise; for a burst."""
        random = Random(f"{context.seed}/{NAME}/{purpose}/{query}")  # noqa: S311 - ids, not secrets
        return HttpIntent(
            effect=Effect.BURST,
            environment=context.target.name,
            probe=NAME,
            purpose=purpose,
            identity=self.identity,
            method="GET",
            url=with_query(self.interface.url, **({"limit": "1"} if query is None else query)),
            credential=self.interface.credential,
            headers=MessageIds.new(random).headers,
        )

    def ask_below(self, context: ProbeContext, purpose: str, segment: str) -> HttpIntent:
        """A GET of what stands below its list under one name."""
        return structs.replace(self.ask(context, purpose), url=with_path(self.interface.url.partition("?")[0], segment))


def loader_and_good(context: ProbeContext, endpoint: Endpoint) -> tuple[Partner, Partner] | None:
    """Who sends the load (a disposable identity that may write, if there is one) and who is served meanwhile.

    None: nobody reads.

    Of one party alone, both are the same.
    """
    readers = _readers(context, endpoint)
    if not readers:
        return None
    loader = min(readers, key=lambda one: (not context.target.identity(one.identity).disposable, one.surface is None))
    party = context.target.identity(loader.identity).party
    others = [one for one in readers if one is not loader and _is_another(context, one, party)]
    return loader, (others[0] if others else loader)


def _is_another(context: ProbeContext, partner: Partner, party: Party | None) -> bool:
    """Two identities of one party may share one limit."""
    own = context.target.identity(partner.identity).party
    return own is None or party is None or own != party


def _readers(context: ProbeContext, endpoint: Endpoint) -> list[Partner]:
    found: dict[str, Interface] = {}
    interfaces, surfaces = discovered(context, endpoint), writable(context, endpoint)
    lists = (
        i
        for i in interfaces
        if i.place is UrlPlace.IN_SCOPE and i.side in {Side.SENDER, None} and is_list(i) and i.module in _PREFERRED
    )
    for interface in sorted(lists, key=lambda i: (_PREFERRED.index(i.module), i.version != "2.2.1", i.version)):
        found.setdefault(interface.credential.identity, interface)
    return [
        Partner(identity=name, interface=interface, agreed=_agreed(context, name), surface=surfaces.get(name))
        for name, interface in sorted(found.items())
    ]


def _agreed(context: ProbeContext, identity: str) -> float | None:
    contract = context.target.contract_of(context.target.identity(identity))
    return float(contract.requests_per_second) if contract and contract.requests_per_second else None
