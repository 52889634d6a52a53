"""Locations and the status of their EVSEs: REMOVED instead of DELETE."""

from itertools import product
from typing import Final

from scanner.model.ocpi.machines.machine import ABSENT, Edge, Legality, Machine, Tag
from scanner.model.ocpi.machines.pushed import misuse, patch_before_put

_RECEIVER: Final = "locations, receiver interface"
_LIFE: Final = "locations, flow and lifecycle"
_STATUSES: Final = (
    "PLANNED",
    "AVAILABLE",
    "CHARGING",
    "RESERVED",
    "BLOCKED",
    "INOPERATIVE",
    "OUTOFORDER",
    "UNKNOWN",
    "REMOVED",
)


def location_machine(version: str) -> Machine:
    """Locations of one version."""
    return Machine(
        version=version,
        name="locations",
        module="locations",
        states=(ABSENT, "KNOWN"),
        final=frozenset(),
        edges=(
            _put("create", ABSENT, Legality.LEGAL, None),
            _put("replace", "KNOWN", Legality.LEGAL, None),
            _put("rename", "KNOWN", Legality.ILLEGAL, Tag.NEW_ID),
            Edge(
                name="update",
                source="KNOWN",
                target="KNOWN",
                by="PATCH",
                legality=Legality.LEGAL,
                section=_RECEIVER,
                carries="Location",
                after={"/name": "Renamed", "/last_updated": Tag.NOW},
            ),
            Edge(
                name="post",
                source=ABSENT,
                target=ABSENT,
                by="POST",
                legality=Legality.ILLEGAL,
                section=_RECEIVER,
                carries="Location",
            ),
            Edge(
                name="remove", source="KNOWN", target=ABSENT, by="DELETE", legality=Legality.ILLEGAL, section=_RECEIVER
            ),
            patch_before_put("Location", {"/name": "Renamed"}),
            *misuse(version, "Location", "KNOWN", module="locations"),
        ),
    )


def _put(name: str, source: str, legality: Legality, id: Tag | None) -> Edge:
    after = {"/last_updated": Tag.NOW} if id is None else {"/id": id, "/last_updated": Tag.NOW}
    section = _RECEIVER if id is None else "locations, Location object"
    return Edge(
        name=name,
        source=source,
        target="KNOWN",
        by="PUT",
        legality=legality,
        section=section,
        carries="Location",
        after=after,
    )


def evse_machine(version: str) -> Machine:
    """EVSEs of one version, inside a location that the receiver knows.

    What comes after REMOVED is not said; that an EVSE is not deleted is.
    """
    return Machine(
        version=version,
        name="evses",
        module="locations",
        states=(ABSENT, *_STATUSES),
        final=frozenset({"REMOVED"}),
        edges=(
            *(_status(ABSENT, target, "PUT") for target in _STATUSES if target != "REMOVED"),
            *(_status(source, target, "PATCH") for source, target in product(_STATUSES, _STATUSES) if source != target),
            Edge(
                name="patch-before-put",
                source=ABSENT,
                target=ABSENT,
                by="PATCH",
                legality=Legality.ILLEGAL,
                section="transport and format, PATCH",
                carries="EVSE",
                after={"/status": "AVAILABLE", "/last_updated": Tag.NOW},
            ),
            Edge(
                name="rename",
                source="AVAILABLE",
                target="AVAILABLE",
                by="PUT",
                legality=Legality.ILLEGAL,
                section="locations, EVSE object",
                carries="EVSE",
                after={"/uid": Tag.NEW_ID, "/last_updated": Tag.NOW},
            ),
            Edge(
                name="remove",
                source="AVAILABLE",
                target=ABSENT,
                by="DELETE",
                legality=Legality.ILLEGAL,
                section=_RECEIVER,
            ),
        ),
    )


def _status(source: str, target: str, by: str) -> Edge:
    return Edge(
        name=f"{source}-{by.lower()}-{target}",
        source=source,
        target=target,
        by=by,
        legality=Legality.UNSPECIFIED if source == "REMOVED" else Legality.LEGAL,
        section=_LIFE if "REMOVED" in {source, target} else _RECEIVER,
        carries="EVSE",
        before={} if source == ABSENT else {"/status": source},
        after={"/status": target, "/last_updated": Tag.NOW},
    )
