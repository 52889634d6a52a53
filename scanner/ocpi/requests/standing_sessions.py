"""Sessions that a command of ours may have begun: each stands until it is known to be over, and is stopped in time."""

from dataclasses import dataclass, field
from typing import Final

from scanner.gate.gate import Gate
from scanner.model.leftover import Leftover
from scanner.ocpi.requests.begun_session import end
from scanner.ocpi.requests.session_leftover import Emsp, as_seen_by

LEAST_S: Final = 60.0  # of the run that have to be left: what is begun has to be stopped
_FOR_THE_STOP_S: Final = 20.0  # of these


@dataclass(slots=True, kw_only=True)
class StandingSessions:
    """Begun by `own`, who sees those as well that it began with a token of another."""

    gate: Gate
    probe: str
    own: Emsp
    _standing: list[Leftover] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether any goes on, as far as is known."""
        return bool(self._standing)

    def add(self, left: Leftover) -> None:
        """Before the command is sent that may begin it."""
        self._standing.append(left)

    def gone(self, left: Leftover) -> None:
        """It is over, or never began."""
        self._standing.remove(left)
        for one in self.seen_by(left):
            self.gate.taken_back(one)

    async def end(self, left: Leftover, within_s: float) -> None:
        """Stop it as whoever sees it: a session for another's token may have become our own."""
        for seen in self.seen_by(left):
            if await end(self.gate, seen, self.probe, within_s) is None:
                self.gone(left)
                return

    async def end_all(self, within_s: float) -> None:
        """Stop whatever still stands, each within that time."""
        for left in tuple(self._standing):
            await self.end(left, within_s)

    def seen_by(self, left: Leftover) -> tuple[Leftover, ...]:
        """The same as each of our identities that may see it."""
        return tuple(dict.fromkeys((as_seen_by(self.own, left), left)))

    def within(self, most_s: float) -> float:
        """As long as may be waited, so that the run has time left for the stop."""
        return max(0.0, min(most_s, self._left_s - _FOR_THE_STOP_S))

    @property
    def has_time(self) -> bool:
        """Whether another may be begun."""
        return self._left_s >= LEAST_S

    @property
    def _left_s(self) -> float:
        commands = self.own.commands
        return self.gate.seconds_left(commands.url, commands.subject.environment)
