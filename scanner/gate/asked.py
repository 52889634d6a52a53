"""The `response_url`s that the target named to us with commands: a result goes to one of these, or nowhere.

A result at any other URL could be that of somebody else's command, and end it.
"""

import json
from contextlib import suppress
from typing import Final

from scanner.model.exchange import RefusalKind, Refused
from scanner.model.intent import HttpIntent, Intent, ServeIntent
from scanner.model.served import CallersToken, ServedCall

_MOST: Final = 1000


class AskedResults:
    """By environment; a caller is believed with the token that was handed out last, and no other."""

    def __init__(self) -> None:
        self._urls: set[tuple[str, str]] = set()

    def heard(self, intent: ServeIntent, call: ServedCall) -> None:
        """Remember what one call names, where the server takes commands."""
        if not intent.takes_commands or call.method != "POST" or call.token is not CallersToken.NEWEST:
            return
        url = response_url(call.body)
        if url is not None and len(self._urls) < _MOST:
            self._urls.add((intent.environment, url))

    def refusal(self, intent: Intent) -> Refused | None:
        """Why a result may not be sent there, or None; also for all that is no result."""
        if not isinstance(intent, HttpIntent) or not intent.answers_command:
            return None
        if (intent.environment, intent.url) in self._urls:
            return None
        detail = "no command that came to us names this URL for its result"
        return Refused(kind=RefusalKind.NOT_ALLOWED, detail=detail)


def response_url(body: bytes) -> str | None:
    """`response_url` of a command, or None."""
    with suppress(ValueError, RecursionError):
        document = json.loads(body)
        url = document.get("response_url") if isinstance(document, dict) else None
        return url if isinstance(url, str) else None
    return None
