"""The HTTP methods of OCPI on the gateway, and what each must bring along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# Every content type is validated: `$default` is what the gateway takes for one that is not named.
VALIDATED_CONTENT_TYPES: Final = ("application/json", "$default")

# All bodies of OCPI are objects. Unknown fields stay allowed (2.3.0, transport and format).
BODY_SCHEMA: Final = '{"$schema": "http://json-schema.org/draft-04/schema#", "type": "object"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiMethod:
    """One method; `has_body` also selects the validator."""

    verb: str
    has_body: bool


METHODS: Final = (
    ApiMethod(verb="GET", has_body=False),
    ApiMethod(verb="POST", has_body=True),
    ApiMethod(verb="PUT", has_body=True),
    ApiMethod(verb="PATCH", has_body=True),
    ApiMethod(verb="DELETE", has_body=False),
)
