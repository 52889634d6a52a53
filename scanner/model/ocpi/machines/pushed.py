"""Edges that all objects have that their owner pushes: sessions, tariffs, tokens, locations."""

from typing import Final

from scanner.model.ocpi.machines.machine import ABSENT, Edge, Legality, Sets, Tag

_PATCHED: Final = "transport and format, PATCH"


def patch_before_put(carries: str, after: Sets) -> Edge:
    """A partial update of what is not there: the sender is told to PUT."""
    return Edge(
        name="patch-before-put",
        source=ABSENT,
        target=ABSENT,
        by="PATCH",
        legality=Legality.ILLEGAL,
        section=_PATCHED,
        carries=carries,
        after={"/last_updated": Tag.NOW, **after},
    )


def misuse(version: str, carries: str, state: str, *, module: str, patch: bool = True) -> tuple[Edge, ...]:
    """What no pushed object may go through in any state: time that runs backwards, an owner that is not the URL's."""
    edges = [_backwards(carries, state, module, by) for by in (("PUT", "PATCH") if patch else ("PUT",))]
    if version != "2.1.1":  # whose objects name no owner, and whose PATCH need not carry last_updated
        edges.append(_other_owner(carries, state, module))
        if patch:
            edges.append(_undated(carries, state, module))
    return tuple(edges)


def _backwards(carries: str, state: str, module: str, by: str) -> Edge:
    return Edge(
        name=f"{state}-{by.lower()}-older",
        source=state,
        target=state,
        by=by,
        legality=Legality.ILLEGAL,
        section=f"{module}, last_updated of the {carries} object",
        carries=carries,
        before={"/last_updated": Tag.NOW},
        after={"/last_updated": Tag.EARLIER},
    )


def _other_owner(carries: str, state: str, module: str) -> Edge:
    return Edge(
        name=f"{state}-put-other-owner",
        source=state,
        target=state,
        by="PUT",
        legality=Legality.ILLEGAL,
        section=f"{module}, PUT method, request parameters",
        carries=carries,
        after={"/party_id": Tag.OTHER_PARTY, "/last_updated": Tag.NOW},
    )


def _undated(carries: str, state: str, module: str) -> Edge:
    return Edge(
        name=f"{state}-patch-undated",
        source=state,
        target=state,
        by="PATCH",
        legality=Legality.ILLEGAL,
        section=f"{module}, PATCH method",
        carries=carries,
        after={"/last_updated": Tag.LEFT_OUT},
    )
