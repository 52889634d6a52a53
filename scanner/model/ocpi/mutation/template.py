"""A valid object, serialised once: each mutant is cut and pasted from its bytes, nothing is copied or dumped again."""

import json
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from scanner.model.json_value import JsonValue

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def encoded(value: JsonValue) -> bytes:
    """Compact JSON in UTF-8.

    Raises: ValueError for what JSON cannot say (NaN, a lone surrogate).
    """
    if value.__class__ is str:
        return msgspec.json.encode(value)  # the same bytes, at a fifth of the time
    return _ENCODER.encode(value).encode("utf-8")


class Span(NamedTuple):
    """Where a value stands, and what has to go with it (key and one comma) when it is taken out."""

    start: int
    end: int
    cut_start: int
    cut_end: int


class Template:
    """The bytes of an object with the place of every value in them."""

    __slots__ = ("spans", "whole")

    def __init__(self, value: JsonValue) -> None:
        chunks: list[bytes] = []
        self.spans: dict[str, Span] = {}
        end = self._write(value, "", 0, chunks)
        self.whole: Final = b"".join(chunks)
        self.spans[""] = Span(0, end, 0, end)

    def raw(self, pointer: str) -> bytes | None:
        """The value as it stands there; None where there is none."""
        span = self.spans.get(pointer)
        return None if span is None else self.whole[span.start : span.end]

    def around(self, pointer: str) -> tuple[bytes, bytes]:
        """What stands before and after a value; where it is absent, the member is put last into its object.

        Raises: KeyError if the object itself is absent.
        """
        span = self.spans.get(pointer)
        if span is not None:
            return self.whole[: span.start], self.whole[span.end :]
        parent, _, key = pointer.rpartition("/")
        close = self.spans[parent].end - 1
        comma = b"," if self.spans[parent].start + 1 < close else b""
        return b"".join((self.whole[:close], comma, encoded(key), b":")), self.whole[close:]

    def without(self, pointer: str) -> bytes:
        """The object without a value that is present.

        Raises: KeyError.
        """
        span = self.spans[pointer]
        return self.whole[: span.cut_start] + self.whole[span.cut_end :]

    def _write(self, value: JsonValue, pointer: str, at: int, chunks: list[bytes]) -> int:
        if isinstance(value, Mapping):
            members = [(encoded(key) + b":", f"{pointer}/{_escaped(key)}", inner) for key, inner in value.items()]
            return self._enclosed(b"{", b"}", members, at, chunks)
        if isinstance(value, Sequence) and not isinstance(value, str):
            members = [(b"", f"{pointer}/{index}", inner) for index, inner in enumerate(value)]
            return self._enclosed(b"[", b"]", members, at, chunks)
        chunks.append(encoded(value))
        return at + len(chunks[-1])

    def _enclosed(
        self, opening: bytes, closing: bytes, members: list[tuple[bytes, str, JsonValue]], at: int, chunks: list[bytes]
    ) -> int:
        chunks.append(opening)
        at += 1
        for index, (label, pointer, inner) in enumerate(members):
            lead = b"," + label if index else label
            chunks.append(lead)
            start = at + len(lead)
            end = self._write(inner, pointer, start, chunks)
            # The first member takes the comma behind it along, every other one the comma before it.
            self.spans[pointer] = Span(start, end, at, end + (0 if index or len(members) == 1 else 1))
            at = end
        chunks.append(closing)
        return at + 1


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
