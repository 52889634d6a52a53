"""One template for every lane: id and `last_updated` of a message stand as text that is replaced as bytes.

Mutants are made once from one valid object. A platform that keeps the newest version of an object would pass over a
mutant that is not newer, and each lane has an object of its own, so both are put in when a message is sent.
"""

from datetime import datetime, timedelta
from typing import Final

from scanner.model.late_dataclass import dataclass

_ENCODINGS: Final = ("utf-8", "utf-16-le", "utf-16-be")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """`object_id` and `stamp` as they stand in the valid object; ids of one length replace it, so that sizes hold."""

    object_id: str
    stamp: str

    def filled(self, body: bytes, object_id: str, stamp: str) -> bytes:
        """The message with another id and date; a mutant of the id or of the date keeps what it has."""
        for encoding in _ENCODINGS if b"\0" in body else _ENCODINGS[:1]:  # ASCII in UTF-16 holds NULs
            body = body.replace(self.object_id.encode(encoding), object_id.encode(encoding))
            body = body.replace(self.stamp.encode(encoding), stamp.encode(encoding))
        return body


def written(at: datetime) -> str:
    """A DateTime of OCPI to the second (types, DateTime)."""
    day = f"{at.year:04}-{at.month:02}-{at.day:02}"
    return f"{day}T{at.hour:02}:{at.minute:02}:{at.second:02}Z"


class Clock:
    """Each message a second newer than the one before, and all of them in the past."""

    def __init__(self, begins: datetime) -> None:
        self._at = begins

    def next(self) -> str:
        """The next date."""
        self._at += timedelta(seconds=1)
        return written(self._at)
