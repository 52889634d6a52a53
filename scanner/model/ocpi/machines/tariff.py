"""Tariffs: pushed whole, replaced, removed; 2.1.1 alone has PATCH."""

from typing import Final

from scanner.model.ocpi.machines.machine import ABSENT, Edge, Legality, Machine, Sets, Tag
from scanner.model.ocpi.machines.pushed import misuse, patch_before_put

_RECEIVER: Final = "tariffs, receiver interface"


def tariff_machine(version: str) -> Machine:
    """Tariffs of one version."""
    old = version == "2.1.1"
    update = Legality.LEGAL if old else Legality.ILLEGAL
    return Machine(
        version=version,
        name="tariffs",
        module="tariffs",
        states=(ABSENT, "KNOWN"),
        final=frozenset(),
        edges=(
            _put("create", ABSENT, Legality.LEGAL, {}),
            _put("replace", "KNOWN", Legality.LEGAL, {}),
            Edge(
                name="update",
                source="KNOWN",
                target="KNOWN",
                by="PATCH",
                legality=update,
                section=_RECEIVER,
                carries="Tariff",
                after={"/currency": "NOK", "/last_updated": Tag.NOW},
            ),
            Edge(name="remove", source="KNOWN", target=ABSENT, by="DELETE", legality=Legality.LEGAL, section=_RECEIVER),
            Edge(
                name="remove-unknown",
                source=ABSENT,
                target=ABSENT,
                by="DELETE",
                legality=Legality.UNSPECIFIED,
                section=_RECEIVER,
            ),
            Edge(
                name="post",
                source="KNOWN",
                target="KNOWN",
                by="POST",
                legality=Legality.ILLEGAL,
                section=_RECEIVER,
                carries="Tariff",
            ),
            *((patch_before_put("Tariff", {"/currency": "EUR"}),) if old else _in_time()),
            *misuse(version, "Tariff", "KNOWN", module="tariffs", patch=False),
        ),
    )


def _in_time() -> tuple[Edge, ...]:
    """Nothing is said about when a tariff may be sent: a price for the past is worth a look, and no fault."""
    return (
        _put("create-valid-in-past", ABSENT, Legality.UNSPECIFIED, {"/start_date_time": Tag.PAST}),
        _put("replace-valid-in-past", "KNOWN", Legality.UNSPECIFIED, {"/start_date_time": Tag.PAST}),
        _put("create-ended", ABSENT, Legality.UNSPECIFIED, {"/end_date_time": Tag.PAST}),
        _put(
            "end-before-start", "KNOWN", Legality.ILLEGAL, {"/start_date_time": Tag.FUTURE, "/end_date_time": Tag.PAST}
        ),
    )


def _put(name: str, source: str, legality: Legality, after: Sets) -> Edge:
    return Edge(
        name=name,
        source=source,
        target="KNOWN",
        by="PUT",
        legality=legality,
        section="tariffs, Tariff object" if after else _RECEIVER,
        carries="Tariff",
        after={**after, "/last_updated": Tag.NOW},
    )
