"""What the cases of the semantic rules are made of."""

from dataclasses import dataclass, field
from typing import Any

from scanner.model.ocpi.rules.context import RuleContext, index

OLD, SINCE_2_2, V221, V230 = ("2.1.1",), ("2.2.1", "2.3.0"), ("2.2.1",), ("2.3.0",)
EVERY = (*OLD, *SINCE_2_2)
T0, T1, T2, T3 = (f"2025-05-01T{hour:02}:00:00Z" for hour in (8, 9, 10, 11))
LATER = "2026-03-01T00:00:00Z"
NO_CONTEXT = RuleContext()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCase:
    """`change` is laid over `keeps`, property by property; None takes a property away."""

    rule: str
    name: str
    keeps: dict[str, Any]
    change: dict[str, Any]
    pointer: str
    versions: tuple[str, ...]
    context: RuleContext = field(default=NO_CONTEXT)

    @property
    def breaks(self) -> dict[str, Any]:
        changed = {**self.keeps, **self.change}
        return {key: value for key, value in changed.items() if value is not None}


def case(rule, name, keeps, change, pointer, versions=EVERY, **more):
    return RuleCase(rule=rule, name=name, keeps=keeps, change=change, pointer=pointer, versions=versions, **more)


def period(start, tariff=None, /, **volumes):
    dimensions = [{"type": kind, "volume": volume} for kind, volume in volumes.items()]
    return {"start_date_time": start, "dimensions": dimensions, **({"tariff_id": tariff} if tariff else {})}


def price(amount, taxed=None, /):
    return {"excl_vat": amount, "before_taxes": amount, **({} if taxed is None else {"incl_vat": taxed})}


def dimension(kind, volume):
    return {"type": kind, "volume": volume}


def element(*kinds, **restrictions):
    components = [{"type": kind, "price": 1.0, "step_size": 1} for kind in kinds]
    return {"price_components": components, **({"restrictions": restrictions} if restrictions else {})}


def tax(amount, percentage=None):
    return {"name": "VAT", "amount": amount, **({} if percentage is None else {"percentage": percentage})}


OWN: dict[str, Any] = {"country_code": "DE", "party_id": "AAA"}
SESSION: dict[str, Any] = {
    **OWN,
    "id": "S1",
    "status": "COMPLETED",
    "currency": "EUR",
    "kwh": 20.0,
    "cdr_token": {"uid": "T1"},
}
LOCATION: dict[str, Any] = {**OWN, "id": "L1", "evses": [{"uid": "E1", "connectors": [{"id": "1"}]}]}
TOKEN: dict[str, Any] = {**OWN, "uid": "T1", "type": "RFID", "contract_id": "DEAAAC12345678"}
ORIGINAL: dict[str, Any] = {**OWN, "id": "C1", "currency": "EUR", "total_cost": price(10.0)}
BEFORE: dict[str, Any] = {"id": "X1", "uid": "U1", "type": "RFID", "last_updated": T1}
OTHERS = RuleContext(
    cdrs=index([ORIGINAL]),
    sessions=index([SESSION]),
    locations=index([LOCATION]),
    tokens=index([TOKEN], by="uid"),
    previous=BEFORE,
    owner=("DE", "AAA"),
    senders=frozenset({("DE", "AAA")}),
)
