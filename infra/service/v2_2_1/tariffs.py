"""Tariffs (OCPI 2.2.1, mod_tariffs): lists as Sender; pushed and deleted Tariffs as Receiver."""

from __future__ import annotations

from infra.service.call import Answer, Call
from infra.service.pagination import list_page
from infra.service.partner import Role
from infra.service.status import not_found
from infra.service.store import Collection, ObjectKey
from infra.service.v2_2_1.module import OBJECT, receiver, sender
from infra.service.v2_2_1.objects.tariff import Tariff
from infra.service.v2_2_1.ownership import (
    check_id,
    check_owner,
    for_everybody,
    owner_in_path,
    pushed_by,
    writing_owner,
)
from infra.service.v2_2_1.reading import read_body
from infra.service.v2_2_1.writing import record_change, stored, write

_TARIFFS = Collection.TARIFFS


async def list_tariffs(call: Call) -> Answer:
    """Sender GET: one page."""
    return await list_page(call, _TARIFFS, for_everybody(call, Role.CPO))


async def get_pushed(call: Call) -> Answer:
    """Receiver GET of a Tariff that the partner pushed."""
    key = ObjectKey(_TARIFFS, owner_in_path(call), call.path["object_id"])
    found = await call.services.store.find(key, pushed_by(call, Role.CPO))
    if found is None:
        raise not_found("No such tariff")
    return Answer(data=found.body)


async def put_tariff(call: Call) -> Answer:
    """Receiver PUT."""
    owner = writing_owner(call, Role.CPO)
    tariff = await read_body(call, Tariff)
    check_owner(tariff, owner)
    check_id(tariff.id, call.path["object_id"])
    return await write(call, "put", stored(ObjectKey(_TARIFFS, owner, tariff.id), tariff.to_json()))


async def delete_tariff(call: Call) -> Answer:
    """Receiver DELETE."""
    key = ObjectKey(_TARIFFS, writing_owner(call, Role.CPO), call.path["object_id"])
    removed = await call.services.store.remove(key)
    record_change(call, "delete", key, "removed" if removed else "absent")
    if not removed:
        raise not_found("No such tariff")
    return Answer()


_S, _R = sender("tariffs"), receiver("tariffs")
ROUTES = (
    _S.read("", list_tariffs),
    _R.read(OBJECT, get_pushed),
    _R.write("PUT", OBJECT, put_tariff),
    _R.write("DELETE", OBJECT, delete_tariff),
)
