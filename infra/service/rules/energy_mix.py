"""Where the energy of a Location or Tariff comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from infra.service.rules.measures import not_negative, percentage
from infra.service.strict_json import JsonObject

_ALL: Final = 100.5  # percent, rounding allowed for


def energy_mix_rules(document: JsonObject) -> Iterator[str]:
    """Shares are percentages and no more than the whole."""
    mix = document.get("energy_mix") or {}
    sources = mix.get("energy_sources") or []
    for source in sources:
        yield from percentage(source, "percentage")
    if sum(source["percentage"] for source in sources) > _ALL:
        yield "energy_mix.energy_sources: more than 100 percent"
    for impact in mix.get("environ_impact") or ():
        yield from not_negative(impact, "amount")
