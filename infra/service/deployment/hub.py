"""The deployment of a platform that is a hub as well: several parties behind one token, and who is connected."""

from __future__ import annotations

from typing import Any, Final

from infra.service.deployment.contracts import EMSP_SCOPES, OWN_ROLES, partner_documents, partner_with_roles
from infra.service.deployment.seed_records import Records, client_record

HUB: Final = ("NL", "RFH")
_HUB_ROLE: Final = {"country_code": HUB[0], "party_id": HUB[1], "role": "HUB", "name": "Reference Hub"}
_CLIENTS: Final = {"module": "hubclientinfo", "side": "SENDER", "rights": ["read"]}
_GROUP: Final = (("CH", "AAR", "EMSP"), ("CH", "BRN", "EMSP"), ("CH", "CHR", "CPO"))


def hub_roles() -> list[dict[str, Any]]:
    """Our roles."""
    return [*OWN_ROLES, _HUB_ROLE]


def hub_partner_documents() -> list[dict[str, Any]]:
    """The partners of a platform, each with the list of clients, and a group of three parties behind one token."""
    group = partner_with_roles("group-f", "Alpenverbund", _GROUP, EMSP_SCOPES)
    return [p | {"scopes": [*p["scopes"], _CLIENTS]} for p in (*partner_documents(), group)]


def with_clients(records: Records) -> Records:
    """The seed, and a ClientInfo for each party behind the hub; a partner that has yet to register is planned."""
    clients = [
        client_record(HUB, role["country_code"], role["party_id"], role["role"], _status(partner))
        for partner in hub_partner_documents()
        for role in partner["roles"]
        if role["role"] != "HUB"
    ]
    return {
        version: collections | {"hubclientinfo": [*collections["hubclientinfo"], *clients]}
        if "hubclientinfo" in collections
        else collections
        for version, collections in records.items()
    }


def _status(partner: dict[str, Any]) -> str:
    return "PLANNED" if partner.get("token_kind") == "bootstrap" else "CONNECTED"
