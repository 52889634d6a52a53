"""The configuration that a stack's program sees, with a placeholder for every encrypted value."""

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final

from scanner.model.late_dataclass import dataclass

_SECRET_TEXT: Final = "[secret]"
_PLACEHOLDERS: Final = {"integer": "0", "boolean": "false", "array": "[]", "object": "{}"}  # by declared type


@dataclass(frozen=True, slots=True, kw_only=True)
class StackConfig:
    """`values`: full keys, text. `secret`: keys that are secret as a whole, because a part of them is.

    `environments`: names of Pulumi ESC environments that would bring more.
    """

    values: Mapping[str, str]
    secret: tuple[str, ...]
    environments: tuple[str, ...]


def stack_config(
    project: Mapping[str, Any], stack: Mapping[str, Any], name: str, scan: Mapping[str, str]
) -> StackConfig:
    """Defaults of the project, then the stack's file, then what the scan's own configuration says.

    What the scan says is a value made for it: it is no placeholder, but a key that the project calls secret stays so.
    """
    schemas = {_full(key, name): one for key, one in (project.get("config") or {}).items()}
    found: dict[str, str] = {}
    encrypted: set[str] = set()
    for key, schema in schemas.items():
        given = schema.get("value", schema.get("default")) if isinstance(schema, Mapping) else schema
        if given is not None:
            found[key] = _text(given)
    for key, given in (stack.get("config") or {}).items():
        full = _full(key, name)
        found[full] = _stored(given, schemas.get(full))
        if _holds_secure(given):
            encrypted.add(full)
    for key, given in scan.items():
        found[_full(key, name)] = given
        encrypted.discard(_full(key, name))
    secret = encrypted | {key for key in found if _is_secret(schemas.get(key))}
    return StackConfig(values=found, secret=tuple(sorted(secret)), environments=_environments(stack))


def _full(key: str, name: str) -> str:
    return key if ":" in key else f"{name}:{key}"


def _text(value: object) -> str:
    """As the engine hands it to a program: text as it is, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, default=_day)


def _day(value: object) -> str:
    """A date without quotes, as pulumi 3 hands it over."""
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
        return moment.strftime("%Y-%m-%d %H:%M:%S +0000 UTC")
    return str(value)


def _is_secret(schema: object) -> bool:
    return isinstance(schema, Mapping) and schema.get("secret") is True


def _is_secure(value: object) -> bool:
    return isinstance(value, Mapping) and set(value) == {"secure"}


def _holds_secure(value: object) -> bool:
    if isinstance(value, Mapping):
        return _is_secure(value) or any(_holds_secure(inner) for inner in value.values())
    return isinstance(value, list) and any(_holds_secure(inner) for inner in value)


def _stored(value: object, schema: object) -> str:
    if _is_secure(value):
        kind = schema.get("type") if isinstance(schema, Mapping) else None
        return _PLACEHOLDERS.get(str(kind), _SECRET_TEXT)
    return _text(_opened(value))


def _opened(value: object) -> object:
    """The value with a placeholder in place of each encrypted part."""
    if _is_secure(value):
        return _SECRET_TEXT
    if isinstance(value, Mapping):
        return {key: _opened(inner) for key, inner in value.items()}
    return [_opened(inner) for inner in value] if isinstance(value, list) else value


def _environments(stack: Mapping[str, Any]) -> tuple[str, ...]:
    """`environment`: a list of names, or one that is written in place (Pulumi documentation, ESC in stack config)."""
    given = stack.get("environment")
    if isinstance(given, list):
        return tuple(str(one if not isinstance(one, Mapping) else next(iter(one), "")) for one in given)
    if isinstance(given, Mapping):
        return tuple(str(one) for one in given.get("imports") or ()) or ("written in its own file",)
    return ()
