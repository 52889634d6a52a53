"""What can be decided of a template before a deployment: parameters, pseudo parameters, mappings, conditions."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final

from scanner.model.cloud_input import TemplateInput
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import ABSENT, HIDDEN, UNKNOWN, CloudValue

_LISTS: Final = ("CommaDelimitedList", "List<")
_PSEUDO: Final[Mapping[str, CloudValue]] = {
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::NoValue": ABSENT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """`parameters` with their values or defaults (`HIDDEN`: NoEcho); `mappings` and `conditions` as written."""

    parameters: Mapping[str, CloudValue]
    pseudo: Mapping[str, CloudValue]
    mappings: Mapping[str, Any]
    conditions: Mapping[str, Any]
    _decided: dict[str, bool | None] = field(default_factory=dict, repr=False)

    def parameter(self, name: str) -> CloudValue | None:
        """A parameter's or pseudo parameter's value, `UNKNOWN` where nobody gave one; None: it is neither."""
        if name.startswith("AWS::"):
            return self.pseudo.get(name, UNKNOWN)
        return self.parameters.get(name)

    def holds(self, name: str) -> bool | None:
        """A condition by name; None where it cannot be decided."""
        if name not in self._decided:
            self._decided[name] = None  # a condition that refers to itself is not decided
            self._decided[name] = self.decide(self.conditions.get(name))
        return self._decided[name]

    def decide(self, expression: Any) -> bool | None:  # noqa: ANN401 - JSON
        """A condition as it is written (CloudFormation User Guide, condition functions)."""
        if not isinstance(expression, dict) or len(expression) != 1:
            return None
        ((function, given),) = expression.items()
        if function == "Condition":
            return self.holds(str(given))
        parts = given if isinstance(given, list) else [given]
        if function == "Fn::Equals" and len(parts) == 2:  # noqa: PLR2004 - two sides
            return _equal(self._side(parts[0]), self._side(parts[1]))
        if function not in {"Fn::Not", "Fn::And", "Fn::Or"}:
            return None
        decided = [self.decide(one) for one in parts]
        if function == "Fn::Not":
            return None if len(decided) != 1 or decided[0] is None else not decided[0]
        stops = function == "Fn::Or"
        if stops in decided:
            return bool(stops)
        return None if None in decided else not stops

    def _side(self, value: Any) -> CloudValue:  # noqa: ANN401 - JSON
        if isinstance(value, dict):
            return self._function(value)
        known: CloudValue = value
        return known

    def _function(self, value: dict[str, Any]) -> CloudValue:
        if "Ref" in value:
            found = self.parameter(str(value["Ref"]))
            return UNKNOWN if found is None else found
        return self.find(value["Fn::FindInMap"]) if "Fn::FindInMap" in value else UNKNOWN

    def find(self, given: Any) -> CloudValue:  # noqa: ANN401 - JSON
        """`Fn::FindInMap` with keys that are known."""
        if not isinstance(given, list) or len(given) < 3:  # noqa: PLR2004 - map, key, key
            return UNKNOWN
        found: Any = self.mappings
        for key in (self._side(one) for one in given[:3]):
            found = found.get(str(key)) if isinstance(found, dict) and not _is_marker(key) else None
        return UNKNOWN if found is None else found


def _is_marker(value: CloudValue) -> bool:
    return value is UNKNOWN or value is HIDDEN or value is ABSENT


def _equal(left: CloudValue, right: CloudValue) -> bool | None:
    if _is_marker(left) or _is_marker(right):
        return None
    return _text(left) == _text(right)


def _text(value: CloudValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def known_of(document: Mapping[str, Any], one: TemplateInput) -> Known:
    """From the template and what the configuration adds to it."""
    declared = _mapping(document.get("Parameters"))
    return Known(
        parameters={str(name): _value(_mapping(held), one.parameters.get(name)) for name, held in declared.items()},
        pseudo={
            **_PSEUDO,
            "AWS::StackName": one.name,
            **({"AWS::Region": one.region} if one.region else {}),
            **({"AWS::AccountId": one.account} if one.account else {}),
        },
        mappings=_mapping(document.get("Mappings")),
        conditions=_mapping(document.get("Conditions")),
    )


def _value(declared: Mapping[str, Any], given: str | None) -> CloudValue:
    kind = str(declared.get("Type", "String"))
    if str(declared.get("NoEcho", "")).lower() == "true":
        return HIDDEN
    if kind.startswith("AWS::SSM::Parameter"):
        return UNKNOWN
    value = given if given is not None else declared.get("Default")
    if value is None or isinstance(value, dict | list):
        return UNKNOWN
    if kind.startswith(_LISTS):
        return tuple(part.strip() for part in str(value).split(","))
    return _text(value)


def _mapping(value: Any) -> Mapping[str, Any]:  # noqa: ANN401 - JSON
    return value if isinstance(value, dict) else {}
