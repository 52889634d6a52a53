"""Structured log events: one mapping per event, JSON lines by default.

An event never holds a credentials token, a driver's token uid or a raw path: objects appear as a keyed reference,
paths as their route template, partners by id.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TextIO

EventSink = Callable[[Mapping[str, object]], None]
_REFERENCE_LENGTH: Final = 24  # hexadecimal characters


def discard(_: Mapping[str, object]) -> None:
    """The sink of a service that nobody watches."""


def json_lines(stream: TextIO) -> EventSink:
    """A sink that writes one JSON object a line."""
    lock = threading.Lock()

    def write(event: Mapping[str, object]) -> None:
        line = json.dumps(event, separators=(",", ":"), ensure_ascii=True)
        with lock:
            stream.write(line + "\n")
            stream.flush()

    return write


@dataclass(frozen=True, slots=True)
class ObjectReference:
    """Makes the same reference for the same object, which nobody without the key can turn back into an id."""

    key: bytes

    def of(self, *parts: str) -> str:
        """HMAC-SHA256 of the parts, shortened."""
        message = "\x1f".join(parts).casefold().encode()
        return hmac.new(self.key, message, hashlib.sha256).hexdigest()[:_REFERENCE_LENGTH]
