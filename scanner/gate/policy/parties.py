"""The parties that credentials claim to be: ours, or such as exist nowhere.

A platform that believes a claim takes the party from whoever has it, so nobody else's is ever sent.
"""

import json
from collections.abc import Iterator, Mapping

from scanner.model.credential import CredentialsBody
from scanner.model.exchange import RefusalKind, Refused
from scanner.model.intent import HttpIntent, Intent
from scanner.model.json_value import JsonValue
from scanner.model.target import EnvironmentTarget


def claims_foreign(intent: Intent, target: EnvironmentTarget) -> Refused | None:
    """Why the parties in a credentials object may not be claimed; None where they may.

    Ours are those of disposable identities and that of who speaks.
    """
    if not isinstance(intent, HttpIntent) or intent.body is None:
        return None
    ours = {str(i.party) for i in target.identities if i.party and (i.disposable or i.name == intent.identity)}
    claimed = set(_claimed(intent.body.json if isinstance(intent.body, CredentialsBody) else intent.body))
    foreign = sorted(claimed - ours - {str(party) for party in target.absent_parties})
    if not foreign:
        return None
    detail = f"{', '.join(foreign)} is not ours to be: credentials name own parties, or some of absent_parties"
    return Refused(kind=RefusalKind.IDENTITY, detail=detail)


def _claimed(body: bytes) -> Iterator[str]:
    """The parties of a credentials object: one of its own (2.1.1), or one a role (2.2 and later)."""
    try:
        document: JsonValue = json.loads(body)
    except (ValueError, RecursionError):
        return
    if not isinstance(document, Mapping):
        return
    roles = document.get("roles")
    for named in (document, *(roles if isinstance(roles, list) else ())):
        if isinstance(named, Mapping) and {"country_code", "party_id"} & named.keys():
            yield f"{named.get('country_code')}-{named.get('party_id')}".upper()
