"""Credentials (OCPI 2.2.1, credentials): registration, renewal, end.

Order of a registration: check the partner's roles, fetch its versions and details with the token it gave, and only then
make a new token and retire the old one - in one step: of two registrations with one CREDENTIALS_TOKEN_A, one fails.
"""

from __future__ import annotations

from dataclasses import replace

from infra.service.call import Answer, Call, Route
from infra.service.credentials_token import CredentialsToken
from infra.service.partner import Party, PartyRole, Role
from infra.service.registration import Registration
from infra.service.router import method_not_allowed
from infra.service.status import invalid_object
from infra.service.v2_2_1.handshake import fetch_endpoints
from infra.service.v2_2_1.objects.credentials import Credentials
from infra.service.v2_2_1.paths import CREDENTIALS, NUMBER
from infra.service.v2_2_1.reading import read_body
from infra.service.versions import VERSIONS_PATH


async def get_credentials(call: Call) -> Answer:
    """Our credentials object. Its token is the one that the request came with: only its hash is stored here."""
    return Answer(data=_credentials(call, call.identity.token))


async def post_credentials(call: Call) -> Answer:
    """Register: only with CREDENTIALS_TOKEN_A (405 otherwise), which is of no use afterwards."""
    if not call.identity.registration.bootstrap:
        raise method_not_allowed("GET", "PUT", "DELETE")
    return await _exchange(call, "registered")


async def put_credentials(call: Call) -> Answer:
    """Renew: only when registered (405 otherwise). The old token ends with this answer."""
    if call.identity.registration.bootstrap:
        raise method_not_allowed("GET", "POST")
    return await _exchange(call, "renewed")


async def delete_credentials(call: Call) -> Answer:
    """Unregister: only when registered (405 otherwise). The partner needs a new CREDENTIALS_TOKEN_A to come back."""
    registration = call.identity.registration
    if registration.bootstrap:
        raise method_not_allowed("GET", "POST")
    ended = replace(registration, token_hash=None, versions_url=None, endpoints=(), version=None)
    await _save(call, ended, "unregistered")
    await call.services.vault.forget(call.partner.id)
    return Answer()


async def _exchange(call: Call, outcome: str) -> Answer:
    theirs = await read_body(call, Credentials)
    _check_roles(call, theirs)
    token_b = CredentialsToken(theirs.token)
    endpoints = await fetch_endpoints(call, theirs.url, token_b)
    token_c = CredentialsToken.make()
    await _save(
        call,
        replace(
            call.identity.registration,
            token_hash=token_c.digest(),
            bootstrap=False,
            version=NUMBER,
            versions_url=theirs.url,
            endpoints=endpoints,
        ),
        outcome,
    )
    await call.services.vault.keep(call.partner.id, token_b)
    return Answer(data=_credentials(call, token_c))


async def _save(call: Call, registration: Registration, outcome: str) -> None:
    saved = await call.services.store.save_registration(registration)
    call.record("data_change", operation=call.route.method.lower(), module="credentials",
                outcome=outcome if saved else "conflict")  # fmt: skip
    if not saved:
        raise method_not_allowed("GET")  # another request used the same token in the meantime


def _check_roles(call: Call, theirs: Credentials) -> None:
    """Each claimed role must be in the contract: nobody becomes another party by a handshake."""
    claimed = [(Party(r.country_code, r.party_id), Role(r.role)) for r in theirs.roles]
    agreed = {(r.party, r.role) for r in call.partner.roles}
    if len(set(claimed)) != len(claimed):
        raise invalid_object("A role is listed twice")
    if not agreed.issuperset(claimed):
        raise invalid_object("roles: not those of your contract")


def _credentials(call: Call, token: CredentialsToken | None) -> dict[str, object]:
    settings = call.services.settings
    return {
        "token": token.reveal() if token else "",
        "url": settings.public_origin + VERSIONS_PATH,
        "roles": [_role(role) for role in settings.roles],
    }


def _role(role: PartyRole) -> dict[str, object]:
    details = {"name": role.name} if role.website is None else {"name": role.name, "website": role.website}
    return {
        "role": role.role.value,
        "business_details": details,
        "party_id": role.party.party_id,
        "country_code": role.party.country_code,
    }


ROUTES = (
    Route(method="GET", template=CREDENTIALS, handler=get_credentials, module="credentials"),
    Route(method="POST", template=CREDENTIALS, handler=post_credentials, module="credentials"),
    Route(method="PUT", template=CREDENTIALS, handler=put_credentials, module="credentials"),
    Route(method="DELETE", template=CREDENTIALS, handler=delete_credentials, module="credentials"),
)
