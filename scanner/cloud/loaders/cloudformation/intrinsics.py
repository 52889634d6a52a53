"""Values of a template with its functions carried out as far as they can be before a deployment.

What comes from another resource is `UNKNOWN`, and which resource it is, is remembered (CloudFormation User Guide,
intrinsic functions; dynamic references).
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from scanner.cloud.loaders.cloudformation.conditions import Known
from scanner.model.resource import ABSENT, HIDDEN, UNKNOWN, CloudValue, Marker

_PLACE: Final = re.compile(r"\$\{([^!][^}]*)\}")
_LITERAL: Final = re.compile(r"\$\{!([^}]*)\}")
_SECRET: Final = ("{{resolve:secretsmanager:", "{{resolve:ssm-secure:")
_RESOLVED: Final = "{{resolve:"


@dataclass(slots=True)
class Values:
    """Carries out functions; `referred` collects logical ids, those of resources that do not exist included.

    `arns` and `refs`: what `Fn::GetAtt` of `Arn`, and `Ref`, stand for where that may be made up: in policies.
    """

    known: Known
    arns: Mapping[str, str] = field(default_factory=dict)
    refs: Mapping[str, CloudValue] = field(default_factory=dict)
    referred: set[str] = field(default_factory=set)

    def value(self, node: Any) -> CloudValue:  # noqa: ANN401 - JSON
        """One value; `ABSENT` for `AWS::NoValue`, which leaves its place out."""
        if isinstance(node, dict):
            function = next(iter(node)) if len(node) == 1 else ""
            if function == "Ref" or function.startswith("Fn::"):
                return self._function(function, node[function])
            return dict(self._present(node))
        if isinstance(node, list):
            return tuple(value for one in node if (value := self.value(one)) is not ABSENT)
        return _dynamic(node) if isinstance(node, str) else node

    def _present(self, node: Mapping[str, Any]) -> Iterator[tuple[str, CloudValue]]:
        for name, one in node.items():
            value = self.value(one)
            if value is not ABSENT:
                yield str(name), value

    def _function(self, function: str, given: Any) -> CloudValue:  # noqa: ANN401 - JSON
        carry_out = _FUNCTIONS.get(function)
        if carry_out is None:
            self.value(given)
            return UNKNOWN
        return carry_out(self, given)

    def ref(self, given: Any) -> CloudValue:  # noqa: ANN401 - JSON
        """`Ref`: a parameter's value, or a resource."""
        found = self.known.parameter(str(given))
        if found is None:
            self.referred.add(str(given))
            found = UNKNOWN
        return self.refs.get(str(given), UNKNOWN) if found is UNKNOWN else found

    def get_att(self, given: Any) -> CloudValue:  # noqa: ANN401 - JSON
        """`Fn::GetAtt`: of a resource."""
        text = ".".join(map(str, given)) if isinstance(given, list) else str(given)
        name, _, attribute = text.partition(".")
        if name:
            self.referred.add(name)
        return self.arns.get(name, UNKNOWN) if attribute == "Arn" else UNKNOWN

    def sub(self, given: Any) -> CloudValue:  # noqa: ANN401 - JSON
        """`Fn::Sub`: text if every place in it is known."""
        template, own = (given[0], given[1]) if isinstance(given, list) and len(given) == 2 else (given, {})  # noqa: PLR2004
        if not isinstance(template, str):
            return UNKNOWN
        own = own if isinstance(own, dict) else {}
        parts = {name: self._place(name, own) for name in _PLACE.findall(template)}
        if any(isinstance(part, Marker) for part in parts.values()):
            return HIDDEN if HIDDEN in parts.values() else UNKNOWN
        filled = _PLACE.sub(lambda found: _text(parts[found[1]]), template)
        return _dynamic(_LITERAL.sub(r"${\1}", filled))

    def _place(self, name: str, own: Mapping[str, Any]) -> CloudValue:
        if name in own:
            return self.value(own[name])
        return self.get_att(name) if "." in name else self.ref(name.strip())

    def join(self, given: Any) -> CloudValue:  # noqa: ANN401 - JSON
        """`Fn::Join`: text if every part is known."""
        if not isinstance(given, list) or len(given) != 2:  # noqa: PLR2004 - delimiter, parts
            return UNKNOWN
        parts = self.value(given[1])
        if not isinstance(parts, tuple) or any(isinstance(one, Marker) for one in parts):
            return HIDDEN if isinstance(parts, tuple) and HIDDEN in parts else UNKNOWN
        return _dynamic(str(given[0]).join(_text(one) for one in parts))

    def choose(self, given: Any) -> CloudValue:  # noqa: ANN401 - JSON
        """`Fn::If`: of what is decided; both sides are referred to otherwise."""
        if not isinstance(given, list) or len(given) != 3:  # noqa: PLR2004 - condition, then, else
            return UNKNOWN
        decided = self.known.holds(str(given[0]))
        if decided is not None:
            return self.value(given[1] if decided else given[2])
        sides = (self.value(given[1]), self.value(given[2]))
        return sides[0] if sides[0] == sides[1] else UNKNOWN

    def select(self, given: Any) -> CloudValue:  # noqa: ANN401 - JSON
        """`Fn::Select`: one of a known list."""
        parts = self.value(given)
        if not isinstance(parts, tuple) or len(parts) != 2:  # noqa: PLR2004 - index, list
            return UNKNOWN
        index, items = _text(parts[0]), parts[1]
        if isinstance(items, tuple) and index.isdigit() and int(index) < len(items):
            chosen: CloudValue = items[int(index)]
            return chosen
        return UNKNOWN

    def split(self, given: Any) -> CloudValue:  # noqa: ANN401 - JSON
        """`Fn::Split` of known text."""
        parts = self.value(given)
        if isinstance(parts, tuple) and len(parts) == 2 and all(isinstance(one, str) and one for one in parts):  # noqa: PLR2004
            return tuple(str(parts[1]).split(str(parts[0])))
        return UNKNOWN

    def find_in_map(self, given: Any) -> CloudValue:  # noqa: ANN401 - JSON
        """`Fn::FindInMap` with known keys."""
        found = self.known.find(given)
        return found if found is UNKNOWN else self.value(found)

    def base64(self, given: Any) -> CloudValue:  # noqa: ANN401 - JSON
        """`Fn::Base64`: Pulumi takes user data as it is, and encodes it itself."""
        return self.value(given)

    def to_json(self, given: Any) -> CloudValue:  # noqa: ANN401 - JSON
        """`Fn::ToJsonString` of what is known as a whole."""
        value = self.value(given)
        try:
            return json.dumps(value, default=_refuse)
        except TypeError:
            return UNKNOWN


_FUNCTIONS: Final[Mapping[str, Callable[[Values, Any], CloudValue]]] = {
    "Ref": Values.ref,
    "Fn::GetAtt": Values.get_att,
    "Fn::Sub": Values.sub,
    "Fn::Join": Values.join,
    "Fn::If": Values.choose,
    "Fn::Select": Values.select,
    "Fn::Split": Values.split,
    "Fn::FindInMap": Values.find_in_map,
    "Fn::Base64": Values.base64,
    "Fn::ToJsonString": Values.to_json,
}


def _refuse(value: object) -> object:
    raise TypeError(f"no JSON: {value!r}")


def _dynamic(text: str) -> CloudValue:
    """Text that CloudFormation fills in at deployment from a secret or a parameter."""
    if any(one in text for one in _SECRET):
        return HIDDEN
    return UNKNOWN if _RESOLVED in text else text


def _text(value: CloudValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
