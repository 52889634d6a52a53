"""A request as far as it arrived."""

from __future__ import annotations

from typing import Final

from starlette.types import Message, Receive

WRITES: Final = frozenset({"PUT", "POST", "PATCH"})


class Came:
    """The body of a request as far as it came; `whole` False where the sender went away before its end."""

    def __init__(self) -> None:
        self.body = b""
        self.whole = False

    @classmethod
    async def of(cls, receive: Receive) -> Came:
        """Read it."""
        came, more = cls(), True
        while more:
            message: Message = await receive()
            if message["type"] == "http.disconnect":
                return came
            came.body += message.get("body", b"")
            more = message.get("more_body", False)
        came.whole = True
        return came


async def gone() -> Message:
    """What a sender that went away says."""
    return {"type": "http.disconnect"}
