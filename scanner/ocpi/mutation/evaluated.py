"""Was text that was sent carried out as code before it was stored? What comes back tells."""

import re
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.ocpi.writing.reading_back import Absent

_PRODUCT: Final = ("7*7", "49")  # of the template and expression markers
_SHELL: Final = re.compile(r"^(?:\$\(echo (\w+)\)|`echo (\w+)`)$")


def evaluated(sent: JsonValue | Absent, read: JsonValue | Absent) -> bool:
    """True where a marker came back as its result; what was escaped, stripped or cut was not carried out."""
    if not isinstance(sent, str) or not isinstance(read, str):
        return False
    question, answer = _PRODUCT
    if question in sent:
        return question not in read and answer in read
    command = _SHELL.match(sent)
    return command is not None and read.strip() == (command[1] or command[2])
