"""From JSON to a typed object, with a refusal that names the fields and shows no value."""

from __future__ import annotations

from typing import Final, TypeVar

from pydantic import ValidationError

from infra.service.call import Call
from infra.service.objects.base import OcpiObject
from infra.service.status import invalid_object, invalid_parameter
from infra.service.strict_json import JsonObject

ObjectT = TypeVar("ObjectT", bound=OcpiObject)
_NAMED: Final = 5  # fields in one message
_MAX_NAME: Final = 60  # characters; a path is made of our field names and of list positions


def read_object(model: type[ObjectT], document: JsonObject) -> ObjectT:
    """`document` as a `model`. Raises Refusal: HTTP 200 with OCPI 2001."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        paths = dict.fromkeys(".".join(str(part) for part in e["loc"])[:_MAX_NAME] or "object" for e in error.errors())
        raise invalid_object("Invalid or missing: " + ", ".join(list(paths)[:_NAMED])) from None


async def require_body(call: Call) -> JsonObject:
    """The request's JSON object. Raises Refusal when there is none."""
    document = await call.body()
    if document is None:
        raise invalid_parameter("A body is required")
    return document
