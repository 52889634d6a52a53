"""Credentials that the target hands in at a platform of ours: taken by the gate, so that no probe holds their token.

The order, for one registration that the target starts:

1. whoever calls shows the CREDENTIALS_TOKEN_A that the target's operator was given; else nothing is taken
2. the token in the credentials is written to the sink, beside the present one, which stays the present one
3. where the probe answers that it takes them, our token for the target is made, written to the sink, and sent
4. only when the answer has left, the token of step 2 becomes the present one; the one before it is kept beside it,
   because an answer that left may never have come

A kill -9 loses nothing: the sink holds both all the time, and which of the two is valid only the target knows, so no
other registration is taken until that was settled (`StandingOffers`). One registration at a time: what comes beside it
or behind it is not taken until the probe says that the next one may come, or a second token would take the place of the
one that we answer to.
"""

import json
from contextlib import suppress

from scanner.gate.registration import Registrations, token_of
from scanner.gate.sink import NewToken, SinkFailed
from scanner.gate.vault import IdentityKey, TokenVault
from scanner.model.credential import NEW_TOKEN
from scanner.model.secret import Secret


class IncomingCredentials:
    """For one identity, at one server; the first registration may come at once."""

    def __init__(self, key: IdentityKey, *, vault: TokenVault, registrations: Registrations) -> None:
        self._key = key
        self._vault = vault
        self._registrations = registrations
        self._token: Secret | None = None
        self._open = True

    def again(self) -> None:
        """The next registration may come."""
        self._open = True

    async def offered(self, body: bytes) -> bool:
        """Keep the token that a credentials object brings.

        False where it brings none, or none that can be kept, and while it is not its turn.
        """
        text = _token_in(body)
        if text is None or self._registrations.known(text) is not None:  # an echo of what we handed out
            return False
        token = Secret(text)
        self._registrations.learn(token)
        if not self._open:
            return False
        self._open, self._token = False, None
        try:
            await self._registrations.keep(self._key, NewToken.OFFERED, token)
        except SinkFailed:
            self._open = True
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
        token, self._token = self._token, None
        if token is None:
            return
        for before in self._vault.tokens_of(*self._key)[-1:]:
            with suppress(SinkFailed, OSError):  # of the journal; the new one meets the same, and that stops the run
                await self._registrations.keep(self._key, NewToken.BEFORE, before)
        await self._registrations.speak_with(self._key, token)


def _token_in(body: bytes) -> str | None:
    """`token` of a credentials object."""
    with suppress(ValueError, RecursionError):
        return token_of(json.loads(body))
    return None
