"""Who looks when: a probe at each environment by itself, or at all of them together."""

from collections.abc import Iterable, Sequence

from scanner.model.late_dataclass import dataclass
from scanner.model.target import EnvironmentTarget
from scanner.probe import Probe, RunWideProbe


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One probe and the environments that it looks at in one go; more than one only for a `RunWideProbe`."""

    probe: Probe
    targets: tuple[EnvironmentTarget, ...]

    @property
    def label(self) -> str:
        """Environments and probe, for people."""
        return f"{', '.join(target.name for target in self.targets)}/{self.probe.name}"


def turns_of(probes: Iterable[Probe], targets: Sequence[EnvironmentTarget]) -> tuple[Turn, ...]:
    """Every probe at every environment, each pair once."""
    return tuple(turn for probe in probes for turn in _turns(probe, targets))


def _turns(probe: Probe, targets: Sequence[EnvironmentTarget]) -> Iterable[Turn]:
    if isinstance(probe, RunWideProbe) and targets:
        return (Turn(probe=probe, targets=tuple(targets)),)
    return (Turn(probe=probe, targets=(target,)) for target in targets)
