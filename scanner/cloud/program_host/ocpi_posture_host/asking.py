"""How the program asks: in which form, and for what type of answer. The SDK does not say so to its monitor."""

import functools
import json
import typing
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from .wire import SIGNATURE, UNKNOWN

_STANDS_IN: Final = "0c1-unknown-until-deploy"  # in plain text, where the SDK has no marker
_FORMS: Final = {"invoke": False, "invoke_output": True, "invoke_single": False, "invoke_output_single": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`later`: the program gets an output, which can be unknown. `typ`: the class of the answer, where there is one."""

    later: bool = False
    typ: type | None = None


_asked: ContextVar[Asked] = ContextVar("asked", default=Asked())  # noqa: B039 - it is frozen


def asked() -> Asked:
    """How the look-up that is being answered was made."""
    return _asked.get()


def watch_look_ups() -> None:
    """From here on every look-up of the program is marked with its form."""
    for name, later in _FORMS.items():
        plain = getattr(pulumi.runtime, name, None)
        if plain is not None:
            setattr(pulumi.runtime, name, _marking(plain, later=later))


def _marking(plain: Callable[..., Any], *, later: bool) -> Callable[..., Any]:
    @functools.wraps(plain)
    def marked(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - handed on as it is
        typ = named.get("typ", arguments[3] if len(arguments) > 3 else None)  # noqa: PLR2004 - the fourth
        token = _asked.set(Asked(later=later, typ=typ))
        try:
            return plain(*arguments, **named)
        finally:
            _asked.reset(token)

    return marked


def stand_in(typ: type | None, arguments: Mapping[str, Any], region: str) -> dict[str, Any]:
    """An answer of the right type: what the program gave, and text that is turned into "unknown" wherever it flows."""
    if typ is None:
        return {}
    kinds = pulumi._types.output_type_types(typ)  # noqa: SLF001 - what the SDK decodes with
    return {name: arguments.get(name, _value(name, kind, region)) for name, kind in kinds.items()}


def _value(name: str, kind: Any, region: str) -> Any:  # noqa: ANN401 - a type annotation, any JSON
    options = [one for one in typing.get_args(kind) if one is not type(None)]
    if typing.get_origin(kind) is typing.Union and len(options) == 1:
        return _value(name, options[0], region)
    if kind is str:
        return f"arn:aws:unknown:{region}::{_STANDS_IN}" if name.lower().endswith("arn") else _STANDS_IN
    if typing.get_origin(kind) is not None and options == [str]:
        return [_STANDS_IN]
    return None


def marked_unknown(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """The value with the marker in place of every text that rests on an answer which only AWS could give."""
    if isinstance(value, str):
        return UNKNOWN if _STANDS_IN in value else value
    if isinstance(value, Mapping):
        if SIGNATURE in value and _STANDS_IN in json.dumps(value):
            return UNKNOWN
        return {name: marked_unknown(inner) for name, inner in value.items()}
    return [marked_unknown(inner) for inner in value] if isinstance(value, list) else value
