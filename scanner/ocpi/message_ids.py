"""The ids that every message of 2.2 and later carries (transport and format, unique message ids)."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageIds:
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
    return str(uuid.UUID(int=random.getrandbits(128), version=4))
