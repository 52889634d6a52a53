"""What the methods of the gateway hold a body against."""

from __future__ import annotations

from typing import Final

# Every content type is validated: `$default` is what the gateway takes for one that is not named.
VALIDATED_CONTENT_TYPES: Final = ("application/json", "$default")

# All bodies of OCPI are objects. Unknown fields stay allowed (2.3.0, transport and format).
BODY_SCHEMA: Final = '{"$schema": "http://json-schema.org/draft-04/schema#", "type": "object"}'
