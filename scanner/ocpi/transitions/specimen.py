"""One throw-away object: its state, what was sent of it last, and what the platform held then."""

from dataclasses import dataclass, field

from scanner.model.json_value import JsonValue
from scanner.model.leftover import Leftover
from scanner.model.ocpi.builder.draft import JsonObject
from scanner.model.ocpi.machines.machine import ABSENT


@dataclass(slots=True, kw_only=True)
class Specimen:
    """`sent` is the whole object, also where a part of it was sent. `seen` is None where it cannot be read.

    `location`: where the platform said that it is; `request_id`: X-Request-ID of the message that made it.
    """

    object_id: str
    sent: JsonObject
    state: str = ABSENT
    seen: dict[str, JsonValue] | None = None
    location: str | None = None
    request_id: str = ""
    leaves: tuple[Leftover, ...] = field(default=())
