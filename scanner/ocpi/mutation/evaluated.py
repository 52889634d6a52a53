"""Was text that was sent carried out as code before it was stored? What comes back tells."""

import re
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.ocpi.writing.reading_back import Absent

_PRODUCT: Final = re.compile(r"^(\w+)[{$#]{1,2}7\*7\}")  # the template and expression markers, behind their tag
_SHELL: Final = re.compile(r"^(?:\$\(echo (\w+)\)|`echo (\w+)`)$")


def evaluated(sent: JsonValue | Absent, read: JsonValue | Absent) -> bool:
    """True where a marker came back as its result; what was escaped, stripped or cut was not carried out.

    The result has to stand behind the marker's own tag: a value that was there before may hold its digits as well.
    """
    if not isinstance(sent, str) or not isinstance(read, str):
        return False
    if product := _PRODUCT.match(sent):
        return f"{product[1]}49".casefold() in read.casefold()
    command = _SHELL.match(sent)
    return command is not None and read.strip() == (command[1] or command[2])
