"""Progress is a listener handed down; the default does nothing."""

from typing import Protocol


class Progress(Protocol):
    """Told what the runner does; must not raise."""

    def probes_expected(self, turns: int) -> None:
        """So many turns of probes are known by now; each ends with `probe_finished` unless a resumed run has it."""
        ...

    def probe_started(self, environment: str, probe: str) -> None:
        """A probe begins to look."""
        ...

    def probe_finished(self, environment: str, probe: str, observations: int, elapsed_s: float) -> None:
        """A probe has ended, with so many observations."""
        ...

    def note(self, event: str, **details: object) -> None:
        """Something that people should know: an event name and key-values."""
        ...


class Silent:
    """A `Progress` that says nothing."""

    def probes_expected(self, turns: int) -> None:
        """Say nothing."""

    def probe_started(self, environment: str, probe: str) -> None:
        """Say nothing."""

    def probe_finished(self, environment: str, probe: str, observations: int, elapsed_s: float) -> None:
        """Say nothing."""

    def note(self, event: str, **details: object) -> None:
        """Say nothing."""
