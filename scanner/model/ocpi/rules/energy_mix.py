"""Rules on where energy comes from."""

from collections.abc import Iterable, Iterator
from typing import Final

from scanner.model.ocpi.rules.read import JsonObject, flag, items, number, text
from scanner.model.ocpi.rules.rule import EVERY, Basis, Scope, SemanticRule
from scanner.model.ocpi.rules.shape import not_negative, within
from scanner.model.severity import Severity

_FOSSIL_OR_NUCLEAR: Final = frozenset({"COAL", "GAS", "GENERAL_FOSSIL", "NUCLEAR"})
_WHOLE: Final = 100.0
_ROUNDING: Final = 0.5  # percent for each source: shares are given as whole percents


def _green(of: JsonObject, _: Scope) -> Iterator[str]:
    if flag(of, "is_green_energy"):
        for pointer, source in items(of, "energy_sources"):
            share = number(source, "percentage")
            if text(source, "source") in _FOSSIL_OR_NUCLEAR and share is not None and share > 0:
                yield f"{pointer}/percentage"


def _adds_up(of: JsonObject, _: Scope) -> Iterable[str]:
    shares = [number(source, "percentage") for _, source in items(of, "energy_sources")]
    known = [share for share in shares if share is not None]
    if not known or len(known) < len(shares):
        return ()
    return () if abs(sum(known) - _WHOLE) <= _ROUNDING * len(known) else ("/energy_sources",)


RULES: Final = (
    SemanticRule(
        id="green-energy-has-green-sources",
        versions=EVERY,
        classes=("EnergyMix",),
        section="locations, EnergyMix class",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="green energy has no share of fossil or nuclear sources",
        judge=_green,
    ),
    SemanticRule(
        id="energy-sources-add-up",
        versions=EVERY,
        classes=("EnergyMix",),
        section="locations, EnergySource class",
        basis=Basis.RECOMMENDED,
        severity=Severity.INFO,
        sentence="the shares of all sources add up to 100 percent",
        judge=_adds_up,
    ),
    SemanticRule(
        id="energy-share-in-range",
        versions=EVERY,
        classes=("EnergySource",),
        section="locations, EnergySource class",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="a share lies between 0 and 100 percent",
        judge=within(0, _WHOLE, "percentage"),
    ),
    SemanticRule(
        id="environmental-impact-not-negative",
        versions=EVERY,
        classes=("EnvironmentalImpact",),
        section="locations, EnvironmentalImpact class",
        basis=Basis.PLAUSIBLE,
        severity=Severity.INFO,
        sentence="an amount of waste is not negative",
        judge=not_negative("amount"),
    ),
)
