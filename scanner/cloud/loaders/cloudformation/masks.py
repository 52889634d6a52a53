"""Takes secrets out of a template: defaults of parameters with NoEcho, and texts that are secrets by their place."""

from collections.abc import Mapping
from typing import Any, Final

from scanner.cloud.bridge.plan_value import SECRET_TEXT
from scanner.cloud.loaders.cloudformation.converter import SECRETS

_LONG: Final = 6  # characters from which a secret is also looked for inside other text


def masked_template(document: Mapping[str, Any]) -> dict[str, Any]:
    """The template as Checkov may see it, and as it may be stored."""
    secrets: set[str] = set()
    clean = _masked(document, secrets)
    long = [one for one in secrets if len(one) >= _LONG]
    done: dict[str, Any] = _scrubbed(clean, long) if long else clean
    return done


def _masked(node: Any, secrets: set[str]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(node, list):
        return [_masked(one, secrets) for one in node]
    if not isinstance(node, dict):
        return node
    if str(node.get("NoEcho", "")).lower() == "true" and "Default" in node:
        secrets.add(str(node["Default"]))
        node = {**node, "Default": SECRET_TEXT}
    return {name: _property(name, one, secrets) for name, one in node.items()}


def _property(name: str, one: Any, secrets: set[str]) -> Any:  # noqa: ANN401 - JSON
    if name in SECRETS and isinstance(one, str | int | float) and not str(one).startswith("{{resolve:"):
        secrets.add(str(one))
        return SECRET_TEXT
    return _masked(one, secrets)


def _scrubbed(node: Any, secrets: list[str]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(node, dict):
        return {name: _scrubbed(one, secrets) for name, one in node.items()}
    if isinstance(node, list):
        return [_scrubbed(one, secrets) for one in node]
    if isinstance(node, str):
        for secret in secrets:
            node = node.replace(secret, SECRET_TEXT)
    return node
