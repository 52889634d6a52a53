"""How a platform presents itself: credentials, roles, versions, endpoints, the parties behind a hub."""

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.builder.draft import SITE, Draft, JsonObject
from scanner.model.ocpi.builder.place import business_details
from scanner.model.ocpi.specification import specification
from scanner.model.subject import Side


def credentials(draft: Draft) -> JsonObject:
    """Credentials with a made-up token, which opens nothing; 2.1.1 has one party, later versions a list of roles."""
    values: JsonObject = {
        "token": f"POSTURE-{draft.chance.getrandbits(160):040x}",
        "url": f"{SITE}/ocpi/versions",
        "business_details": business_details(draft),
        **draft.owner(),
    }
    if draft.since("2.2.1"):
        values["roles"] = [credentials_role(draft)]
    return draft.shaped("Credentials", values)


def credentials_role(draft: Draft) -> JsonObject:
    """A CredentialsRole of the party."""
    return {"role": "CPO", "business_details": business_details(draft), **draft.owner()}


def client_info(draft: Draft) -> JsonObject:
    """ClientInfo of the party."""
    return {**draft.owner(), "role": "CPO", "status": "CONNECTED", "last_updated": draft.at(minutes=-5)}


def version(draft: Draft) -> JsonObject:
    """A Version of the versions list."""
    return {"version": draft.version, "url": f"{SITE}/ocpi/{draft.version}"}


def endpoint(draft: Draft, module: str = "locations", side: Side | None = Side.SENDER) -> JsonObject:
    """An Endpoint; credentials, which have no side, are given the sender's, as the specification does."""
    role = (side or Side.SENDER).upper()
    url = f"{SITE}/ocpi/{draft.version}/{role.lower()}/{module}"
    return draft.shaped("Endpoint", {"identifier": module, "role": role, "url": url})


def version_details(draft: Draft) -> JsonObject:
    """VersionDetails of a platform with every module on both sides."""
    modules = specification(draft.version).modules.values()
    if draft.since("2.2.1"):
        endpoints: list[JsonValue] = [endpoint(draft, module.id, side) for module in modules for side in module.methods]
    else:
        endpoints = [endpoint(draft, module.id) for module in modules]
    return {"version": draft.version, "endpoints": endpoints}
