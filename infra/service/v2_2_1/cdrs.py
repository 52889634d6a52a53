"""CDRs (OCPI 2.2.1, mod_cdrs): the partner's own as Sender; new ones, which never change, as Receiver.

GET of one CDR by id on the Sender side is not in the specification; it is isolated in the same way as the list.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

from infra.service.call import Answer, Call
from infra.service.pagination import list_page
from infra.service.partner import Party, Role
from infra.service.status import forbidden, invalid_object, not_found
from infra.service.store import Collection, ObjectKey, PutOutcome, StoredObject, Visibility
from infra.service.v2_2_1.module import OBJECT, receiver, sender
from infra.service.v2_2_1.objects.cdr import Cdr
from infra.service.v2_2_1.ownership import check_driver, for_tenant, owner_in_path, pushed_by
from infra.service.v2_2_1.reading import read_body
from infra.service.v2_2_1.writing import ConflictError, find_first, stored, write

_CDRS = Collection.CDRS


async def list_cdrs(call: Call) -> Answer:
    """Sender GET: one page of the partner's CDRs."""
    return await list_page(call, _CDRS, for_tenant(call))


async def get_own(call: Call) -> Answer:
    """Sender GET of one of the partner's CDRs."""
    return _answer(await find_first(call, _CDRS, call.path["object_id"], for_tenant(call)))


async def get_pushed(call: Call) -> Answer:
    """Receiver GET of a CDR that the partner posted."""
    key = ObjectKey(_CDRS, owner_in_path(call), call.path["object_id"])
    return _answer(await call.services.store.find(key, pushed_by(call, Role.CPO)))


async def post_cdr(call: Call) -> Answer:
    """Receiver POST: create. The same CDR again changes nothing; another CDR under a known id is refused."""
    cdr = await read_body(call, Cdr)
    owner = Party(cdr.country_code, cdr.party_id)
    if owner not in call.partner.parties(Role.CPO):
        raise invalid_object("country_code and party_id name a party that is not yours")
    if call.routed is not None and call.routed.sender not in (None, owner):
        raise forbidden("OCPI-from and the CDR name different parties")
    candidate = stored(ObjectKey(_CDRS, owner, cdr.id), cdr.to_json(), tenant=check_driver(call, cdr.cdr_token))
    try:
        answer = await write(call, "post", candidate, expected_revision=0)
    except ConflictError:
        answer = await _repeated(call, candidate)
    return Answer(http_status=answer.http_status, headers=(("Location", _url(call, candidate)),))


async def _repeated(call: Call, candidate: StoredObject) -> Answer:
    existing = await call.services.store.find(candidate.key, Visibility())
    if existing is None or existing.body != candidate.body:
        raise invalid_object("A CDR with this id exists, and CDRs cannot be changed")
    call.record("data_change", operation="post", module="cdrs", outcome=str(PutOutcome.UNCHANGED))
    return Answer(http_status=HTTPStatus.OK)


def _url(call: Call, cdr: StoredObject) -> str:
    segments = (cdr.key.owner.country_code, cdr.key.owner.party_id, cdr.body["id"])
    path = "/".join(quote(segment, safe="") for segment in segments)
    return f"{call.services.settings.public_origin}{call.route.template}/{path}"


def _answer(found: StoredObject | None) -> Answer:
    if found is None:
        raise not_found("No such CDR")
    return Answer(data=found.body)


_S, _R = sender("cdrs"), receiver("cdrs")
ROUTES = (
    _S.read("", list_cdrs),
    _S.read("/{object_id}", get_own),
    _R.write("POST", "", post_cdr),
    _R.read(OBJECT, get_pushed),
)
