"""Tokens of drivers, and what a real-time authorisation asks and answers."""

from scanner.model.ocpi.builder.draft import Draft, JsonObject


def contract_id(draft: Draft) -> str:
    """A contract id (eMAID, eMI3 and ISO 15118) under the party of the draft, without its optional check digit."""
    return f"{draft.party.country_code}{draft.party.party_id}C{draft.chance.randrange(10**8):08d}"


def token(draft: Draft) -> JsonObject:
    """A Token that no reader can hold: of an app, or OTHER where a version does not have those."""
    values: JsonObject = {
        **draft.owner(),
        "uid": draft.id(),
        "type": "APP_USER" if draft.since("2.2.1") else "OTHER",
        "contract_id": contract_id(draft),
        "auth_id": contract_id(draft),
        "visual_number": draft.id(),
        "issuer": "POSTURE",
        "group_id": draft.id(),
        "valid": True,
        "whitelist": "NEVER",  # nobody is let in without a question
        "language": draft.country.language,
        "default_profile_type": "REGULAR",
        "energy_contract": energy_contract(draft) if draft.since("2.2.1") else None,
        "last_updated": draft.at(days=-200),
    }
    return draft.shaped("Token", values)


def cdr_token(draft: Draft) -> JsonObject:
    """A CdrToken: of a token, what a session and its CDR repeat."""
    values = {**draft.owner(), "uid": draft.id(), "type": "APP_USER", "contract_id": contract_id(draft)}
    return draft.shaped("CdrToken", values)


def energy_contract(draft: Draft) -> JsonObject:
    """An EnergyContract."""
    return draft.shaped("EnergyContract", {"supplier_name": "POSTURE Energy", "contract_id": draft.id()})


def location_references(draft: Draft) -> JsonObject:
    """LocationReferences to one EVSE and, in 2.1.1, its connector."""
    values: JsonObject = {"location_id": draft.id(), "evse_uids": [draft.id()], "connector_ids": ["1"]}
    return draft.shaped("LocationReferences", values)


def authorization_info(draft: Draft) -> JsonObject:
    """AuthorizationInfo that allows to charge."""
    values: JsonObject = {
        "allowed": "ALLOWED",
        "token": token(draft),
        "location": location_references(draft),
        "authorization_reference": draft.id(),
        "info": draft.text("Welcome."),
    }
    return draft.shaped("AuthorizationInfo", values)
