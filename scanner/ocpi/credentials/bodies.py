"""Credentials objects as we send them: our URL, our party, and where that is tried, a party that is not ours."""

import json

from scanner.model.credential import NEW_TOKEN, CredentialsBody
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.party import Party, Role

_NAME = "Scanner"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyInRole:
    """A party and what it is."""

    party: Party
    role: Role


def credentials_body(version: str, url: str, own: PartyInRole, claimed: PartyInRole | None = None) -> CredentialsBody:
    """The object for one version; 2.1.1 has one party in it, so a claimed one stands there instead of ours."""
    details: JsonValue = {"name": _NAME}
    document: dict[str, JsonValue] = {"token": NEW_TOKEN, "url": url}
    if version.startswith("2.1"):
        document |= {"business_details": details, **_named(claimed or own)}
    else:
        roles = (own,) if claimed is None else (own, claimed)
        document["roles"] = [{"role": r.role, "business_details": details, **_named(r)} for r in roles]
    return CredentialsBody(json=json.dumps(document).encode())


def _named(one: PartyInRole) -> dict[str, JsonValue]:
    return {"party_id": one.party.party_id, "country_code": one.party.country_code}
