"""Control: one row of the OCPI security-layer checklist; profile: which witnesses and checks a run must bring."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scanner.model.severity import Severity
from scanner.model.witness import Witness


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What a profile requires before a control can be `pass`: witnesses that judged, and single checks by id."""

    witnesses: frozenset[Witness] = frozenset()
    checks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What an auditor signs. `refines`: broader rows; `rolls_up`: its status folds the rows that it refines."""

    id: str
    layer: str
    title: str
    severity: Severity
    witnesses: tuple[Witness, ...]
    verify: str
    refines: tuple[str, ...] = ()
    rolls_up: bool = False
    requires: Mapping[str, Requirement] = field(default_factory=dict)

    def required_by(self, profile: str) -> Requirement:
        """What the profile requires of this control; nothing if the profile does not name it."""
        return self.requires.get(profile, Requirement())
