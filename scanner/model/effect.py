"""What a request may do to its target, judged as if a vulnerable target obeyed it, and how far a scan may go."""

from enum import StrEnum
from typing import Final


class Effect(StrEnum):
    """Declared by every intent; the gate decides on it."""

    READ = "read"
    WRITE = "write"
    LASTING = "lasting"  # a write that OCPI cannot take back
    REGISTRATION = "registration"  # every success makes a new credentials token
    ACTUATE = "actuate"  # moves hardware
    BURST = "burst"  # bounded load, slow, many or broken connections


class Mode(StrEnum):
    """How far a scan may go in an environment; each includes the one before it."""

    OBSERVE = "observe"
    EXERCISE = "exercise"
    STRESS = "stress"

    def includes(self, other: "Mode") -> bool:
        """True where everything that `other` permits is permitted here too."""
        return _MODES.index(self) >= _MODES.index(other)


_MODES: Final = tuple(Mode)
