"""Head and body of an answer in one piece: uvicorn writes them one after the other."""

from __future__ import annotations

import asyncio
from typing import Any


class GatheredWrites:
    """A transport that hands over together what is written in one turn of the loop.

    One TLS record and one packet instead of two: sending is most of what a small answer costs, and receiving it too.
    What is written later, as by an answer that is held back half-way, goes out on its own.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Send with whatever else is written in this turn."""
        if not self._pieces:
            self._loop.call_soon(self.flush)
        self._pieces.append(data)

    def flush(self) -> None:
        """Send what was written."""
        if self._pieces:
            together = b"".join(self._pieces)
            self._pieces.clear()
            self._transport.write(together)

    def close(self) -> None:
        """Close after what was written."""
        self.flush()
        if not self._transport.is_closing():  # closed twice, asyncio's TLS transport could not be aborted any more
            self._transport.close()

    def abort(self) -> None:
        """Close at once, without what was written."""
        self._pieces.clear()
        self._transport.abort()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - everything else is the transport's
        return getattr(self._transport, name)
