"""Requests about the throw-away objects of one bench, each with its own ids and a date newer than the one before."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Final

from msgspec import structs

from scanner.model.delivery import Delivery
from scanner.model.effect import Effect
from scanner.model.exchange import Exchange, Failed, FailureKind, HttpOutcome, RefusalKind, Refused
from scanner.model.late_dataclass import dataclass
from scanner.model.leftover import Leftover
from scanner.model.ocpi.builder.draft import JsonObject
from scanner.model.party import Party
from scanner.ocpi.attempts import Attempt
from scanner.ocpi.transitions.allowance import Allowance
from scanner.ocpi.transitions.bench import Bench
from scanner.ocpi.transitions.looked import UNKNOWN, Looked, looked
from scanner.ocpi.writing.reaction import Reaction, Said, reaction
from scanner.ocpi.writing.surface import JSON, as_bytes
from scanner.probe import ProbeContext

_IN_THE_PAST: Final = timedelta(days=1)  # room for a second a message
_DIGITS: Final = 10
_ENDS: Final = frozenset({RefusalKind.BUDGET, RefusalKind.STOPPED, RefusalKind.MODE, RefusalKind.NOT_ALLOWED})


class Ended(Exception):
    """Nothing more can be learned here; the text says why. `refused`: the gate lets nothing of this kind out."""

    def __init__(self, why: str, refused: Refused | None = None) -> None:
        super().__init__(why)
        self.refused = refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A write, how it was answered, and what was sent; `failure`: why no answer came."""

    reaction: Reaction
    exchange: Exchange | None
    failure: FailureKind | None = None

    @property
    def accepted(self) -> bool:
        """True where the platform said that it did it."""
        return self.reaction.said is Said.ACCEPTED

    @property
    def location(self) -> str | None:
        """Where the platform says that the object is."""
        return self.exchange.header("Location") if self.exchange else None

    def said(self) -> str:
        """For people."""
        if self.reaction.http_status is None:
            return self.reaction.why
        ocpi = self.reaction.ocpi_status
        return f"HTTP {self.reaction.http_status}" + ("" if ocpi is None else f", OCPI status {ocpi}")


class Desk:
    """`start`: how often this bench was begun before, so that ids are never used twice."""

    def __init__(self, context: ProbeContext, bench: Bench, start: int, allowance: Allowance) -> None:
        self.bench = bench
        self.closing = False  # from then on, whatever takes objects back is sent
        self._allowance = allowance
        self.other = _other(context, bench.surface.party)
        self.now = context.now
        self.seed = f"{context.seed}/{bench.name}"
        self._gate = context.gate
        probe = bench.surface.probe  # several work at one bench, each with ids of its own
        self._ids = Random(f"{probe}/{self.seed}/{context.now.isoformat()}/{start}")  # noqa: S311 - ids of throw-away objects
        self._at = context.now - _IN_THE_PAST

    def new_id(self) -> str:
        """An id that was not used before."""
        return f"POSTURE-{self._ids.getrandbits(4 * _DIGITS):0{_DIGITS}X}"

    def moment(self) -> datetime:
        """A moment in the past, a second after the one before."""
        self._at += timedelta(seconds=1)
        return self._at

    async def write(
        self,
        method: str,
        url: str,
        body: JsonObject | None,
        purpose: str,
        *,
        leaves: tuple[Leftover, ...] = (),
        ids: Mapping[str, str] | None = None,
        owners: frozenset[Party] = frozenset(),
    ) -> Answered:
        """Send one write. Raises: Ended where nothing of this kind can be sent any more."""
        text = None if body is None else as_bytes(body).decode()
        return await self.write_text(method, url, text, purpose, leaves=leaves, ids=ids, owners=owners)

    async def write_text(  # noqa: PLR0913 - keywords with defaults
        self,
        method: str,
        url: str,
        body: str | None,
        purpose: str,
        *,
        leaves: tuple[Leftover, ...] = (),
        ids: Mapping[str, str] | None = None,
        owners: frozenset[Party] = frozenset(),
        delivery: Delivery | None = None,
        stranger: Attempt | None = None,
    ) -> Answered:
        """The same with a body that is written already; `delivery`: it does not get there whole.

        `stranger`: what stands in place of the valid token. The identity answers for the request all the same.
        """
        self._count()
        surface = self.bench.surface
        content = {"Content-Type": JSON} if body is not None else {}
        intent = surface.request(
            method,
            url,
            f"{self.bench.name}: {purpose}",
            self._ids,
            effect=surface.effect,
            body=None if body is None else body.encode(),
            headers={**content, **(ids or {})},
        )
        if stranger is not None:
            intent = structs.replace(intent, credential=stranger.credential)
        odd = delivery is not None
        outcome = await self._gate.http(
            structs.replace(intent, leaves=leaves, owners=intent.owners | owners, delivery=delivery, expects_errors=odd)
        )
        if isinstance(outcome, Refused) and outcome.kind in _ENDS:
            raise Ended(outcome.detail, outcome)
        return Answered(
            reaction=reaction(outcome),
            exchange=outcome if isinstance(outcome, Exchange) else None,
            failure=outcome.kind if isinstance(outcome, Failed) else None,
        )

    async def look(self, url: str | None, purpose: str) -> Looked:
        """Read one object. Raises: Ended where the platform does not answer any more, or nothing more may be sent."""
        if url is None or self.bench.read is None:
            return UNKNOWN
        self._count()
        intent = self.bench.surface.request(
            "GET", url, f"{self.bench.name}: read back {purpose}", self._ids, effect=Effect.READ
        )
        outcome = await self._gate.http(intent)
        _still_there(outcome, purpose)
        return looked(outcome)

    def _count(self) -> None:
        if not self._allowance.take() and not self.closing:
            why = f"{self._allowance.total} requests are the share of illegal steps in max_requests; raise it"
            raise Ended(why, Refused(kind=RefusalKind.BUDGET, detail=why))

    def gone(self, left: Leftover) -> None:
        """Write down that a leftover is no longer there."""
        self._gate.taken_back(left)


def _still_there(outcome: HttpOutcome, purpose: str) -> None:
    if isinstance(outcome, Refused):
        if outcome.kind in _ENDS:
            raise Ended(outcome.detail, outcome)
    elif not isinstance(outcome, Exchange):
        raise Ended(f"the platform did not answer any more after {purpose}: {outcome}")


def _other(context: ProbeContext, own: Party) -> Party | None:
    """Somebody else whose name may stand in an object: a second identity of ours, or a party that does not exist."""
    ours = (identity.party for identity in context.target.identities)
    candidates = [*ours, *sorted(context.target.absent_parties, key=str)]
    return next((party for party in candidates if party is not None and party != own), None)
