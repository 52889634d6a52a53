"""One object of ours at one receiver interface, written with the valid token and without one, and read back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from scanner.gate.documents import exchange_document
from scanner.model.facts.ocpi.strangers import Became, StrangersWrite
from scanner.model.json_value import JsonValue
from scanner.ocpi.attempts import Attempt
from scanner.ocpi.connections.marks import marks
from scanner.ocpi.connections.writing import look, place_of, send
from scanner.ocpi.repeat import repeat_line
from scanner.ocpi.transitions.desk import Answered, Desk, Ended
from scanner.ocpi.transitions.looked import UNKNOWN, Looked
from scanner.ocpi.transitions.message import location_of
from scanner.ocpi.transitions.specimen import Specimen
from scanner.ocpi.transitions.specimens import Specimens
from scanner.ocpi.writing.reaction import Said
from scanner.ocpi.writing.reading_back import alike
from scanner.ocpi.writing.stamp import written

Body = Mapping[str, JsonValue]
_NO_SUCH_METHOD: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED})
_REFUSALS: Final = range(400, 500)
_OVER: Final = "REMOVED"  # nothing is left to be taken back


@dataclass(slots=True)
class Control:
    """A write with the valid token: how it was answered, and whether what it did could be read back."""

    answered: Answered
    read: bool

    @property
    def absent(self) -> bool:
        """True where the platform has no such method."""
        return not self.answered.accepted and self.answered.reaction.http_status in _NO_SUCH_METHOD


@dataclass(slots=True)
class Author:
    """`before`: the object as it was read last; `documents`: the exchanges, without what strangers were given."""

    desk: Desk
    specimens: Specimens
    documents: list[JsonValue] = field(default_factory=list)
    controls: dict[str, Control] = field(default_factory=dict)
    _specimen: Specimen = field(init=False)
    _before: Body = field(default_factory=dict)
    _number: int = 0
    _gone: bool = False

    def __post_init__(self) -> None:
        self._specimen = self.specimens.fresh()

    async def own(self, method: str) -> Control:
        """A valid write; of DELETE, the end of the object. Raises: Ended."""
        if method == "DELETE":
            control = await self._remove()
        elif self.desk.bench.creates or not self._before:
            control = await self._make()
        else:
            body = self._changed(method)
            answered = await self._sent(method, body, "with the valid token")
            here = await look(self.desk, self._specimen, "a change of our own")
            control = Control(answered, self._shows(body, here))
            self._before = here.found or self._before
        self.controls[method] = control
        return control

    async def strangers(self, method: str, attempt: Attempt) -> tuple[StrangersWrite, Ended | None]:
        """The same without a valid token; then what its owner reads. The second: why nothing more can be learned.

        Raises: Ended where it could not be sent.
        """
        if self._gone:
            await self._make()
        specimen = self.specimens.fresh() if self.desk.bench.creates else self._specimen
        body = specimen.sent if self.desk.bench.creates else self._changed(method)
        answered = await self._sent(method, body, f"with {attempt.said}", specimen, attempt)
        here, ended = UNKNOWN, None
        try:
            here = await self.desk.look(self._place(specimen), f"what came with {attempt.said}")
        except Ended as why:
            ended = why
        return self._judged(method, attempt, answered, took=self._took(method, body, here)), ended

    async def _make(self) -> Control:
        answered = await self._sent(self.desk.bench.make.method, self._specimen.sent, "with the valid token")
        here = await look(self.desk, self._specimen, "a valid object")
        self._before, self._gone = here.found or {}, here.found is None and self._gone
        return Control(answered, here.found is not None)

    async def _remove(self) -> Control:
        answered = await self._sent("DELETE", None, "with the valid token")
        here = await look(self.desk, self._specimen, "its removal")
        removed = here.known and here.found is None
        if removed and answered.accepted:
            self._specimen.state = _OVER
        return Control(answered, removed)

    async def _sent(
        self,
        method: str,
        body: Body | None,
        purpose: str,
        specimen: Specimen | None = None,
        stranger: Attempt | None = None,
    ) -> Answered:
        specimen = specimen or self._specimen
        said = f"{method} of {specimen.object_id} {purpose}"
        if method == "DELETE":
            url = self.desk.bench.url(specimen.object_id)
            answered = await self.desk.write_text(method, url, None, said, stranger=stranger)
        else:
            answered = await send(self.desk, specimen, said, body=body, method=method, stranger=stranger)
        if answered.exchange is not None:
            self.documents.append(exchange_document(answered.exchange, body=stranger is None))
        return answered

    def _changed(self, method: str) -> Body | None:
        """The object, or a part of it, with what no message before had."""
        if method == "DELETE":
            return None
        self._number += 1
        sent = self._specimen.sent
        dated: dict[str, JsonValue] = {"last_updated": written(self.desk.moment())}
        changes = {**marks(self.desk.bench.class_name, self._number, sent), **dated}
        return changes if method == "PATCH" else {**sent, **changes}

    def _shows(self, body: Body | None, here: Looked) -> bool:
        """True where something that the body alone has is read back."""
        found = here.found
        if found is None or body is None:
            return False
        named = marks(self.desk.bench.class_name, self._number, self._specimen.sent)
        new = [name for name in named if not alike(body[name], self._before.get(name))]
        return any(name in found and alike(body[name], found[name]) for name in new)

    def _place(self, specimen: Specimen) -> str | None:
        """Where an object would be: of one that was refused, beside the one that was taken."""
        bench, own = self.desk.bench, place_of(self.desk, self._specimen)
        if specimen.location is not None or not bench.creates:
            return place_of(self.desk, specimen)
        named, other = (quote(one.object_id, safe="") for one in (self._specimen, specimen))
        return location_of(bench, own.replace(named, other)) if own is not None and named in own else None

    def _took(self, method: str, body: Body | None, here: Looked) -> bool | None:
        """Whether the write took effect; None where that cannot be read back."""
        if self.desk.bench.creates:
            return here.found is not None if here.known and self.controls[method].read else None
        if method == "DELETE":
            was_gone, self._gone = self._gone, here.known and here.found is None
            return self._gone if here.known and not was_gone else None
        shown = self._shows(body, here)
        self._before = here.found or self._before
        return shown if shown or (here.found is not None and self.controls[method].read) else None

    def _judged(self, method: str, attempt: Attempt, answered: Answered, *, took: bool | None) -> StrangersWrite:
        became, why = self._became(method, answered, took=took)
        return StrangersWrite(
            method=method,
            caller=attempt.said,
            became=became,
            http_status=answered.reaction.http_status,
            ocpi_status=answered.reaction.ocpi_status,
            why=why[:300],
            curl="" if answered.exchange is None else repeat_line(answered.exchange),
        )

    def _became(self, method: str, answered: Answered, *, took: bool | None) -> tuple[Became, str]:
        if took:
            return Became.TOOK_EFFECT, ""
        if answered.accepted:
            bare = answered.reaction.ocpi_status is None and not self._answers_barely(method)
            said = f"{answered.said()} without an OCPI status, and nothing of it was read back"
            return (Became.UNDECIDED, said) if bare else (Became.SAID_DONE, "")
        refused = answered.reaction.said is Said.REFUSED or answered.reaction.http_status in _REFUSALS
        if not refused or answered.reaction.said is Said.NOT_SENT:
            return Became.UNDECIDED, answered.said()
        return (Became.UNREAD, "") if took is None else (Became.REFUSED, "")

    def _answers_barely(self, method: str) -> bool:
        """True where valid writes are answered without an OCPI status as well: then that is how a success looks."""
        control = self.controls.get(method) or self.controls[self.desk.bench.make.method]
        return control.answered.reaction.ocpi_status is None
