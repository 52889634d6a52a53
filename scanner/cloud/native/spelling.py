"""How aws-native spells what CloudFormation has: types and properties differ in the case of their letters only.

(aws-native is generated from CloudFormation's schemas: Pulumi registry, AWS Cloud Control.)
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from scanner.cloud.bridge.template_names import TemplateNames, template_names
from scanner.model.resource import ABSENT, HIDDEN, UNKNOWN, CloudValue

PREFIX: Final = "aws-native:"
UNKNOWN_HERE: Final = "unknown"  # parameters, as a template would have them, for what is not known
HIDDEN_HERE: Final = "hidden"
_PARTS: Final = 3  # of a token
# Names with more than one capital at their start that stand where the names table has no entries.
_IRREGULAR: Final = {"sseAlgorithm": "SSEAlgorithm", "kmsMasterKeyId": "KMSMasterKeyID"}


@cache
def _types() -> Mapping[str, str]:
    return {kind.removeprefix("AWS::").lower(): kind for kind in template_names().types}


def template_type(token: str) -> str | None:
    """`AWS::WAFv2::WebACL` for `aws-native:wafv2:WebAcl`; None where no such type has a counterpart."""
    parts = token.split(":")
    if not token.startswith(PREFIX) or len(parts) != _PARTS:
        return None
    return _types().get(f"{parts[1]}::{parts[2]}".lower())


def template_properties(table: int, inputs: Mapping[str, CloudValue]) -> dict[str, Any]:
    """The inputs as a template has them: names by the table of their type, markers as references to parameters."""
    return _object(template_names(), table, inputs)


def _object(names: TemplateNames, table: int, inputs: Mapping[str, CloudValue]) -> dict[str, Any]:
    spelled = {name.lower(): name for name in names.tables[table]}
    found = {}
    for given, value in inputs.items():
        name = spelled.get(given.lower(), _capital(given))
        if value is not ABSENT:
            found[name] = _value(names, table, name, value)
    return found


def _value(names: TemplateNames, table: int, name: str, value: CloudValue) -> Any:  # noqa: ANN401 - JSON
    rule = names.rule(table, name)
    if rule is None:
        return _plain(value, rename=False)
    if rule.below is not None and not rule.inner:
        return _each(value, lambda one: _object(names, rule.below or 0, one))
    return _plain(value, rename=rule.rebuilt or rule.pairs or bool(rule.inner))


def _each(value: CloudValue, build: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, Mapping):
        return build(value)
    if isinstance(value, (list, tuple)):
        return [_each(one, build) for one in value]
    return _leaf(value)


def _plain(value: CloudValue, *, rename: bool) -> Any:  # noqa: ANN401 - JSON
    """What the table does not follow: documents and the author's own keys stay, properties get their capital."""
    if isinstance(value, Mapping):
        return {_capital(name) if rename else name: _plain(one, rename=rename) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one, rename=rename) for one in value]
    return _leaf(value)


def _leaf(value: CloudValue) -> Any:  # noqa: ANN401 - JSON
    if value is UNKNOWN:
        return {"Ref": UNKNOWN_HERE}
    if value is HIDDEN:
        return {"Ref": HIDDEN_HERE}
    return value


def _capital(name: str) -> str:
    return _IRREGULAR.get(name, name[:1].upper() + name[1:])
