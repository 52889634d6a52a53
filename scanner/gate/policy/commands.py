"""Commands that move nothing: each names objects under made-up ids that exist nowhere, so it has to be refused."""

import json
from typing import Final
from urllib.parse import urlsplit

from scanner.model.intent import HttpIntent

MADE_UP: Final = "POSTURE-"  # ids of our own objects and of none begin so
_NAMES: Final = ("location_id", "evse_uid", "session_id")
_ANY_OF: Final = ("location_id", "session_id")


def about_nothing(intent: HttpIntent) -> bool:
    """True for a POST about a location or session that is made up, and for the result of a made-up request.

    Every id in it that could lead to hardware has to be made up; what cannot be read is not about nothing.
    """
    if intent.method != "POST" or intent.module != "commands" or not isinstance(intent.body, bytes):
        return False
    try:
        document = json.loads(intent.body)
    except ValueError:
        return False
    if not isinstance(document, dict):
        return False
    named = [document[name] for name in _NAMES if name in document]
    if not all(isinstance(value, str) and value.startswith(MADE_UP) for value in named):
        return False
    is_result = "result" in document and urlsplit(intent.url).path.rpartition("/")[2].startswith(MADE_UP)
    return is_result or any(name in document for name in _ANY_OF)
