"""What pydantic says about the file, in sentences for the person who wrote it."""

import re
import types
from collections.abc import Mapping
from typing import Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from scanner.config.nearest import suggestion
from scanner.config.yaml_document import KeyPath, YamlDocument
from scanner.errors import Problem

_SIMPLE: Final = {
    "bool_type": "must be true or false",
    "string_type": "must be text; put it in quotes",
    "string_too_short": "must not be empty",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "date_parsing": "must be a day, such as 2027-01-31",
    "date_from_datetime_parsing": "must be a day, such as 2027-01-31",
    "date_type": "must be a day, such as 2027-01-31",
    "datetime_parsing": "must be a time with its zone, such as 2027-01-31T09:00:00Z",
    "datetime_from_date_parsing": "must be a time with its zone, such as 2027-01-31T09:00:00Z",
    "datetime_type": "must be a time with its zone, such as 2027-01-31T09:00:00Z",
    "timezone_aware": "needs a time zone, such as Z or +02:00 at the end",
    "tuple_type": "must be a list",
    "mapping_type": "must be a mapping of names to values",
    "dict_type": "must be a mapping of names to values",
    "model_type": "must be a mapping of keys to values",
    "model_attributes_type": "must be a mapping of keys to values",
    "too_short": "must not be empty",
}


def schema_problems(
    document: YamlDocument, model: type[BaseModel], error: ValidationError, below: KeyPath = ()
) -> tuple[Problem, ...]:
    """One problem for each error, at the key that caused it; `below` is where the model stands in the file.

    What the user wrote is not repeated: it might be a secret in the wrong place.
    """
    details = error.errors(include_url=False)
    return tuple(document.problem((*below, *_path(detail)), _sentence(model, detail)) for detail in details)


def _path(detail: ErrorDetails) -> KeyPath:
    return tuple(part for part in detail["loc"] if part != "[key]")


def _sentence(model: type[BaseModel], detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    match kind:
        case "extra_forbidden":
            *above, key = detail["loc"]
            known = _keys_at(model, tuple(above))
            return f"unknown key{suggestion(str(key), known)}; known here: {', '.join(known)}"
        case "missing":
            return "this key is required and missing"
        case "enum" | "literal_error":
            return _choice(str(detail["input"]), str(context["expected"]))
        case "value_error":
            return str(context["error"])
    return _SIMPLE.get(kind) or _plain(str(detail["msg"]), key=detail["loc"][-1] == "[key]")


def _plain(message: str, *, key: bool) -> str:
    if key:
        return "a name is made of letters, digits, dots, dashes and underscores"
    return message.replace("Input should be", "must be").replace("String should", "must")


def _choice(given: str, expected: str) -> str:
    choices = re.findall(r"'([^']+)'", expected)
    return f"must be one of {', '.join(choices)}{suggestion(given, choices)}"


def _keys_at(model: type[BaseModel], loc: KeyPath) -> tuple[str, ...]:
    """The keys that the model at this place of the file has."""
    here: object = model
    for part in loc:
        here = _inner(here, part)
        if here is None:
            return ()
    return tuple(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else ()


def _inner(annotation: object, part: str | int) -> object:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(str(part))
        return _bare(field.annotation) if field else None
    container = get_origin(annotation)
    if container is tuple:
        return _bare(get_args(annotation)[0])
    if isinstance(container, type) and issubclass(container, Mapping):
        return _bare(get_args(annotation)[1])
    return None


def _bare(annotation: object) -> object:
    """Without `| None` and `Annotated`."""
    if get_origin(annotation) in {Union, types.UnionType}:
        annotation = next(arg for arg in get_args(annotation) if arg is not type(None))
    return getattr(annotation, "__origin__", annotation) if hasattr(annotation, "__metadata__") else annotation
