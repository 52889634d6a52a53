"""New credentials tokens: made and taken by the gate, so that no probe ever holds one and no crash loses one.

The order, for each registration request of one identity, one at a time:

1. the sink is proven to be writable; without that nothing is sent
2. our token for the partner, if the request carries one, is written to the sink
3. the intent is flushed to the journal (`IntentRecord`), then the request is sent
4. the token in the answer is written to the sink, then the journal says that it was, then the vault speaks with it
   and the redactor masks it; only then a probe sees the exchange, masked

What a kill -9 leaves: before 3, a token that nobody knows; between 3 and 4, an intent of effect `registration` without
an outcome: whether a token was made is unknown, and the journal names the request to look into; after 4 the sink holds
the token that is valid, and the next run speaks with it, whether or not the journal came to say so. A cancelled probe
interrupts none of this: the gate waits for it when it closes.
"""

import asyncio
import base64
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from msgspec import structs

from scanner.gate.known_secrets import SHORTEST
from scanner.gate.own_words import is_own_word
from scanner.gate.record import IntentRecord
from scanner.gate.redaction import MASK, Redactor
from scanner.gate.sink import NewToken, SinkFailed
from scanner.gate.vault import IdentityKey, TokenVault
from scanner.model.credential import NEW_TOKEN, CredentialsBody
from scanner.model.exchange import Exchange, RefusalKind, Refused
from scanner.model.intent import HttpIntent, ServeIntent
from scanner.model.secret import Secret
from scanner.model.served import CallersToken
from scanner.model.token_shape import KnownToken, Standing

RESCUED: Final = "rescued-tokens"
_TOKEN_BYTES: Final = 32
_LONGEST_TOKEN: Final = 4096
_SUCCESS: Final = range(200, 300)
_OCPI_SUCCESS: Final = range(1000, 2000)


