"""DateTime of OCPI 2.2.1 (types): RFC 3339, UTC only, with or without the Z, at most 25 characters."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

MAX_LENGTH: Final = 25  # characters
_SHAPE: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z?", re.ASCII)


def parse_datetime(text: str) -> datetime:
    """An aware datetime in UTC. Raises ValueError when `text` is not an OCPI DateTime."""
    if len(text) > MAX_LENGTH or not _SHAPE.fullmatch(text):
        raise ValueError("not an OCPI DateTime")
    return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)


def format_datetime(moment: datetime) -> str:
    """Whole seconds, with the Z."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def now() -> datetime:
    """The clock of a deployed service; tests hand in another one."""
    return datetime.now(UTC)
