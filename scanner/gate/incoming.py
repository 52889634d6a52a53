"""Credentials that the target hands in at a platform of ours: taken by the gate, so that no probe holds their token.

The order, for one registration that the target starts:

1. whoever calls shows the CREDENTIALS_TOKEN_A that the target's operator was given; else nothing is taken
2. the token in the credentials is written to the sink, beside the present one, which stays the present one
3. where the probe answers that it takes them, our token for the target is made, written to the sink, and sent
4. only when the answer has left, the token of step 2 becomes the present one

A kill -9 loses nothing: until 4 the sink holds both, and which of the two is valid only the target knows.
"""

import json
from contextlib import suppress

from scanner.gate.known_secrets import SHORTEST
from scanner.gate.redaction import Redactor
from scanner.gate.registration import LONGEST_TOKEN, Registrations
from scanner.gate.sink import NewToken, SinkFailed
from scanner.gate.vault import IdentityKey, TokenVault
from scanner.model.credential import NEW_TOKEN
from scanner.model.secret import Secret


class IncomingCredentials:
    """For one identity, at one server."""

    def __init__(
        self, key: IdentityKey, *, vault: TokenVault, redactor: Redactor, registrations: Registrations
    ) -> None:
        self._key = key
        self._vault = vault
        self._redactor = redactor
        self._registrations = registrations
        self._token: Secret | None = None

    async def offered(self, body: bytes) -> bool:
        """Keep the token that a credentials object brings; False where it brings none, or none that can be kept."""
        self._token = None
        text = _token_in(body)
        if text is None or self._registrations.known(text) is not None:  # an echo of what we handed out
            return False
        token = Secret(text)
        if len(text) >= SHORTEST:  # a shorter one is masked by its place only
            self._redactor.learn(token)
        try:
            await self._registrations.keep(self._key, NewToken.OFFERED, token)
        except SinkFailed:
            return False
        self._vault.offer(*self._key, token)
        self._token = token
        return True

    async def answer(self, body: bytes) -> bytes:
        """The answer with a new token in the place of `NEW_TOKEN`, which stands there once.

        Raises: SinkFailed.
        """
        return body.replace(NEW_TOKEN.encode(), (await self._registrations.hand_out(self._key)).reveal().encode())

    async def accepted(self) -> None:
        """The answer has left: speak with the token that was offered."""
        if self._token is not None:
            await self._registrations.speak_with(self._key, self._token)
            self._token = None


def _token_in(body: bytes) -> str | None:
    """`token` of a credentials object."""
    with suppress(ValueError, RecursionError):
        document = json.loads(body)
        token = document.get("token") if isinstance(document, dict) else None
        if isinstance(token, str) and token.strip() and len(token.encode()) <= LONGEST_TOKEN:
            return token
    return None
