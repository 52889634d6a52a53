"""Control: one row of the OCPI security-layer checklist; profile: which witnesses and checks a run must bring."""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Final

from checks.model.platform import Platform
from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_ANY: Final = Platform()
_BASES: Final = ("endpoint", "deployment")
_MORE: Final = ("", "-exercised", "-attested", "-exercised-attested")
PROFILES: Final = tuple(base + more for more in _MORE for base in _BASES)
PARTS: Final = frozenset({"endpoint", "deployment", "exercised", "attested"})  # of their names


def writes(profile: str) -> bool:
    """True for a profile of runs that may write: what only writing can show belongs to it."""
    return "exercised" in profile.split("-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What a profile requires before a control can be `pass`: witnesses that judged, and single checks by id."""

    witnesses: frozenset[Witness] = frozenset()
    checks: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """Witnesses in their order, then checks by id."""
        return (*(str(witness) for witness in Witness if witness in self.witnesses), *sorted(self.checks))


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A group of controls; `title` is its heading in reports."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedItem:
    """One thing of a row that a named person states.

    `about`: what is stated. `contains`: what the statement has to say, each part by a name. `max_age_days`: how long
    after its date it may count, whatever its own end is. `needs_file`: it rests on a document. `per_partner`: each
    partner of the configuration has its own.
    """

    item: str
    about: str
    contains: Mapping[str, str]
    max_age_days: int
    needs_file: bool = False
    per_partner: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What an auditor signs.

    `witnesses`: the kinds of evidence that can answer it. `verify`: how. `refines`: the broader rows it belongs to;
    where `rolls_up`, it is itself judged by folding them. `own_part`: what a roll-up asks beyond the rows it folds.
    `requires`: by part of a profile's name; `exercised` is what a run that may write has to bring as well,
    `attested` what one with attestations has to. `only_for`: the platforms that it is about;
    `left_out`: why it is not about the one of a run.
    `not_yet_seen`: what the row asks and no check looks at yet, so that its passes are never all of it.
    """

    id: str
    layer: str
    title: str
    severity: Severity
    witnesses: tuple[Witness, ...]
    verify: str
    refines: tuple[str, ...] = ()
    rolls_up: bool = False
    own_part: str = ""
    not_yet_seen: str = ""
    requires: Mapping[str, Requirement] = field(default_factory=dict)
    attestations: tuple[AttestedItem, ...] = ()
    only_for: Platform = _ANY
    left_out: str = ""

    def attested(self, item: str) -> AttestedItem:
        """The item of that name.

        Raises: KeyError if the row takes no such attestation.
        """
        for one in self.attestations:
            if one.item == item:
                return one
        raise KeyError(item)

    def required_by(self, profile: str) -> Requirement:
        """What the profile requires of this control; nothing if no part of the profile's name stands in `requires`."""
        parts = [self.requires[part] for part in profile.split("-") if part in self.requires]
        return Requirement(
            witnesses=frozenset(witness for part in parts for witness in part.witnesses),
            checks=frozenset(check for part in parts for check in part.checks),
        )

    @property
    def folds(self) -> tuple[str, ...]:
        """Ids of the rows that it rolls up; none where it is judged by itself."""
        return self.refines if self.rolls_up else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """All layers and all controls, each in the order of the checklist."""

    layers: tuple[Layer, ...]
    controls: tuple[Control, ...]

    def about(self, platform: Platform) -> "Checklist":
        """The same for one platform: rows about other kinds stay, say why they are left out, and require nothing."""
        return replace(self, controls=tuple(_about(control, platform) for control in self.controls))

    def control(self, id: str) -> Control:
        """The row of that id.

        Raises: KeyError if there is none.
        """
        for control in self.controls:
            if control.id == id:
                return control
        raise KeyError(id)


def _about(control: Control, platform: Platform) -> Control:
    why = platform.leaves_out(control.only_for)
    return replace(control, left_out=why, requires={}) if why else control
