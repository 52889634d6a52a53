"""A layer's file as types: unknown keys, wrong words and wrong shapes are refused."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from checks.model.control import AttestedItem, Control, Layer, Requirement
from checks.model.platform import Hosting, Platform, Size
from scanner.model.party import Role
from scanner.model.severity import Severity
from scanner.model.witness import Witness

RowId = Annotated[str, Field(pattern=r"^OCPI-[A-Z]{2,3}-\d{2}$")]
Text = Annotated[str, Field(min_length=3, max_length=1200)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)  # not each by itself and within the next


class RequirementDocument(_Strict):
    """What one profile requires of one row."""

    witnesses: tuple[Witness, ...] = ()
    checks: tuple[str, ...] = ()

    def requirement(self) -> Requirement:
        """The same for the fold."""
        return Requirement(witnesses=frozenset(self.witnesses), checks=frozenset(self.checks))


class OnlyForDocument(_Strict):
    """The platforms that a row is about."""

    roles: frozenset[Role] = frozenset()
    versions: frozenset[Literal["2.1.1", "2.2.1", "2.3.0"]] = frozenset()
    hosting: frozenset[Hosting] = frozenset()
    size: frozenset[Size] = frozenset()


class AttestedItemDocument(_Strict):
    """What a person can state about a row."""

    item: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    about: Text
    contains: Annotated[dict[Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")], Text], Field(min_length=1)]
    max_age_days: Annotated[int, Field(ge=1, le=1830)]
    needs_file: bool = False
    per_partner: bool = False


class RowDocument(_Strict):
    """One row."""

    id: RowId
    title: Text
    severity: Severity
    witnesses: Annotated[tuple[Witness, ...], Field(min_length=1)]
    verify: Text
    refines: tuple[RowId, ...] = ()
    rolls_up: bool = False
    own_part: str = ""
    not_yet_seen: str = ""
    requires: dict[str, RequirementDocument] = {}
    attestations: tuple[AttestedItemDocument, ...] = ()
    only_for: OnlyForDocument = OnlyForDocument()

    def control(self, layer: str) -> Control:
        """The row as a control of its layer."""
        requires = {profile: document.requirement() for profile, document in self.requires.items()}
        return Control(
            id=self.id,
            layer=layer,
            title=self.title,
            severity=self.severity,
            witnesses=self.witnesses,
            verify=self.verify,
            refines=self.refines,
            rolls_up=self.rolls_up,
            own_part=self.own_part,
            not_yet_seen=self.not_yet_seen,
            requires=requires,
            only_for=Platform(**dict(self.only_for)),
            attestations=tuple(AttestedItem(**dict(one)) for one in self.attestations),
        )


class LayerDocument(_Strict):
    """One file."""

    layer: str
    title: Text
    controls: Annotated[tuple[RowDocument, ...], Field(min_length=1)]

    def heading(self) -> Layer:
        """The layer without its rows."""
        return Layer(id=self.layer, title=self.title)
