"""CDRs: sent once, then as they are; since 2.2 another CDR may credit one."""

from typing import Final

from scanner.model.ocpi.machines.machine import ABSENT, Edge, Legality, Machine, Sets, Tag

_LIFE: Final = "cdrs, flow and lifecycle"
_RECEIVER: Final = "cdrs, receiver interface"
_CREDIT: Final = "cdrs, Credit CDRs"
_PRICE: Final = {"2.1.1": "/total_cost", "2.2.1": "/total_cost/excl_vat", "2.3.0": "/total_cost/before_taxes"}


def cdr_machine(version: str) -> Machine:
    """CDRs of one version."""
    credited = version != "2.1.1"
    return Machine(
        version=version,
        name="cdrs",
        module="cdrs",
        states=(ABSENT, "SENT", *(("CREDITED",) if credited else ())),
        final=frozenset({"CREDITED"} if credited else {"SENT"}),
        edges=(*_sent(version), *(_credited(version) if credited else ())),
    )


def _sent(version: str) -> tuple[Edge, ...]:
    changed = {_PRICE[version]: Tag.MORE, "/last_updated": Tag.NOW}
    again = {"/id": Tag.SAME_ID, **changed}
    return (
        Edge(
            name="send",
            source=ABSENT,
            target="SENT",
            by="POST",
            legality=Legality.LEGAL,
            section=_RECEIVER,
            carries="CDR",
        ),
        Edge(
            name="send-again-changed",
            source="SENT",
            target="SENT",
            by="POST",
            legality=Legality.ILLEGAL,
            section=_LIFE,
            carries="CDR",
            after=again,
        ),
        Edge(
            name="send-again-same",
            source="SENT",
            target="SENT",
            by="POST",
            legality=Legality.UNSPECIFIED,
            section=_LIFE,
            carries="CDR",
            after={"/id": Tag.SAME_ID},
        ),
        Edge(
            name="replace",
            source="SENT",
            target="SENT",
            by="PUT",
            legality=Legality.ILLEGAL,
            section=_RECEIVER,
            carries="CDR",
            after=again,
        ),
        Edge(
            name="update",
            source="SENT",
            target="SENT",
            by="PATCH",
            legality=Legality.ILLEGAL,
            section=_RECEIVER,
            carries="CDR",
            after=changed,
        ),
        Edge(name="remove", source="SENT", target=ABSENT, by="DELETE", legality=Legality.ILLEGAL, section=_RECEIVER),
    )


def _credited(version: str) -> tuple[Edge, ...]:
    price = _PRICE[version]
    credit: Sets = {"/id": Tag.NEW_ID, "/credit": True, "/credit_reference_id": Tag.SAME_ID, price: Tag.NEGATED}
    return (
        _credit("credit", "SENT", "CREDITED", Legality.LEGAL, credit),
        _credit("credit-under-same-id", "SENT", "SENT", Legality.ILLEGAL, {**credit, "/id": Tag.SAME_ID}),
        _credit(
            "credit-without-reference",
            "SENT",
            "SENT",
            Legality.ILLEGAL,
            {**credit, "/credit_reference_id": Tag.LEFT_OUT},
        ),
        _credit("credit-of-more", "SENT", "SENT", Legality.ILLEGAL, {**credit, price: -1_000_000.0}),
        _credit("credit-that-charges", "SENT", "SENT", Legality.ILLEGAL, {**credit, price: Tag.MORE}),
        _credit(
            "credit-of-unknown",
            ABSENT,
            ABSENT,
            Legality.UNSPECIFIED,
            {**credit, "/credit_reference_id": Tag.NEW_ID, price: -1.0},
        ),
        # What was sent last is the credit CDR: the same once more, and one that credits it in its turn.
        _credit("credit-twice", "CREDITED", "CREDITED", Legality.UNSPECIFIED, {"/id": Tag.NEW_ID}),
        _credit(
            "credit-of-credit",
            "CREDITED",
            "CREDITED",
            Legality.UNSPECIFIED,
            {"/id": Tag.NEW_ID, "/credit_reference_id": Tag.SAME_ID},
        ),
    )


def _credit(name: str, source: str, target: str, legality: Legality, after: Sets) -> Edge:
    return Edge(
        name=name,
        source=source,
        target=target,
        by="POST",
        legality=legality,
        section=_CREDIT,
        carries="CDR",
        after={**after, "/last_updated": Tag.NOW},
    )
