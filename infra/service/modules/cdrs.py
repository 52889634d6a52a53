"""CDRs (mod_cdrs): the partner's own as Sender; new ones, which never change, as Receiver.

GET of one CDR by id on the Sender side is not in the specification; it is isolated in the same way as the list.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from urllib.parse import quote

from infra.service.call import Answer, Call, Route
from infra.service.datetimes import parse_datetime
from infra.service.modules.cdr_session import check_session
from infra.service.modules.credit_cdr import check_credit
from infra.service.modules.dialect import Dialect, field
from infra.service.modules.object_module import ObjectModule
from infra.service.modules.ownership import check_sender, driver_of
from infra.service.modules.reading import read_object, require_body
from infra.service.modules.side import OBJECT, receiver, sender
from infra.service.modules.writing import ConflictError, stored, write
from infra.service.partner import Party, Role
from infra.service.rules import check_rules
from infra.service.status import invalid_object
from infra.service.store import Kind, PutOutcome, StoredObject, Visibility
from infra.service.strict_json import JsonObject


class _Cdrs(ObjectModule):
    __slots__ = ()

    async def post(self, call: Call) -> Answer:
        """Receiver POST: create. The same CDR again changes nothing; another CDR under a known id is refused."""
        body = read_object(self.model, await require_body(call)).to_json()
        owner = _owner(call, body)
        check_sender(call, owner, "the CDR")
        check_rules(self.kind, body)
        _check_ended(call, body)
        candidate = stored(self.key(owner, body["id"]), body, tenant=driver_of(call, body))
        await check_session(call, candidate)
        await check_credit(call, candidate)
        try:
            answer = await write(call, "post", candidate, expected_revision=0)
        except ConflictError:
            answer = await _repeated(call, candidate)
        return Answer(http_status=answer.http_status, headers=(("Location", _url(call, candidate)),))


def _check_ended(call: Call, body: JsonObject) -> None:
    latest = call.services.clock() + timedelta(seconds=call.services.settings.clock_skew_s)
    if parse_datetime(field(body, "end_date_time", "stop_date_time")) > latest:
        raise invalid_object("The session of this CDR has not ended")


def _owner(call: Call, body: JsonObject) -> Party:
    """The party that the CDR names; in 2.1.1 the partner's one CPO party."""
    theirs = call.partner.parties(Role.CPO)
    if "country_code" in body:
        owner = Party(body["country_code"], body["party_id"])
        if owner not in theirs:
            raise invalid_object("country_code and party_id name a party that is not yours")
        return owner
    if len(theirs) != 1:
        raise invalid_object("A CDR of this version does not say which of your parties it is from")
    return min(theirs)


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


def cdr_routes(dialect: Dialect) -> tuple[Route, ...]:
    """Both sides."""
    module = _Cdrs(dialect=dialect, kind=Kind.CDRS, model=dialect.types.cdr, owner=Role.CPO, personal=True)
    ours, pushed = sender(dialect, "cdrs"), receiver(dialect, "cdrs")
    return (
        ours.read("", module.list),
        ours.read("/{object_id}", module.get_own),
        pushed.write("POST", "", module.post),
        pushed.read(OBJECT, module.get_pushed),
    )
