"""Tokens: pushed, made invalid and valid again, never removed and never another kind of token."""

from itertools import product
from typing import Final

from scanner.model.ocpi.machines.machine import ABSENT, Edge, Legality, Machine, Tag
from scanner.model.ocpi.machines.pushed import misuse, patch_before_put

_RECEIVER: Final = "tokens, receiver interface"
_VALID: Final = {"VALID": True, "INVALID": False}


def token_machine(version: str) -> Machine:
    """Tokens of one version."""
    return Machine(
        version=version,
        name="tokens",
        module="tokens",
        states=(ABSENT, *_VALID),
        final=frozenset(),
        edges=(
            *(_change(ABSENT, target, "PUT") for target in _VALID),
            *(_change(source, target, by) for source, target, by in product(_VALID, _VALID, ("PUT", "PATCH"))),
            patch_before_put("Token", {"/valid": False}),
            *(_retyped(by) for by in ("PUT", "PATCH")),
            _removed(),
            *misuse(version, "Token", "VALID", module="tokens"),
        ),
    )


def _change(source: str, target: str, by: str) -> Edge:
    return Edge(
        name=f"{source}-{by.lower()}-{target}",
        source=source,
        target=target,
        by=by,
        legality=Legality.LEGAL,
        section=_RECEIVER,
        carries="Token",
        before={} if source == ABSENT else {"/valid": _VALID[source]},
        after={"/valid": _VALID[target], "/last_updated": Tag.NOW},
    )


def _retyped(by: str) -> Edge:
    """The uid and the type together name a token: with another type it is not the one of the URL."""
    return Edge(
        name=f"{by.lower()}-other-type",
        source="VALID",
        target="VALID",
        by=by,
        legality=Legality.ILLEGAL,
        section="tokens, Token object",
        carries="Token",
        before={"/type": "RFID"},
        after={"/type": "OTHER", "/last_updated": Tag.NOW},
    )


def _removed() -> Edge:
    return Edge(name="remove", source="VALID", target=ABSENT, by="DELETE", legality=Legality.ILLEGAL, section=_RECEIVER)
