"""Tokens (mod_tokens): lists and real-time authorisation as Sender; pushed Tokens as Receiver."""

from __future__ import annotations

import uuid
from typing import Any, Final

from infra.service.call import Answer, Call, Route
from infra.service.modules.dialect import Dialect
from infra.service.modules.object_module import ObjectModule
from infra.service.modules.ownership import check_id, for_everybody
from infra.service.modules.reading import read_object
from infra.service.modules.side import OBJECT, receiver, sender
from infra.service.modules.vouching import vouched
from infra.service.modules.writing import find_first
from infra.service.partner import Role
from infra.service.status import Refusal, StatusCode, invalid_object, invalid_parameter, not_found
from infra.service.store import Kind, StoredObject
from infra.service.strict_json import JsonObject

_DEFAULT_TYPE: Final = "RFID"
_TYPE_PARAMETERS: Final = ("type", "token_type")  # 2.1.1 calls it by both names


def token_object_id(token_type: str, uid: str) -> str:
    """The storage's id of a token: type and uid identify it together (in 2.1.1 the URL has the uid only)."""
    return f"{token_type}:{uid}"


class _Tokens(ObjectModule):
    __slots__ = ()

    async def authorize(self, call: Call) -> Answer:
        """Sender POST authorize: may this token charge (at this location)? 404 with OCPI 2004 for an unknown token."""
        collection = self.dialect.collection(self.kind)
        ours = for_everybody(call, Role.EMSP)
        found = vouched(call, await find_first(call, collection, self.object_id(call), ours), ours, self.model)
        if found is None or found.body["type"] != self._type(call):
            call.record("token_authorization", outcome="unknown")
            raise self.unknown()
        document = await call.body()
        wanted = None if document is None else read_object(self.dialect.types.location_references, document).to_json()
        info = self._judged(found.body, wanted)
        reference = call.services.references.of(self.kind, found.key.object_id)
        call.record("token_authorization", outcome=info["allowed"], object=reference)
        return Answer(data=info)

    def _judged(self, token: JsonObject, wanted: JsonObject | None) -> JsonObject:
        info: dict[str, Any] = {"allowed": "ALLOWED" if token["valid"] else "BLOCKED"}
        if self.dialect.names_parties:
            info["token"] = token
        if token["valid"] and wanted is not None:
            info["location"] = wanted
        if token["valid"] and self.dialect.names_parties:
            info["authorization_reference"] = str(uuid.uuid4())
        return info

    def check_identity(self, call: Call, body: JsonObject) -> None:
        check_id(body["uid"], call.path["object_id"])
        if self.dialect.names_parties and body["type"] != self._type(call):
            raise invalid_object("The type differs from the one in the URL")

    def check_change(self, existing: StoredObject | None, candidate: StoredObject) -> None:
        if existing is not None and existing.body["type"] != candidate.body["type"]:
            raise invalid_object("The type of a token never changes")

    def object_id(self, call: Call) -> str:
        uid = call.path["object_id"]
        return token_object_id(self._type(call), uid) if self.dialect.names_parties else uid

    def _type(self, call: Call) -> str:
        given = [value for name, value in call.query if name in _TYPE_PARAMETERS]
        known = self.dialect.token_types
        if len(given) > 1 or (given and known is not None and given[0] not in known):
            raise invalid_parameter("type is not a TokenType")
        return given[0] if given else _DEFAULT_TYPE

    def unknown(self) -> Refusal:
        if not self.dialect.names_parties:  # 2.1.1 has no code for it
            return not_found("Unknown token")
        return not_found("Unknown token", StatusCode.UNKNOWN_TOKEN)


def token_routes(dialect: Dialect) -> tuple[Route, ...]:
    """Both sides."""
    module = _Tokens(dialect=dialect, kind=Kind.TOKENS, model=dialect.types.token, owner=Role.EMSP, id_field="uid")
    ours, pushed = sender(dialect, "tokens"), receiver(dialect, "tokens")
    return (
        ours.read("", module.list),
        ours.write("POST", "/{object_id}/authorize", module.authorize),
        pushed.read(OBJECT, module.get_pushed),
        pushed.write("PUT", OBJECT, module.put),
        pushed.write("PATCH", OBJECT, module.patch),
    )
