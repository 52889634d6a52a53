"""The parties of the prepared deployment.

Us (CPO and eMSP), two eMSPs, a CPO, a hub, an eMSP that sends commands, and one that has yet to register. Commands and
charging profiles are granted to that one eMSP, and to the CPO for its answers to ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

CPO: Final = ("NL", "RFC")
EMSP: Final = ("NL", "RFM")
EMSP_A: Final = ("DE", "VLT")
EMSP_B: Final = ("FR", "RLN")
CPO_C: Final = ("BE", "GRN")
NEWCOMER: Final = ("AT", "ALP")
HUB_D: Final = ("LU", "HUB")
EMSP_E: Final = ("IT", "ELN")

OWN_ROLES: Final[list[dict[str, Any]]] = [
    {"country_code": "NL", "party_id": "RFC", "role": "CPO", "name": "Reference Charging", "website": "https://cpo.example"},
    {"country_code": "NL", "party_id": "RFM", "role": "EMSP", "name": "Reference Mobility", "website": "https://emsp.example"},
]  # fmt: skip
_READ: Final = ["read"]
_BOTH: Final = ["read", "write"]
EMSP_SCOPES: Final = [
    {"module": "locations", "side": "SENDER", "rights": _READ},
    {"module": "tariffs", "side": "SENDER", "rights": _READ},
    {"module": "tokens", "side": "RECEIVER", "rights": _BOTH},
    {"module": "sessions", "side": "SENDER", "rights": _BOTH},
    {"module": "cdrs", "side": "SENDER", "rights": _READ},
]
_COMMANDING: Final = [
    {"module": "commands", "side": "RECEIVER", "rights": ["write"]},
    {"module": "chargingprofiles", "side": "RECEIVER", "rights": _BOTH},
]
_HUB_SCOPES: Final = [{"module": "hubclientinfo", "side": "RECEIVER", "rights": _BOTH}]
_CPO_SCOPES: Final = [
    {"module": "locations", "side": "RECEIVER", "rights": _BOTH},
    {"module": "tariffs", "side": "RECEIVER", "rights": _BOTH},
    {"module": "tokens", "side": "SENDER", "rights": _BOTH},
    {"module": "sessions", "side": "RECEIVER", "rights": _BOTH},
    {"module": "cdrs", "side": "RECEIVER", "rights": _BOTH},
    {"module": "commands", "side": "SENDER", "rights": ["write"]},
    {"module": "chargingprofiles", "side": "SENDER", "rights": ["write"]},
]


def partner_documents() -> list[dict[str, Any]]:
    """The partners of `service.json`, without their tokens."""
    return [
        _partner("emsp-a", EMSP_A, "EMSP", "Voltfahrt", EMSP_SCOPES),
        _partner("emsp-b", EMSP_B, "EMSP", "Route Libre", EMSP_SCOPES),
        _partner("cpo-c", CPO_C, "CPO", "Groene Laadpalen", _CPO_SCOPES),
        _partner("hub-d", HUB_D, "HUB", "Kreuzweg", _HUB_SCOPES),
        _partner("emsp-e", EMSP_E, "EMSP", "Elettronoleggio", [*EMSP_SCOPES, *_COMMANDING]),
        _partner("newcomer", NEWCOMER, "EMSP", "Alpenstrom", EMSP_SCOPES) | {"token_kind": "bootstrap"},
    ]


def partner_with_roles(
    partner_id: str, name: str, roles: Iterable[tuple[str, str, str]], scopes: list[dict[str, Any]]
) -> dict[str, Any]:
    """One contract; `roles` are country code, party id and role."""
    return {
        "id": partner_id,
        "roles": [{"country_code": c, "party_id": p, "role": r, "name": name} for c, p, r in roles],
        "scopes": scopes,
        "token_encoding": "base64",
        "contract_from": "2025-01-01T00:00:00Z",
        "contract_until": "2036-01-01T00:00:00Z",
    }


def _partner(
    partner_id: str, party: tuple[str, str], role: str, name: str, scopes: list[dict[str, Any]]
) -> dict[str, Any]:
    return partner_with_roles(partner_id, name, [(*party, role)], scopes)
