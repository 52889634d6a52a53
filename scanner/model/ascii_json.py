"""JSON that is all printable ASCII: no character in it ends a line for a reader, or commands a terminal."""

import json
import re
from typing import Final

_BEYOND_ASCII: Final = re.compile("[\x7f-\U0010ffff]+")


def in_ascii(written: bytes) -> bytes:
    """JSON in UTF-8 with every character beyond printable ASCII by its number, as `json` writes it."""
    if written.isascii() and b"\x7f" not in written:
        return written
    return _BEYOND_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], written.decode()).encode()
