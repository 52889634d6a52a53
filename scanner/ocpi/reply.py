"""What came of a GET: a reply of the platform, read as far as it can be, or one clear sentence why there is none."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from scanner.model.exchange import Exchange, Failed, FailureKind, RefusalKind, Refused
from scanner.model.facts.ocpi.answer import Access, Answer
from scanner.model.facts.ocpi.urls import RefusedRedirect
from scanner.model.json_reading import read_json
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.ocpi.cut_off import readable_part
from scanner.ocpi.endless_json import is_endless
from scanner.ocpi.likeness import holds_ocpi, looks_like_ocpi, only_a_hint
from scanner.ocpi.repeat import repeat_line

_OCPI_SUCCESS: Final = range(1000, 2000)
_FIRST_ERROR: Final = 300
_REASONS: Final = {
    FailureKind.TIMEOUT: Reason.TIMED_OUT,
    FailureKind.CONNECT_TIMEOUT: Reason.TIMED_OUT,
    FailureKind.NOT_HTTP: Reason.UNPARSABLE,
    FailureKind.HEADERS_TOO_LARGE: Reason.UNPARSABLE,
}
_REFUSALS: Final = {RefusalKind.BUDGET: Reason.BUDGET_EXHAUSTED, RefusalKind.STOPPED: Reason.STOPPED}


@dataclass(frozen=True, slots=True, kw_only=True)
class NoReply:
    """Nothing to read; `failure` is what the gate said, where a request was sent."""

    reason: Reason
    detail: str
    failure: Failed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A response, after redirects on the same origin. `document` is None where the body is not whole JSON.

    `access` is judged by the data returned, the status apart. `unread`: the rest may hold anything.
    """

    exchange: Exchange
    document: JsonValue
    is_json: bool
    access: Access
    unread: bool = False
    followed: int = 0
    refused_redirect: RefusedRedirect | None = None

    @property
    def ocpi_status(self) -> int | None:
        """status_code of the response format, if the body is in that format."""
        return _status(self.document)

    @property
    def data(self) -> JsonValue:
        """The OCPI data: `data` of the response format. A bare list, as some platforms send, counts as data."""
        return _data(self.document)

    @property
    def objects(self) -> tuple[JsonValue, ...]:
        """The data as objects: a list's items, or the one object."""
        return _objects(self.document)

    @property
    def requests(self) -> int:
        """How many it took at least: hops of redirects, and second tries of the last of them."""
        return 1 + self.followed + self.exchange.retried + len(self.exchange.earlier_statuses)

    @property
    def gives_list(self) -> bool:
        """True for a list that counts, even an empty one; what comes with a refusal says nothing of what there is."""
        bare = isinstance(self.document, list) and self.exchange.status < _FIRST_ERROR
        return isinstance(self.data, list) and (bare or self.access in {Access.DATA, Access.ACCEPTED})

    @property
    def answer(self) -> Answer:
        """The reply as a fact."""
        return Answer(
            http_status=self.exchange.status,
            ocpi_status=self.ocpi_status,
            access=self.access,
            curl=repeat_line(self.exchange),
        )

    def unreadable(self, wanted: str) -> NoReply:
        """Why this reply holds no OCPI data, for people; `wanted` names what was asked for."""
        status = self.exchange.status
        if self.refused_redirect is not None:
            return NoReply(reason=Reason.UNPARSABLE, detail=f"{wanted}: {self.refused_redirect.why}")
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            return NoReply(
                reason=Reason.ACCESS_DENIED, detail=f"{wanted} was refused to this token: {self.answer.said()}"
            )
        if self.exchange.truncated:
            read = self.exchange.read_bytes()
            return NoReply(reason=Reason.UNPARSABLE, detail=f"{wanted}: the answer was cut off after {read} bytes")
        if self.unread and not self.is_json:
            too_much = "the answer is nested too deeply, or holds more values than are read at once"
            return NoReply(reason=Reason.UNPARSABLE, detail=f"{wanted}: {too_much}")
        if not self.is_json:
            return NoReply(reason=Reason.UNPARSABLE, detail=f"{wanted}: HTTP {status} with {self._no_json()}")
        return NoReply(reason=Reason.UNPARSABLE, detail=f"{wanted}: {self.answer.said()} and no OCPI data")

    def _no_json(self) -> str:
        """What came where JSON was asked for, for people; a coding that nobody asked for may be why."""
        kind = (self.exchange.header("Content-Type") or "no content type")[:80]
        coding = self.exchange.header("Content-Encoding")
        if coding:
            kind = f"{kind} in the coding {coding[:20]}"
        called_json = kind.lower().startswith("application/json")
        return f"{kind}, which it is not" if called_json else f"{kind} instead of JSON"


def _status(document: JsonValue) -> int | None:
    status = document.get("status_code") if isinstance(document, Mapping) else None
    return status if isinstance(status, int) and not isinstance(status, bool) else None


def _data(document: JsonValue) -> JsonValue:
    if isinstance(document, Mapping):
        return document.get("data")
    return document if isinstance(document, list) else None


def _objects(document: JsonValue) -> tuple[JsonValue, ...]:
    data = _data(document)
    if isinstance(data, list):
        return tuple(data)
    return () if data is None else (data,)


def _access(http_status: int, ocpi_status: int | None, read: JsonValue, *, unread: bool) -> Access:
    """Of what could be read; the statuses only tell a success without data from a refusal."""
    if _holds_data(http_status, read):
        return Access.DATA
    if http_status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Access.SERVER_ERROR
    if unread:
        return Access.UNDECIDED
    if http_status == HTTPStatus.TOO_MANY_REQUESTS:
        return Access.PUT_OFF
    return Access.ACCEPTED if http_status < _FIRST_ERROR and ocpi_status in _OCPI_SUCCESS else Access.REFUSED


def _holds_data(http_status: int, read: JsonValue) -> bool:
    objects, status = _objects(read), _status(read)
    whole = any(isinstance(item, Mapping) and item for item in objects)
    if http_status < _FIRST_ERROR and status in _OCPI_SUCCESS and whole:
        return True
    if any(looks_like_ocpi(item) for item in objects or (read,)) or holds_ocpi(read):
        return True
    unsaid = http_status < _FIRST_ERROR and status is None
    return unsaid and any(isinstance(item, Mapping) and not only_a_hint(item) for item in objects)


def read_reply(exchange: Exchange, followed: int = 0, refused: RefusedRedirect | None = None) -> Reply:
    """Parse the body as JSON; whatever it is, no exception."""
    document, is_json = None, False
    unread = exchange.truncated or is_endless(exchange.body)
    if not unread:
        try:
            document = read_json(exchange.body)
            is_json = True
        except RecursionError:
            unread = True
        except ValueError:
            pass
    read = document if is_json else readable_part(exchange.body)
    return Reply(
        exchange=exchange,
        document=document,
        is_json=is_json,
        access=_access(exchange.status, _status(document), read, unread=unread),
        unread=unread,
        followed=followed,
        refused_redirect=refused,
    )


def no_reply(outcome: Failed | Refused, wanted: str) -> NoReply:
    """The gate's outcome as a reason and a sentence."""
    if isinstance(outcome, Refused):
        reason = _REFUSALS.get(outcome.kind, Reason.NOT_PERMITTED)
        return NoReply(reason=reason, detail=f"{wanted} was not asked for: {outcome.detail}")
    reason = _REASONS.get(outcome.kind, Reason.UNREACHABLE)
    return NoReply(reason=reason, detail=f"{wanted}: {outcome.kind}: {outcome.detail}"[:500], failure=outcome)
