"""Credentials objects: theirs held against the contract, and ours. 2.1.1 has one party in it, later versions a list."""

from __future__ import annotations

from infra.service.call import Call
from infra.service.credentials_token import CredentialsToken
from infra.service.modules.dialect import Dialect
from infra.service.partner import Party, PartyRole, Role
from infra.service.status import invalid_object
from infra.service.strict_json import JsonObject
from infra.service.versions import VERSIONS_PATH


def check_roles(call: Call, theirs: JsonObject) -> None:
    """Each claimed role must be in the contract: nobody becomes another party by a handshake."""
    if "roles" not in theirs:
        if Party(theirs["country_code"], theirs["party_id"]) not in call.partner.parties():
            raise invalid_object("country_code and party_id: not those of your contract")
        return
    claimed = [(Party(r["country_code"], r["party_id"]), Role(r["role"])) for r in theirs["roles"]]
    agreed = {(r.party, r.role) for r in call.partner.roles}
    if len(set(claimed)) != len(claimed):
        raise invalid_object("A role is listed twice")
    if not agreed.issuperset(claimed):
        raise invalid_object("roles: not those of your contract")
    _check_hub(theirs, agreed)


def _check_hub(theirs: JsonObject, agreed: set[tuple[Party, Role]]) -> None:
    """2.3.0 names a platform's hub party in a field of its own."""
    hub = theirs.get("hub_party_id")
    if hub is not None and (Party(hub[:2], hub[2:]), Role.HUB) not in agreed:
        raise invalid_object("hub_party_id: not that of your contract")


def our_credentials(call: Call, dialect: Dialect, token: CredentialsToken | None) -> dict[str, object]:
    """What we hand out; a platform of 2.1.1 is one party: the one that deals with roles other than our own."""
    settings = call.services.settings
    common: dict[str, object] = {
        "token": token.reveal() if token else "",
        "url": settings.public_origin + VERSIONS_PATH,
    }
    if not dialect.names_parties:
        return common | _party(_counterpart(call))
    if dialect.client_info is not None and dialect.has_hub_field:
        hub = next((r.party for r in settings.roles if r.role is Role.HUB), None)
        common |= {} if hub is None else {"hub_party_id": hub.country_code + hub.party_id}
    roles = [r for r in settings.roles if r.role is not Role.HUB or not dialect.has_hub_field]
    return common | {"roles": [{"role": role.role.value} | _party(role) for role in roles]}


def _counterpart(call: Call) -> PartyRole:
    theirs = {role.role for role in call.partner.roles}
    return next((r for r in call.services.settings.roles if r.role not in theirs), call.services.settings.roles[0])


def _party(role: PartyRole) -> dict[str, object]:
    details = {"name": role.name} if role.website is None else {"name": role.name, "website": role.website}
    return {
        "business_details": details,
        "party_id": role.party.party_id,
        "country_code": role.party.country_code,
    }
