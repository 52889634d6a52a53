"""How many GETs reading in depth may take, so that the other probes keep theirs."""

from dataclasses import dataclass
from typing import Final

from scanner.model.observation import Reason
from scanner.ocpi.reply import NoReply

MOST_GETS: Final = 400  # at one endpoint


@dataclass(slots=True)
class Allowance:
    """What is left of it."""

    left: int = MOST_GETS

    def take(self) -> bool:
        """True where one more GET may be sent; it is counted."""
        if self.left < 1:
            return False
        self.left -= 1
        return True

    def no_reply(self) -> NoReply:
        """The same as a reason."""
        return NoReply(reason=Reason.BUDGET_EXHAUSTED, detail=self.said())

    def said(self) -> str:
        """Why nothing more was asked."""
        return f"reading in depth ends after {MOST_GETS} requests to one platform"
