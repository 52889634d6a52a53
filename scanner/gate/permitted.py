"""What the policy has permitted: thousands of messages go to the same place as the same identity."""

from collections.abc import Hashable
from typing import Final

from scanner.model.credential import IdentityCredential
from scanner.model.effect import Effect
from scanner.model.intent import HttpIntent, Intent

_MOST: Final = 4096
# About a new token, hardware and load, the policy reads the message itself or the clock.
_BY_PLACE_ALONE: Final = frozenset({Effect.READ, Effect.WRITE, Effect.LASTING})


class Permitted:
    """Requests of one run that may be sent, by what was looked at; the oldest are forgotten together."""

    def __init__(self) -> None:
        self._seen: set[Hashable] = set()

    def __contains__(self, looked_at: Hashable) -> bool:
        return looked_at in self._seen

    def add(self, looked_at: Hashable) -> None:
        """Remember it."""
        if len(self._seen) >= _MOST:
            self._seen.clear()
        self._seen.add(looked_at)


def looks_at(intent: Intent) -> Hashable | None:
    """Everything that the policy looks at of such a request; None where it looks further, or at more kinds of token."""
    if type(intent) is not HttpIntent or intent.effect not in _BY_PLACE_ALONE:
        return None
    if type(intent.credential) is not IdentityCredential or not (intent.body is None or type(intent.body) is bytes):
        return None
    return (
        intent.environment,
        intent.effect,
        intent.method,
        intent.url,
        intent.module,
        intent.identity,
        intent.owners,
        intent.credential,
        intent.verify_tls,
        intent.certificate,
        tuple(intent.headers),
    )