class Registrations:
    """Takes the tokens of registration requests; one that no sink took goes to a file in the folder `rescue`."""

    def __init__(
        self,
        *,
        vault: TokenVault,
        redactor: Redactor,
        record: IntentRecord,
        rescue: Path,
        stop: Callable[[str], None],
    ) -> None:
        self._vault = vault
        self._redactor = redactor
        self._record = record
        self._rescue = rescue
        self._stop = stop
        self._proven: set[IdentityKey] = set()
        self._turns: dict[IdentityKey, asyncio.Lock] = {}
        self._handed_out: dict[Secret, IdentityKey] = {}  # in the order of the requests

    def turn(self, intent: HttpIntent) -> asyncio.Lock:
        """Held for the length of a registration: two of one identity would race for which token is the present one."""
        return self._turns.setdefault(_key(intent), asyncio.Lock())

    async def ready(self, intent: HttpIntent | ServeIntent) -> Refused | None:
        """Prove the sink, once a run; why nothing may be sent, or served, or None."""
        key = _key(intent)
        sink = self._vault.sinks.get(key)
        if sink is None:
            return _refused(f"identity {intent.identity} has no durable sink for the new token")
        if key in self._proven:
            return None
        try:
            await asyncio.to_thread(sink.prove)
        except SinkFailed as failed:
            return _refused(f"the sink for new tokens of {intent.identity} does not work: {failed}")
        self._proven.add(key)
        return None

    async def body(self, intent: HttpIntent) -> tuple[bytes | None, bytes | None] | Refused:
        """The body as it is sent and as it is shown; a token for the partner is made, and kept, on the way."""
        if not isinstance(intent.body, CredentialsBody):
            return intent.body, intent.body
        marker = NEW_TOKEN.encode()
        if intent.body.json.count(marker) != 1:
            return Refused(kind=RefusalKind.CREDENTIAL, detail=f"the body holds {NEW_TOKEN!r} not exactly once")
        try:
            token = await self.hand_out(_key(intent))
        except SinkFailed as failed:
            return _refused(f"the new token for the partner of {intent.identity} was not kept, nor sent: {failed}")
        sent = intent.body.json.replace(marker, token.reveal().encode())
        return sent, intent.body.json.replace(marker, MASK.encode())

    async def take(self, intent: HttpIntent, exchange: Exchange) -> Exchange:
        """Keep the token that the answer brought, speak with it from now on; the exchange as a probe may see it."""
        text = _token_in(exchange)
        if text is None:
            return self._masked(exchange, None)
        token = Secret(text)
        if token in self._handed_out:  # an echo of what we sent
            return self._masked(exchange, None)
        self.learn(token)
        await self.speak_with(_key(intent), token)
        return self._masked(exchange, text)

    def learn(self, token: Secret) -> None:
        """Mask a token that came from now on.

        One that is too short, or a word of ours, is masked by its place only.
        """
        text = token.reveal()
        if len(text) >= SHORTEST and not is_own_word(text):
            self._redactor.learn(token)

    async def hand_out(self, key: IdentityKey) -> Secret:
        """A new token for the partner of an identity, which is kept before anybody gets it.

        Raises: SinkFailed.
        """
        token = Secret(secrets.token_urlsafe(_TOKEN_BYTES))
        self._redactor.learn(token)
        await self.keep(key, NewToken.FOR_THE_PARTNER, token)
        self._handed_out[token] = key
        return token

    async def speak_with(self, key: IdentityKey, token: Secret) -> None:
        """Keep a token that came, and speak with it from now on; where it cannot be kept the run stops."""
        try:
            await self.keep(key, NewToken.TO_SPEAK_WITH, token)
        except SinkFailed as failed:
            self._stop(self._rescued(key, token, failed))
        except OSError as error:
            self._stop(f"the journal cannot be written ({error.strerror}); the new token is in the sink")
        self._vault.take(*key, token)

    def known(self, text: str) -> KnownToken | None:
        """Whose token for the partner a text is, if this run made it."""
        key = self._handed_out.get(Secret(text)) if text else None
        return key and KnownToken(environment=key[0], identity=key[1], standing=Standing.FOR_THE_PARTNER)

    def callers_token(self, environment: str, identity: str | None, authorization: str | None) -> CallersToken:
        """What a caller shows, held against the tokens that were handed out as `identity`."""
        if authorization is None:
            return CallersToken.NONE
        scheme, _, value = authorization.partition(" ")
        shown = {Secret(text) for text in _decodings(value.strip()) if text} if scheme == "Token" else set()
        if shown.intersection(self._vault.agreed(environment, identity)):
            return CallersToken.AGREED
        given = [token for token, key in self._handed_out.items() if key == (environment, identity)]
        if given and given[-1] in shown:
            return CallersToken.NEWEST
        if shown.intersection(given):
            return CallersToken.FORMER
        return CallersToken.ANOTHERS if shown.intersection(self._handed_out) else CallersToken.UNKNOWN

    def others_handed_out(self, environment: str, identity: str) -> int:
        """As how many other identities of the environment tokens were handed out."""
        return len({key for key in self._handed_out.values() if key[0] == environment} - {(environment, identity)})

    async def keep(self, key: IdentityKey, which: NewToken, token: Secret) -> None:
        """Write a token to the sink of an identity, and into the journal that it was.

        Raises: SinkFailed, and OSError where the journal cannot be written.
        """
        sink = self._vault.sinks[key]
        await asyncio.to_thread(sink.write, which, token)
        self._record.new_token(*key, which, sink.place)

    def _rescued(self, key: IdentityKey, token: Secret, failed: SinkFailed) -> str:
        """The last resort: a file of mode 0600 in the run's folder."""
        environment, identity = key
        said = f"the new token of identity {identity} could not be kept in its sink ({failed})"
        folder = self._rescue / RESCUED
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            path = folder / f"{environment}-{identity}-{secrets.token_hex(4)}"
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(file, "wb") as rescued:
                rescued.write(token.reveal().encode() + b"\n")
                rescued.flush()
                os.fsync(rescued.fileno())
        except OSError as error:
            return f"{said}, nor in {folder} ({error.strerror}): it is lost when this run ends"
        return f"{said}; it is in {path}: move it into the sink before the next run"

    def _masked(self, exchange: Exchange, token: str | None) -> Exchange:
        body = exchange.body.decode("utf-8", errors="surrogateescape")
        if token is not None and len(token) < SHORTEST:
            body = body.replace(json.dumps(token), json.dumps(MASK))
        body = self._redactor.text(body)
        headers = tuple((name, self._redactor.known(value)) for name, value in exchange.headers)
        return structs.replace(exchange, body=body.encode("utf-8", errors="surrogateescape"), headers=headers)


def _decodings(value: str) -> Iterator[str]:
    """The token that an Authorization header may mean: as it stands (2.1.1), or in Base64."""
    yield value
    with suppress(ValueError):
        yield base64.b64decode(value, validate=True).decode().rstrip("\n")


def _token_in(exchange: Exchange) -> str | None:
    """`data.token` of an answer that says that it succeeded (OCPI 2.2.1 credentials, status codes 1xxx)."""
    with suppress(ValueError, RecursionError):
        document = json.loads(exchange.body)
        if not isinstance(document, dict) or not _succeeded(exchange.status, document.get("status_code")):
            return None
        return token_of(document.get("data"))
    return None


def token_of(credentials: object) -> str | None:
    """`token` of a credentials object; None where it brings none, or none that can be kept.

    Raises: UnicodeEncodeError (a ValueError) for text that no UTF-8 can hold.
    """
    token = credentials.get("token") if isinstance(credentials, dict) else None
    fits = isinstance(token, str) and token.strip() and len(token.encode()) <= _LONGEST_TOKEN
    return token if fits else None


def _succeeded(http_status: int, ocpi_status: object) -> bool:
    if http_status not in _SUCCESS:
        return False
    return not isinstance(ocpi_status, int) or ocpi_status in _OCPI_SUCCESS


def _key(intent: HttpIntent | ServeIntent) -> IdentityKey:
    if intent.identity is None:
        raise AssertionError("decided without an identity")
    return intent.environment, intent.identity


def _refused(detail: str) -> Refused:
    return Refused(kind=RefusalKind.SINK, detail=detail)
