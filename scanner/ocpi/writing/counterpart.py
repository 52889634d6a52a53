"""Whose driver a CDR or session of ours has to be for: an eMSP of the platform, as its credentials name it.

A platform refuses a session whose token is of a party that it does not have (cdr_token: CdrToken, 2.2 and later).
"""

from collections.abc import Mapping

from scanner.model.json_value import JsonValue
from scanner.model.party import Party, Role
from scanner.model.target import Endpoint
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.interfaces import Interface, discovered
from scanner.ocpi.reply import Reply
from scanner.probe import ProbeContext


async def emsps(context: ProbeContext, endpoint: Endpoint, probe: str) -> Mapping[tuple[str, str], Party]:
    """The first eMSP of the platform by version and identity; nothing where its credentials name none."""
    client = OcpiClient(context, endpoint, probe)
    found: dict[tuple[str, str], Party] = {}
    for interface in discovered(context, endpoint):
        if interface.module == "credentials":
            party = await _emsp(client, interface)
            if party is not None:
                found[(interface.version, interface.credential.identity)] = party
    return found


async def _emsp(client: OcpiClient, interface: Interface) -> Party | None:
    reply = await client.get(
        interface.url, f"{interface.name}, whose driver a session may be for", interface.credential
    )
    if not isinstance(reply, Reply) or not isinstance(reply.data, Mapping):
        return None
    roles = reply.data.get("roles")
    return next(filter(None, map(_party, roles if isinstance(roles, list) else ())), None)


def _party(role: JsonValue) -> Party | None:
    if not isinstance(role, Mapping) or role.get("role") != Role.EMSP:
        return None
    try:
        return Party.parse(f"{role.get('country_code')}-{role.get('party_id')}")
    except ValueError:
        return None
