"""What a stack costs a month, from what it registers and the table of list prices in `infra/prices.json`.

Two kinds of cost: those that run by the hour or month whatever happens, and those that grow with use. A type of
resource that the table does not know is refused, so that no new part of the stack is taken for free.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PRICES: Final = Path(__file__).with_name("prices.json")
HOURS: Final = 730  # in a month, as AWS counts
Resource = tuple[str, Mapping[str, Any]]  # type token, inputs by their names in the engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One kind of thing that costs by its being there. `monthly` is USD for all of them.

    `compared`: somebody had the price's page open.
    """

    what: str
    number: int
    monthly: float
    source: str
    as_of: str
    compared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One kind of use. `usd` is for a unit; `per_million` what a million requests of partners come to, if they do."""

    what: str
    unit: str
    usd: float
    per_million: float | None
    source: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """`unpriced`: types of which the table knows nothing."""

    fixed: tuple[Line, ...]
    use: tuple[Use, ...]
    unpriced: tuple[str, ...]

    @property
    def monthly(self) -> float:
        """USD without any use."""
        return sum(line.monthly for line in self.fixed)

    @property
    def hourly(self) -> float:
        """USD without any use."""
        return self.monthly / HOURS

    @property
    def from_memory(self) -> tuple[str, ...]:
        """What of `fixed` has a price that nobody has compared with its page."""
        return tuple(line.what for line in self.fixed if not line.compared)

    @property
    def per_million(self) -> float:
        """USD for a million requests of partners."""
        return sum(use.per_million or 0 for use in self.use)


def prices() -> Mapping[str, Any]:
    """The table: `region`, `note`; `fixed`, `usage`; `cheap` and `free` begin the types without a price.

    Each price has `source`, its page; `as_of`, the month it was written in; `compared`, whether the page was open then.
    """
    table: Mapping[str, Any] = json.loads(PRICES.read_text(encoding="utf-8"))
    return table


def estimate(resources: Iterable[Resource]) -> Estimate:
    """For the stack that registers these."""
    table, registered = prices(), list(resources)
    types = {kind for kind, _ in registered}
    known = {entry["type"] for entry in (*table["fixed"], *table["usage"])}
    without_price = (*table["free"], *table["cheap"])
    return Estimate(
        fixed=tuple(line for line in (_line(entry, registered) for entry in table["fixed"]) if line.number),
        use=tuple(_use(entry) for entry in table["usage"] if entry["type"] in types),
        unpriced=tuple(sorted(kind for kind in types - known if not kind.startswith(without_price))),
    )


def of_preview(document: Mapping[str, Any]) -> list[Resource]:
    """What a `pulumi preview --json` would make or keep."""
    states = (step.get("newState") for step in document.get("steps", ()))
    return [(state["type"], state.get("inputs", {})) for state in states if state is not None]


def _line(entry: Mapping[str, Any], resources: Iterable[Resource]) -> Line:
    where: Mapping[str, Any] = entry.get("where", {})
    found = [
        inputs
        for kind, inputs in resources
        if kind == entry["type"] and all(inputs.get(key) == value for key, value in where.items())
    ]
    number = sum(_count(inputs.get(entry["each"], ())) for inputs in found) if "each" in entry else len(found)
    monthly = number * entry["usd"] * (HOURS if entry["per"] == "hour" else 1)
    return Line(
        what=entry["what"],
        number=number,
        monthly=monthly,
        source=entry["source"],
        as_of=_as_of(entry),
        compared=entry["compared"],
    )


def _count(value: Sequence[Any] | float) -> int:
    """As many as are listed, or as are said."""
    return int(value) if isinstance(value, int | float) else len(value)


def _use(entry: Mapping[str, Any]) -> Use:
    units = entry.get("per_million_requests")
    return Use(
        what=entry["what"],
        unit=entry["unit"],
        usd=entry["usd"],
        per_million=None if units is None else units * entry["usd"],
        source=entry["source"],
        as_of=_as_of(entry),
    )


def _as_of(entry: Mapping[str, Any]) -> str:
    """`2026-11`, and whether somebody had the page open."""
    return str(entry["as_of"]) if entry["compared"] else f"{entry['as_of']}, from memory"
