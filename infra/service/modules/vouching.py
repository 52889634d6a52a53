"""What a backend says is looked at before it leaves, or before something is decided on it.

An object that is not of its type, breaks a rule, lies under another key than its own, or is not the reader's to see is
not served: it is left out of lists, and asked for by id it is our error, not the partner's.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from infra.service.call import Call
from infra.service.datetimes import parse_datetime
from infra.service.modules.dialect import Type
from infra.service.modules.reading import read_object
from infra.service.partner import Party
from infra.service.rules import check_rules
from infra.service.status import Refusal, StatusCode
from infra.service.store import ObjectKey, StoredObject, Visibility
from infra.service.strict_json import JsonObject

_MOST_KNOWN: Final = 4096  # objects whose last look is remembered
Vouch = Callable[[StoredObject, Visibility, Type], bool]


class Vouching:
    """True for what may be used. What was sound is not looked at again while it is the very same."""

    def __init__(self) -> None:
        self._known: OrderedDict[ObjectKey, JsonObject] = OrderedDict()

    def __call__(self, found: StoredObject, visibility: Visibility, model: Type) -> bool:
        """See `Vouch`."""
        if not visibility.covers(found) or not isinstance(found.body, dict):
            return False
        if _is_same(self._known.get(found.key), found.body):
            return True
        if not _is_sound(found, model):
            return False
        self._known[found.key] = found.body
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        return True


def _is_same(known: JsonObject | None, body: JsonObject) -> bool:
    """In type as well: 1 is equal to true and to 1.0, and none of them is the other."""
    return known is body or (known == body and repr(known) == repr(body))


def vouched(call: Call, found: StoredObject | None, visibility: Visibility, model: Type) -> StoredObject | None:
    """`found`, or None if there is none. Raises Refusal (HTTP 500, OCPI 3000) for one that may not be used."""
    if found is None or call.services.vouch(found, visibility, model):
        return found
    withheld(call, found)
    raise Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, StatusCode.SERVER_ERROR, "The object cannot be served")


def withheld(call: Call, found: StoredObject) -> None:
    """The audit event of a value that a backend gave and that was not used."""
    key = found.key
    owner = key.owner
    reference = call.services.references.of(str(key.collection), owner.country_code, owner.party_id, key.object_id)
    call.record("backend_value", module=key.collection.kind.value, object=reference, outcome="withheld")


def _is_sound(found: StoredObject, model: Type) -> bool:
    body = found.body
    try:
        known = read_object(model, body).to_json()
        check_rules(found.key.collection.kind, body)
    except Refusal:
        return False
    owner = Party(body["country_code"], body["party_id"]) if "country_code" in body else found.key.owner
    is_dated = parse_datetime(body["last_updated"]) == found.last_updated
    return owner == found.key.owner and is_dated and _is_named(found) and _has_only(body, known)


def _is_named(found: StoredObject) -> bool:
    """The key ends with the object's own id; that of a token begins with its type."""
    own: str = found.body["uid"] if "uid" in found.body else found.body["id"]
    return found.key.object_id.rpartition(":")[2] == own.lower().rpartition(":")[2]


def _has_only(value: Any, known: Any) -> bool:  # noqa: ANN401 - JSON values
    """No field that the type does not have: what a backend adds is for us."""
    if isinstance(value, dict):
        given = {name: inner for name, inner in value.items() if inner is not None}
        return given.keys() <= known.keys() and all(_has_only(inner, known[name]) for name, inner in given.items())
    if isinstance(value, list):
        return all(_has_only(one, other) for one, other in zip(value, known, strict=True))
    return True
