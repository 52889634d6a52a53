"""Tokens (OCPI 2.2.1, mod_tokens): lists and real-time authorisation as Sender; pushed Tokens as Receiver."""

from __future__ import annotations

import uuid
from typing import Final, get_args

from infra.service.call import Answer, Call
from infra.service.pagination import list_page
from infra.service.partner import Role
from infra.service.status import StatusCode, invalid_object, invalid_parameter, not_found
from infra.service.store import Collection, ObjectKey, StoredObject
from infra.service.v2_2_1.module import OBJECT, receiver, sender
from infra.service.v2_2_1.objects.base import TokenType
from infra.service.v2_2_1.objects.token import AllowedType, AuthorizationInfo, LocationReferences, Token
from infra.service.v2_2_1.ownership import (
    check_id,
    check_owner,
    for_everybody,
    owner_in_path,
    pushed_by,
    writing_owner,
)
from infra.service.v2_2_1.reading import read_body, read_object, require_body
from infra.service.v2_2_1.writing import change, find_first, merged, stored, write

_TOKENS = Collection.TOKENS
_TYPES: Final = frozenset(get_args(TokenType))
_DEFAULT_TYPE: Final = "RFID"


def token_object_id(token_type: str, uid: str) -> str:
    """The storage's id of a token: type and uid identify it together."""
    return f"{token_type}:{uid}"


async def list_tokens(call: Call) -> Answer:
    """Sender GET: one page."""
    return await list_page(call, _TOKENS, for_everybody(call, Role.EMSP))


async def authorize(call: Call) -> Answer:
    """Sender POST authorize: may this token charge (at this location)? 404 with OCPI 2004 for an unknown token."""
    found = await find_first(call, _TOKENS, _object_id(call), for_everybody(call, Role.EMSP))
    if found is None:
        call.record("token_authorization", outcome="unknown")
        raise not_found("Unknown token", StatusCode.UNKNOWN_TOKEN)
    document = await call.body()
    location = None if document is None else read_object(LocationReferences, document)
    token = read_object(Token, found.body)
    allowed: AllowedType = "ALLOWED" if token.valid else "BLOCKED"
    info = AuthorizationInfo(
        allowed=allowed,
        token=token,
        location=location if token.valid else None,
        authorization_reference=str(uuid.uuid4()) if token.valid else None,
    )
    reference = call.services.references.of(_TOKENS, found.key.object_id)
    call.record("token_authorization", outcome=allowed, object=reference)
    return Answer(data=info.to_json())


async def get_pushed(call: Call) -> Answer:
    """Receiver GET of a Token that the partner pushed."""
    key = ObjectKey(_TOKENS, owner_in_path(call), _object_id(call))
    found = await call.services.store.find(key, pushed_by(call, Role.EMSP))
    if found is None:
        raise not_found("Unknown token", StatusCode.UNKNOWN_TOKEN)
    return Answer(data=found.body)


async def put_token(call: Call) -> Answer:
    """Receiver PUT."""
    key = ObjectKey(_TOKENS, writing_owner(call, Role.EMSP), _object_id(call))
    return await write(call, "put", _checked(call, key, await read_body(call, Token)))


async def patch_token(call: Call) -> Answer:
    """Receiver PATCH."""
    key = ObjectKey(_TOKENS, writing_owner(call, Role.EMSP), _object_id(call))
    patch = await require_body(call)

    def changed(existing: StoredObject) -> StoredObject:
        return _checked(call, key, read_object(Token, merged(existing.body, patch)))

    return await change(call, key, pushed_by(call, Role.EMSP), changed)


def _checked(call: Call, key: ObjectKey, token: Token) -> StoredObject:
    check_owner(token, key.owner)
    check_id(token.uid, call.path["object_id"])
    if token.type != _type(call):
        raise invalid_object("The type differs from the one in the URL")
    return stored(key, token.to_json())


def _object_id(call: Call) -> str:
    return token_object_id(_type(call), call.path["object_id"])


def _type(call: Call) -> str:
    given = [value for name, value in call.query if name == "type"]
    if len(given) > 1 or (given and given[0] not in _TYPES):
        raise invalid_parameter("type is not a TokenType")
    return given[0] if given else _DEFAULT_TYPE


_S, _R = sender("tokens"), receiver("tokens")
ROUTES = (
    _S.read("", list_tokens),
    _S.write("POST", "/{object_id}/authorize", authorize),
    _R.read(OBJECT, get_pushed),
    _R.write("PUT", OBJECT, put_token),
    _R.write("PATCH", OBJECT, patch_token),
)
