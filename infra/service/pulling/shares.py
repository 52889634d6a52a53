"""How much is under way for all partners together, so that slow ones cost the others no more than a short wait.

A place is held for one request, whose time the client bounds, or while one page is kept: never for a whole pass, and
never while a partner is left alone. Who waits for a place gets it in turn.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

_ASKED: Final = 32  # requests to partners
_KEPT: Final = 4  # pages on their way into the storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Places for requests to partners, and for pages that are kept."""

    asking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_ASKED))
    keeping: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_KEPT))
