"""What both readers give: resources, their blocks, and the fields of each."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from scanner.model.late_dataclass import dataclass


class Shape(StrEnum):
    """How the value of a field is built."""

    SCALAR = "scalar"
    STRING = "string"
    OBJECT = "object"
    LIST = "list"  # lists and sets
    MAP = "map"  # keys are the user's own
    ANY = "any"  # the schema does not say


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One property or attribute.

    `block` names the type of the object, or of the list's or map's items. `unwrapped`: a Terraform attribute that takes
    an object as it is. `single`: a Terraform block that can stand at most once. `json`: Pulumi takes a document and
    Terraform its text. `asset`: Pulumi takes a file. `settable`: it can be an input.
    """

    name: str
    shape: Shape
    block: str | None = None
    unwrapped: bool = False
    json: bool = False
    asset: bool = False
    settable: bool = True


Fields = Mapping[str, Field]


@dataclass(frozen=True, slots=True, kw_only=True)
class Universe:
    """All resources of one side: type (or token) to its fields, and block name to its fields."""

    resources: Mapping[str, Fields]
    blocks: Mapping[str, Fields]
    version: str
    notes: tuple[str, ...] = field(default=())

    def fields_below(self, one: Field) -> Fields:
        """The fields of the objects that a field holds; none for scalars and what the schema leaves open."""
        return self.blocks.get(one.block, {}) if one.block else {}
