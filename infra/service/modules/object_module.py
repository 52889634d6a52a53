"""What the modules of client owned objects have in common: lists and single objects as Sender, pushed ones as Receiver.

A module adds its own by overriding the small methods at the end.
"""

from __future__ import annotations

from dataclasses import dataclass

from infra.service.call import Answer, Call
from infra.service.modules.dialect import Dialect, Type
from infra.service.modules.ownership import (
    check_id,
    check_owner,
    for_everybody,
    for_tenant,
    owner_in_path,
    pushed_by,
    writing_owner,
)
from infra.service.modules.reading import read_object, require_body
from infra.service.modules.vouching import vouched, withheld
from infra.service.modules.writing import change, find_first, merged, put_over, record_change, stored
from infra.service.pagination import list_page
from infra.service.partner import Party, Role
from infra.service.rules import check_rules
from infra.service.status import Refusal, StatusCode, not_found
from infra.service.store import Kind, ObjectKey, StoredObject, Visibility
from infra.service.strict_json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectModule:
    """One module in one version. `owner` is the role whose objects they are; `personal`: each is about one driver."""

    dialect: Dialect
    kind: Kind
    model: Type
    owner: Role
    personal: bool = False
    id_field: str = "id"

    async def list(self, call: Call) -> Answer:
        """Sender GET: one page."""
        ours = self.ours(call)
        return await list_page(
            call, self.dialect.collection(self.kind), ours, lambda one: self._served(call, one, ours)
        )

    async def get_own(self, call: Call) -> Answer:
        """Sender GET of one object."""
        collection, ours = self.dialect.collection(self.kind), self.ours(call)
        found = await find_first(call, collection, self.object_id(call), ours)
        return self.answer(call, vouched(call, found, ours, self.model))

    async def get_pushed(self, call: Call) -> Answer:
        """Receiver GET of an object that the partner pushed."""
        key, pushed = self.key(owner_in_path(call), self.object_id(call)), pushed_by(call, self.owner)
        return self.answer(call, vouched(call, await call.services.store.find(key, pushed), pushed, self.model))

    async def put(self, call: Call) -> Answer:
        """Receiver PUT of a whole object."""
        key = self.key(writing_owner(call, self.owner), self.object_id(call))
        candidate = self.checked(call, key, await require_body(call))

        def replaced(existing: StoredObject | None) -> StoredObject:
            self.check_change(existing, candidate)
            return candidate

        return await put_over(call, key, Visibility(), replaced)

    async def patch(self, call: Call) -> Answer:
        """Receiver PATCH of a whole object, which must exist."""
        key = self.key(writing_owner(call, self.owner), self.object_id(call))
        patch = await require_body(call)

        def changed(existing: StoredObject) -> StoredObject:
            candidate = self.checked(call, key, self.merged(existing.body, patch))
            self.check_change(existing, candidate)
            return candidate

        return await change(call, key, pushed_by(call, self.owner), changed)

    async def delete(self, call: Call) -> Answer:
        """Receiver DELETE."""
        key = self.key(writing_owner(call, self.owner), self.object_id(call))
        removed = await call.services.store.remove(key)
        record_change(call, "delete", key, "removed" if removed else "absent")
        if not removed:
            raise self.unknown()
        return Answer()

    def _served(self, call: Call, found: StoredObject, visibility: Visibility) -> bool:
        is_sound = call.services.vouch(found, visibility, self.model)
        if not is_sound:
            withheld(call, found)
        return is_sound

    def checked(self, call: Call, key: ObjectKey, document: JsonObject) -> StoredObject:
        """`document` as it would be stored under `key`: of the right type, owner and id, and no rule broken."""
        body = read_object(self.model, document).to_json()
        check_owner(body, key.owner)
        self.check_identity(call, body)
        check_rules(self.kind, body)
        return stored(key, body, tenant=self.tenant(call, body))

    def key(self, owner: Party, object_id: str) -> ObjectKey:
        """The place of an object in the storage."""
        return ObjectKey(self.dialect.collection(self.kind), owner, object_id)

    def ours(self, call: Call) -> Visibility:
        """Which of our objects the partner sees."""
        return for_tenant(call) if self.personal else for_everybody(call, self.owner)

    def object_id(self, call: Call) -> str:
        """The storage's id of the object that the URL names."""
        return call.path["object_id"]

    def check_identity(self, call: Call, body: JsonObject) -> None:
        """Refuse an object with another identity than its URL."""
        check_id(body[self.id_field], call.path["object_id"])

    def tenant(self, call: Call, body: JsonObject) -> Party | None:  # noqa: ARG002
        """Whose driver a pushed object is about."""
        return None

    def merged(self, existing: JsonObject, patch: JsonObject) -> JsonObject:
        """The object after a PATCH, not checked yet."""
        return merged(existing, patch)

    def check_change(self, existing: StoredObject | None, candidate: StoredObject) -> None:
        """Refuse a change that leads where the object cannot go."""

    def answer(self, call: Call, found: StoredObject | None) -> Answer:  # noqa: ARG002
        """The object, or 404."""
        if found is None:
            raise self.unknown()
        return Answer(data=found.body)

    def unknown(self) -> Refusal:
        """What is said of an object that does not exist."""
        return not_found(f"No such object in {self.kind}", StatusCode.CLIENT_ERROR)
