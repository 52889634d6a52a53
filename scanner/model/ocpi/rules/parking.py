"""Rules on parking places (2.3.0)."""

from collections.abc import Iterable, Iterator
from typing import Final

from scanner.model.ocpi.rules.read import JsonObject, folded, items, text
from scanner.model.ocpi.rules.rule import ONLY_2_3, Basis, Scope, SemanticRule
from scanner.model.ocpi.rules.shape import distinct, positive
from scanner.model.severity import Severity

_SMALL: Final = frozenset({"PERSONAL_VEHICLE", "MOTORCYCLE"})
_SIZES: Final = (
    "max_vehicle_weight",
    "max_vehicle_height",
    "max_vehicle_length",
    "max_vehicle_width",
    "parking_space_length",
    "parking_space_width",
)


def _known(of: JsonObject, _: Scope) -> Iterator[str]:
    if of.get("coordinates") is None:
        return  # a partial object may leave the places out
    places = {folded(text(place, "id") or "") for _, place in items(of, "parking_places")}
    for outer, evse in items(of, "evses"):
        for pointer, parking in items(evse, "parking"):
            wanted = text(parking, "parking_id")
            if wanted is not None and folded(wanted) not in places:
                yield f"{outer}{pointer}/parking_id"


def _photograph(of: JsonObject, _: Scope) -> Iterable[str]:
    kinds = of.get("vehicle_types")
    wanted = isinstance(kinds, list | tuple) and "DISABLED" in kinds
    return ("/images",) if wanted and not of.get("images") else ()


def _measured(of: JsonObject, _: Scope) -> Iterable[str]:
    kinds = of.get("vehicle_types")
    if not isinstance(kinds, list | tuple) or all(isinstance(kind, str) and kind in _SMALL for kind in kinds):
        return ()
    return [f"/{key}" for key in (*_SIZES, "dangerous_goods_allowed") if of.get(key) is None]


RULES: Final = (
    SemanticRule(
        id="parking-id-unique",
        versions=ONLY_2_3,
        classes=("Location",),
        section="locations, Parking object",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="no two parking places of a location have the same id",
        judge=distinct("parking_places", "id"),
    ),
    SemanticRule(
        id="parking-id-known",
        versions=ONLY_2_3,
        classes=("Location",),
        section="locations, EVSEParking class",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="parking_id is the id of a parking place of the same location",
        judge=_known,
    ),
    SemanticRule(
        id="parking-sizes-given",
        versions=ONLY_2_3,
        classes=("Parking",),
        section="locations, Parking object",
        basis=Basis.RECOMMENDED,
        severity=Severity.INFO,
        sentence="a place for other than small vehicles says its sizes and whether dangerous goods may park",
        judge=_measured,
    ),
    SemanticRule(
        id="parking-photograph-given",
        versions=ONLY_2_3,
        classes=("Parking",),
        section="locations, Parking object",
        basis=Basis.RECOMMENDED,
        severity=Severity.INFO,
        sentence="a place for people with disabilities has a photograph",
        judge=_photograph,
    ),
    SemanticRule(
        id="parking-sizes-positive",
        versions=ONLY_2_3,
        classes=("Parking",),
        section="locations, Parking object",
        basis=Basis.PLAUSIBLE,
        severity=Severity.INFO,
        sentence="sizes, weight and time limit are above zero",
        judge=positive(*_SIZES, "time_limit"),
    ),
)
