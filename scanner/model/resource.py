"""Cloud resources as declared or found, with tri-state values: set, absent, unknown (a secret is set but hidden).

Values are JSON with two markers in place of leaves: `UNKNOWN` (not known until deploy) and `HIDDEN` (a secret).
A path that leads nowhere gives `ABSENT`, which is what the author did not set - never `None`, which is a value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from enum import Enum
from typing import Annotated, Any, Final

import msgspec
from pydantic import GetPydanticSchema
from pydantic_core import core_schema

from scanner.model.json_value import JsonScalar
from scanner.model.late_dataclass import dataclass
from scanner.model.tool_verdict import SourcePosition


class Marker(Enum):
    """Stands where a JSON leaf would be, or is the answer of a look-up."""

    UNKNOWN = "unknown until deploy"
    HIDDEN = "secret"
    ABSENT = "absent"

    def __repr__(self) -> str:
        return f"<{self.value}>"


UNKNOWN: Final = Marker.UNKNOWN
HIDDEN: Final = Marker.HIDDEN
ABSENT: Final = Marker.ABSENT

CloudValue = JsonScalar | Marker | Sequence["CloudValue"] | Mapping[str, "CloudValue"]

_MARKER_KEY: Final = "$marker"


def _to_json(value: CloudValue) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, Marker):
        return {_MARKER_KEY: value.value}
    if isinstance(value, Mapping):
        return {name: _to_json(inner) for name, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_to_json(inner) for inner in value]
    return value


def _from_json(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, Mapping):
        if set(value) == {_MARKER_KEY}:
            return Marker(value[_MARKER_KEY])
        return {name: _from_json(inner) for name, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(_from_json(inner) for inner in value)
    return value


# Markers survive the journal: written as {"$marker": ..} and read back as what they are. The whole schema is given,
# because pydantic would follow the type into its own recursion before it asked a validator.
CloudValues = Annotated[
    Mapping[str, CloudValue],
    GetPydanticSchema(
        lambda _type, _handler: core_schema.no_info_plain_validator_function(
            _from_json, serialization=core_schema.plain_serializer_function_ser_schema(_to_json)
        )
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """The provider a resource was declared with; account and region where they are known."""

    urn: str
    account: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource of a stack.

    `token` is the Pulumi type (`aws:wafv2/webAcl:WebAcl`), `inputs` what the program set (Pulumi's camelCase names),
    `outputs` what is known of it after. `depends_on_by_property` gives, for each input property, the URNs of the
    resources whose outputs flow into it. `custom`: a provider makes it; False for a component, which only groups.
    """

    urn: str
    token: str
    name: str
    stack: str
    inputs: CloudValues
    outputs: CloudValues = field(default_factory=dict)
    depends_on_by_property: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parent: str | None = None
    provider: Provider | None = None
    id: str | None = None
    custom: bool = True
    position: SourcePosition | None = None

    def get(self, path: str) -> CloudValue:
        """The input at a dotted path (`domainConfigurations.0.securityPolicy`), a marker, or `ABSENT`.

        `UNKNOWN` on the way gives `UNKNOWN`: what lies below it cannot be known either.
        """
        value: CloudValue = self.inputs
        for part in path.split("."):
            value = _step(value, part)
            if isinstance(value, Marker):
                return value
        return value


def resource_to_json(resource: Resource) -> dict[str, Any]:
    """As pydantic writes it, without its schemas; markers come back as what they are."""
    plain: dict[str, Any] = msgspec.to_builtins(replace(resource, inputs={}, outputs={}), str_keys=True)
    return {**plain, "inputs": _to_json(resource.inputs), "outputs": _to_json(resource.outputs)}


def _step(value: CloudValue, part: str) -> CloudValue:
    if isinstance(value, Mapping):
        return value.get(part, ABSENT)
    if isinstance(value, Sequence) and not isinstance(value, str) and part.isdigit() and int(part) < len(value):
        return value[int(part)]
    return ABSENT
