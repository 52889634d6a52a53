"""Reservations: made, replaced and canceled by their sender alone."""

from dataclasses import replace
from typing import Final

from scanner.model.ocpi.machines.machine import ABSENT, Edge, Legality, Machine, Sender, Sets, Tag

_RESERVE: Final = "commands, ReserveNow object"
_CANCEL: Final = "commands, CancelReservation object"


def reservation_machine(version: str) -> Machine:
    """Reservations of one version; 2.1.1 cannot cancel one."""
    since_2_2 = version != "2.1.1"
    return Machine(
        version=version,
        name="reservations",
        module="commands",
        states=(ABSENT, "RESERVED", "EXPIRED", *(("CANCELED",) if since_2_2 else ())),
        final=frozenset({"EXPIRED", "CANCELED"} if since_2_2 else {"EXPIRED"}),
        edges=(
            _reserve("reserve", ABSENT, Legality.LEGAL, {"/expiry_date": Tag.FUTURE}),
            _reserve(
                "replace", "RESERVED", Legality.LEGAL, {"/reservation_id": Tag.SAME_ID, "/expiry_date": Tag.FUTURE}
            ),
            Edge(
                name="expire",
                source="RESERVED",
                target="EXPIRED",
                by="event",
                legality=Legality.LEGAL,
                section=_RESERVE,
            ),
            _reserve("reserve-until-past", ABSENT, Legality.ILLEGAL, {"/expiry_date": Tag.PAST}, target=ABSENT),
            *(_since_2_2() if since_2_2 else ()),
        ),
    )


def _since_2_2() -> tuple[Edge, ...]:
    return (
        _cancel("cancel", "RESERVED", "CANCELED", Legality.LEGAL, Tag.SAME_ID),
        _cancel("cancel-unknown", ABSENT, ABSENT, Legality.UNSPECIFIED, Tag.NEW_ID),
        _cancel("cancel-canceled", "CANCELED", "CANCELED", Legality.UNSPECIFIED, Tag.SAME_ID),
        # A sender can neither replace nor cancel what another one reserved.
        replace(_cancel("cancel-of-other", "RESERVED", "RESERVED", Legality.ILLEGAL, Tag.SAME_ID), sender=Sender.OTHER),
        replace(
            _reserve("replace-of-other", "RESERVED", Legality.ILLEGAL, {"/reservation_id": Tag.SAME_ID}),
            sender=Sender.OTHER,
        ),
        _reserve(
            "reserve-with-foreign-token", ABSENT, Legality.ILLEGAL, {"/token/party_id": Tag.OTHER_PARTY}, target=ABSENT
        ),
        Edge(
            name="canceled-by-operator",
            source="RESERVED",
            target="CANCELED",
            by="POST",
            legality=Legality.LEGAL,
            section="commands, flow",
            carries="CommandResult",
            after={"/result": "CANCELED_RESERVATION"},
        ),
    )


def _reserve(name: str, source: str, legality: Legality, after: Sets, *, target: str = "RESERVED") -> Edge:
    return Edge(
        name=name,
        source=source,
        target=target,
        by="POST",
        legality=legality,
        section=_RESERVE,
        carries="ReserveNow",
        after=after,
    )


def _cancel(name: str, source: str, target: str, legality: Legality, id: Tag) -> Edge:
    return Edge(
        name=name,
        source=source,
        target=target,
        by="POST",
        legality=legality,
        section=_CANCEL,
        carries="CancelReservation",
        after={"/reservation_id": id},
    )
