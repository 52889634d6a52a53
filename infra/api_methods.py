"""What the methods of the gateway hold a body against."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

# Every content type is validated: `$default` is what the gateway takes for one that is not named.
VALIDATED_CONTENT_TYPES: Final = ("application/json", "$default")

# All bodies of OCPI are objects. Unknown fields stay allowed (2.3.0, transport and format).
_ANY_OBJECT: Final = {"$schema": "http://json-schema.org/draft-04/schema#", "type": "object"}
_SCHEMAS: Final = Path(__file__).with_name("schemas")  # generated from the specification; a test holds them to it
LARGEST_MODEL: Final = 400 * 1024  # bytes; a quota of API Gateway that AWS does not raise


def model_name(body: str) -> str:
    """`LocationsReceiverPut` of `locations-receiver-put`: the gateway takes letters and digits."""
    return "".join(word.capitalize() for word in (body or "ocpi-object").split("-"))


def model_schema(body: str, *, closed: bool = False) -> str:
    """The schema that bodies of that name have to fit, as small as it gets; any object where there is no name.

    `closed`: no field passes that the schema does not know, which OCPI forbids; by a weakness only.

    Raises: ValueError if the gateway would refuse it for its size, FileNotFoundError if there is none of that name.
    """
    schema: dict[str, Any] = {**(_generated(body) if body else _ANY_OBJECT)}
    if closed:
        known: dict[str, dict[str, Any]] = schema.get("definitions", {})
        schema["definitions"] = {name: {**one, "additionalProperties": False} for name, one in known.items()}
    text = json.dumps(schema, separators=(",", ":"))
    if len(text) > LARGEST_MODEL:
        raise ValueError(f"infra/schemas/{body}.json is {len(text)} bytes, more than API Gateway takes for a model")
    return text


@cache
def _generated(body: str) -> dict[str, Any]:
    """As it lies there, and for nobody to change: a model and what tells of its change ask for the same."""
    schema: dict[str, Any] = json.loads((_SCHEMAS / f"{body}.json").read_text(encoding="utf-8"))
    return schema
