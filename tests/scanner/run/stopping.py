"""Stops a run at something that it did, however long a busy machine takes until then."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from scanner.gate.journal import FILE_NAME, read_journal


@asynccontextmanager
async def stopped_when(there: Callable[[], bool]) -> AsyncIterator[asyncio.Event]:
    """What `run_scan` is given as `stop`: it is set once `there()` holds."""
    stop = asyncio.Event()

    async def watch() -> None:
        while not there():  # noqa: ASYNC110 - there is no event for it
            await asyncio.sleep(0.01)
        stop.set()

    watching = asyncio.create_task(watch())
    try:
        yield stop
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


def has_finished(folder: Path, probe: str) -> bool:
    """Whether the journal of a run says so."""
    file = folder / FILE_NAME
    entries = read_journal(file) if file.exists() else ()
    return any(entry["kind"] == "probe" and entry["probe"] == probe for entry in entries)
