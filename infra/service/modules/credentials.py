"""Credentials: registration, renewal, end.

Order of a registration: check the partner's roles, fetch its versions and details with the token it gave, and only then
make a new token and retire the old one - in one step: of two registrations with one CREDENTIALS_TOKEN_A, one fails.
A renewal through another version moves the partner to that version.
"""

from __future__ import annotations

from dataclasses import replace

from infra.service.call import Answer, Call, Route
from infra.service.credentials_token import CredentialsToken
from infra.service.modules.claimed_roles import check_roles, our_credentials
from infra.service.modules.dialect import Dialect
from infra.service.modules.handshake import fetch_endpoints
from infra.service.modules.paths import credentials_path
from infra.service.modules.reading import read_object, require_body
from infra.service.registration import Registration
from infra.service.router import method_not_allowed


def credentials_routes(dialect: Dialect) -> tuple[Route, ...]:
    """The one interface, which is the same on both sides."""

    async def get_credentials(call: Call) -> Answer:
        """Our credentials object. Its token is the one that the request came with: only its hash is stored here."""
        return Answer(data=our_credentials(call, dialect, call.identity.token))

    async def post_credentials(call: Call) -> Answer:
        """Register: only with CREDENTIALS_TOKEN_A (405 otherwise), which is of no use afterwards."""
        if not call.identity.registration.bootstrap:
            raise method_not_allowed("GET", "PUT", "DELETE")
        return await _exchange(call, dialect, "registered")

    async def put_credentials(call: Call) -> Answer:
        """Renew: only when registered (405 otherwise). The old token ends with this answer."""
        if call.identity.registration.bootstrap:
            raise method_not_allowed("GET", "POST")
        return await _exchange(call, dialect, "renewed")

    handlers = {"GET": get_credentials, "POST": post_credentials, "PUT": put_credentials, "DELETE": delete_credentials}
    path = credentials_path(dialect.number)
    return tuple(Route(method=m, template=path, handler=h, module="credentials") for m, h in handlers.items())


async def delete_credentials(call: Call) -> Answer:
    """Unregister: only when registered (405 otherwise). The partner needs a new CREDENTIALS_TOKEN_A to come back."""
    registration = call.identity.registration
    if registration.bootstrap:
        raise method_not_allowed("GET", "POST")
    ended = replace(registration, token_hash=None, versions_url=None, endpoints=(), version=None)
    await _save(call, ended, "unregistered")
    await call.services.vault.forget(call.partner.id)
    return Answer()


async def _exchange(call: Call, dialect: Dialect, outcome: str) -> Answer:
    theirs = read_object(dialect.types.credentials, await require_body(call)).to_json()
    check_roles(call, theirs)
    token_b = CredentialsToken(theirs["token"])
    endpoints = await fetch_endpoints(call, dialect.number, theirs["url"], token_b)
    token_c = CredentialsToken.make()
    await _save(
        call,
        replace(
            call.identity.registration,
            token_hash=token_c.digest(),
            bootstrap=False,
            version=dialect.number,
            versions_url=theirs["url"],
            endpoints=endpoints,
        ),
        outcome,
    )
    await call.services.vault.keep(call.partner.id, token_b)
    call.services.registered(call.partner)
    return Answer(data=our_credentials(call, dialect, token_c))


async def _save(call: Call, registration: Registration, outcome: str) -> None:
    saved = await call.services.store.save_registration(registration)
    call.record("data_change", operation=call.route.method.lower(), module="credentials",
                outcome=outcome if saved else "conflict")  # fmt: skip
    if not saved:
        raise method_not_allowed("GET")  # another request used the same token in the meantime
