"""One scenario's site: versions and details below a path of its own, sound where it is not told to be otherwise.

A sound site names no credentials module, so that no registration comes of it: the target has called, and nothing has
changed.
"""

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.served import CallersToken, ServedAnswer, ServedCall

JSON: Final = ("Content-Type", "application/json")
_ECHOED: Final = ("X-Request-ID", "X-Correlation-ID")
_OURS: Final = frozenset({CallersToken.NEWEST, CallersToken.FORMER})
Misbehaviour = Callable[[ServedCall], Awaitable[ServedAnswer | None]]


@dataclass(slots=True)
class Seen:
    """A call as the site remembers it; `at` in monotonic seconds."""

    at: float
    path: str
    peer: str
    with_token: bool


@dataclass(slots=True)
class Taken:
    """What was taken of an answer without end. `over`: no more can be; `still`: some still was, as we looked away."""

    bytes: int = 0
    began: float = 0.0
    ended: float = 0.0
    all: bool = False
    over: bool = False
    still: bool = False


@dataclass(slots=True, kw_only=True)
class Site:
    """What one scenario serves. URLs are whole; paths begin behind the scenario's own.

    `base`: its URL. `elsewhere`: the URL of the same path at the second listener; `plain`: at no TLS. `hostile`:
    answers by path, in place of the sound ones. `sends`: the module whose sender interface it has. `after_s`: how long
    an answer may take.
    """

    version: str
    base: str
    elsewhere: str
    inward: str
    now: str
    after_s: float
    most_bytes: int
    hostile: dict[str, Misbehaviour] = field(default_factory=dict)
    details_at: str | None = None
    has_credentials: bool = False
    sends: str | None = "locations"
    calls: list[Seen] = field(default_factory=list)
    taken: Taken = field(default_factory=Taken)

    @property
    def details_path(self) -> str:
        """Of the version that is registered."""
        return f"/{self.version}"

    async def answer(self, call: ServedCall, path: str) -> ServedAnswer | None:
        """What a call of this scenario is answered."""
        self.calls.append(Seen(time.monotonic(), path, call.peer, call.token in _OURS))
        if (hostile := self.hostile.get(path)) is not None:
            return await hostile(call)
        data = self.documents().get(path)
        if data is None:
            return ServedAnswer(status=HTTPStatus.NOT_FOUND, headers=(JSON,), body=self.envelope(None, 2000))
        return self.said(call, data)

    def documents(self) -> Mapping[str, JsonValue]:
        """Sound documents by path."""
        at = self.details_at or f"{self.base}{self.details_path}"
        endpoints: list[JsonValue] = [self._endpoint(self.sends)] if self.sends else []
        if self.has_credentials:
            endpoints.append(self._endpoint("credentials"))
        return {
            "/versions": [{"version": self.version, "url": at}],
            self.details_path: {"version": self.version, "endpoints": endpoints},
        }

    def said(self, call: ServedCall, data: JsonValue, status: int = HTTPStatus.OK, code: int = 1000) -> ServedAnswer:
        """An answer in the response format."""
        echoed = tuple((name, value) for name in _ECHOED if (value := call.header(name)))
        return ServedAnswer(status=status, headers=(JSON, *echoed), body=self.envelope(data, code))

    def envelope(self, data: JsonValue, code: int = 1000) -> bytes:
        """The response format round `data`."""
        document = {"status_code": code, "status_message": "See above", "timestamp": self.now}
        return json.dumps(document if data is None else {**document, "data": data}).encode()

    async def counted(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The pieces, noting how much of them was taken, and whether that was all."""
        self.taken.began = self.taken.ended = time.monotonic()
        try:
            async for piece in pieces:
                yield piece
                self.taken.bytes += len(piece)
                self.taken.ended = time.monotonic()
            self.taken.all = True
        finally:
            self.taken.over = True

    def _endpoint(self, identifier: str) -> JsonValue:
        role = {} if self.version.startswith("2.1") else {"role": "SENDER"}
        return {"identifier": identifier, **role, "url": f"{self.base}{self.details_path}/{identifier}"}


Behaviour = Callable[[Site], None]
"""Puts a site into a state: what it answers from now on."""
