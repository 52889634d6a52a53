"""Takes every value that Terraform marks sensitive out of a plan, wherever it stands.

Terraform masks nothing in JSON: sensitive values stand in clear, and marks beside them say which they are. The
configuration has no marks, but holds the same values where they are hard coded.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from scanner.cloud.bridge.plan_value import SECRET_TEXT
from scanner.cloud.loaders.terraform_plan.nodes import mapping, objects
from scanner.cloud.loaders.terraform_plan.secrets import CHANGES, Scrubber, scrubber_of

_WRITE_ONLY: Final = "_wo"  # Terraform, write-only arguments: never in a plan's values, hard coded ones in its config
_KEY_ID: Final = re.compile(r"^A[KS]IA[A-Z0-9]{16}$")
_KEYS: Final = ("access_key", "secret_key", "token")


def masked_plan(document: Mapping[str, Any]) -> dict[str, Any]:
    """What Checkov reads of the plan, without secrets: planned values, changes, configuration."""
    secrets = scrubber_of(document)
    changes = [_masked_change(one) for one in objects(document.get("resource_changes"))]
    return {
        "format_version": document["format_version"],
        "terraform_version": document.get("terraform_version", ""),
        "planned_values": {"root_module": secrets.inside_only(_masked_module(_root(document)))},
        "resource_changes": secrets.inside_only(changes),
        "configuration": _masked_configuration(mapping(document.get("configuration")), secrets),
    }


def masked(value: Any, marks: Any) -> Any:  # noqa: ANN401 - JSON
    """The value, with text and numbers replaced where `marks` (of the same form, `true` for all below) say so."""
    if marks is True:
        return _all_masked(value)
    if isinstance(value, dict) and isinstance(marks, dict):
        return {name: masked(inner, marks.get(name)) for name, inner in value.items()}
    if isinstance(value, list) and isinstance(marks, list):
        return [masked(inner, marks[at] if at < len(marks) else None) for at, inner in enumerate(value)]
    return value


def _all_masked(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Null, true and false stay: they are no secrets, and policies ask for them."""
    if isinstance(value, dict):
        return {name: _all_masked(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_all_masked(inner) for inner in value]
    return value if value is None or isinstance(value, bool) or value == "" else SECRET_TEXT


def _root(document: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(mapping(document.get("planned_values")).get("root_module"))


def _masked_module(module: Mapping[str, Any]) -> dict[str, Any]:
    resources = [
        {**one, "values": masked(mapping(one.get("values")), one.get("sensitive_values"))}
        for one in objects(module.get("resources"))
    ]
    below = [_masked_module(one) for one in objects(module.get("child_modules"))]
    return {**module, "resources": resources, **({"child_modules": below} if below else {})}


def _masked_change(one: dict[str, Any]) -> dict[str, Any]:
    change = mapping(one.get("change"))
    hidden = {name: masked(change.get(name), change.get(marks)) for name, marks in CHANGES}
    return {**one, "change": {**change, **hidden}}


def _masked_configuration(configuration: Mapping[str, Any], secrets: Scrubber) -> dict[str, Any]:
    providers = {
        key: {**one, "expressions": _masked_provider(mapping(one.get("expressions")))} if isinstance(one, dict) else one
        for key, one in mapping(configuration.get("provider_config")).items()
    }
    root = _without_defaults(mapping(configuration.get("root_module")))
    return {"provider_config": secrets.exactly(providers), "root_module": secrets.exactly(root)}


def _masked_provider(expressions: Mapping[str, Any]) -> dict[str, Any]:
    """Hard-coded keys stay recognisable as keys, so that the policy on them still sees one."""
    return {name: _masked_key(one) if name in _KEYS else one for name, one in expressions.items()}


def _masked_key(expression: Any) -> Any:  # noqa: ANN401 - JSON
    value = expression.get("constant_value") if isinstance(expression, dict) else None
    if not isinstance(value, str) or not value:
        return expression
    return {"constant_value": f"{value[:4]}{'X' * 16}" if _KEY_ID.match(value) else "x" * len(value)}


def _without_defaults(node: Any) -> Any:  # noqa: ANN401 - JSON
    """Without the defaults of sensitive variables, and without what is hard coded for write-only arguments."""
    if isinstance(node, list):
        return [_without_defaults(one) for one in node]
    if not isinstance(node, dict):
        return node
    if node.get("sensitive") is True and "default" in node:
        node = {**node, "default": SECRET_TEXT}
    return {
        name: {"constant_value": SECRET_TEXT} if _is_write_only(name, inner) else _without_defaults(inner)
        for name, inner in node.items()
    }


def _is_write_only(name: str, expression: Any) -> bool:  # noqa: ANN401 - JSON
    return name.endswith(_WRITE_ONLY) and isinstance(expression, dict) and "constant_value" in expression
