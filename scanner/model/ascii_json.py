"""JSON that is all ASCII: no reader takes a character in it for the end of a line, no terminal for a command."""

import json
import re
from typing import Final

_BEYOND_ASCII: Final = re.compile("[\x80-\U0010ffff]+")


def in_ascii(written: bytes) -> bytes:
    """JSON in UTF-8 with every character beyond ASCII by its number, as `json` writes it."""
    if written.isascii():
        return written
    return _BEYOND_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], written.decode()).encode()
