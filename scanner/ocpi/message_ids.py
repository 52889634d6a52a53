"""The ids that every message of 2.2 and later carries (transport and format, unique message ids)."""

from collections.abc import Mapping
from random import Random
from typing import Final

import msgspec

_VERSION_4: Final = 0x4 << 76 | 0x2 << 62  # version, and the variant of RFC 9562
_FREE: Final = ~(0xF << 76 | 0x3 << 62)


class MessageIds(msgspec.Struct, frozen=True, kw_only=True):
    """X-Request-ID and X-Correlation-ID."""

    request: str
    correlation: str

    @classmethod
    def new(cls, random: Random) -> "MessageIds":
        """The next ids: unique within a run, and the same for the same seed."""
        return cls(request=_id(random), correlation=_id(random))

    @property
    def headers(self) -> Mapping[str, str]:
        """As they are sent."""
        return {"X-Request-ID": self.request, "X-Correlation-ID": self.correlation}


def _id(random: Random) -> str:
    """A random UUID (RFC 9562, version 4), written without `uuid.UUID`, which takes five times as long."""
    bits = random.getrandbits(128) & _FREE | _VERSION_4
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
