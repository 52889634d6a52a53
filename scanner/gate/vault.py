"""The credentials tokens of the run: the only place that turns a secret into a part of a request."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from scanner.gate.known_secrets import SHORTEST
from scanner.gate.near_miss import altered, encoded, near_miss
from scanner.gate.presented import Headers, Presented, in_header, misplaced
from scanner.gate.redaction import MASK
from scanner.gate.sink import TokenSink
from scanner.model.credential import (
    Credential,
    ForeignCredential,
    Former,
    FormerCredential,
    IdentityCredential,
    MadeUpCredential,
    MisplacedCredential,
    NearMiss,
    NearMissCredential,
    TokenCredential,
    TwoHeadersCredential,
)
from scanner.model.exchange import RefusalKind, Refused
from scanner.model.secret import Secret
from scanner.model.token_encoding import TokenEncoding
from scanner.model.token_shape import KnownToken, Standing

RealCredential = TokenCredential | ForeignCredential
IdentityKey = tuple[str, str]  # environment, identity
_SCHEME: Final = "Token"


class TokenVault:
    """Credentials tokens by environment and identity: the present one, and those that it replaced, oldest first.

    `sinks` are where new tokens of identities are kept; an identity without one makes no registration. `agreed`: the
    CREDENTIALS_TOKEN_A that a platform's operator was given for an identity; nobody speaks with it but that platform.
    """

    def __init__(
        self,
        tokens: Mapping[IdentityKey, Secret],
        *,
        former: Mapping[IdentityKey, tuple[Secret, ...]] | None = None,
        sinks: Mapping[IdentityKey, TokenSink] | None = None,
        agreed: Mapping[IdentityKey, Secret] | None = None,
    ) -> None:
        self._agreed = dict(agreed or {})
        self._offered: dict[IdentityKey, list[Secret]] = {}
        self._offered_again: dict[IdentityKey, int] = {}
        self.sinks: Mapping[IdentityKey, TokenSink] = dict(sinks or {})
        self._history = {key: [*(former or {}).get(key, ()), token] for key, token in tokens.items()}
        self._given: dict[IdentityKey, list[Secret]] = {}
        self._repeated: dict[IdentityKey, int] = {}

    def holds(self, environment: str, identity: str) -> bool:
        """True where a token is known for the identity."""
        return (environment, identity) in self._history

    def has_former(self, environment: str, identity: str) -> bool:
        """True where a token of the identity was replaced."""
        return len(self._history.get((environment, identity), ())) > 1

    def latest_offer(self, environment: str, identity: str) -> Secret | None:
        """The token that was offered last."""
        offered = self._offered.get((environment, identity))
        return offered[-1] if offered else None

    def take(self, environment: str, identity: str, new: Secret) -> None:
        """The identity speaks with this token from now on; the one before becomes a former one."""
        key = environment, identity
        history = self._history.setdefault(key, [])
        self._given.setdefault(key, []).append(new)
        self._repeated[key] = self._repeated.get(key, 0) + (new in history)
        self.speak_with(environment, identity, new)

    def speak_with(self, environment: str, identity: str, token: Secret) -> None:
        """The identity speaks with a token that no registration brought just now."""
        history = self._history.setdefault((environment, identity), [])
        if not history or history[-1] != token:
            history.append(token)

    def recall(self, environment: str, identity: str, *, offered: Secret, before: Secret | None) -> None:
        """What an earlier run kept beside the present token: it can be named again (`Former`)."""
        key = environment, identity
        self._offered.setdefault(key, []).append(offered)
        history = self._history.get(key)
        if history and before is not None and before != history[-1]:
            history.insert(len(history) - 1, before)

    def agreed(self, environment: str, identity: str | None) -> frozenset[Secret]:
        """The token that an operator was given for the identity; empty where none was."""
        return frozenset(token for key, token in self._agreed.items() if key == (environment, identity))

    def offer(self, environment: str, identity: str, token: Secret) -> None:
        """The platform offers this token to the identity, in a registration that it started."""
        key = environment, identity
        offered = self._offered.setdefault(key, [])
        self._offered_again[key] = self._offered_again.get(key, 0) + (
            token in offered or token in self._history.get(key, ())
        )
        offered.append(token)

    def offers(self, environment: str, identity: str) -> tuple[tuple[Secret, ...], int]:
        """The tokens that were offered, oldest first; how many of them had been known before."""
        key = environment, identity
        return tuple(self._offered.get(key, ())), self._offered_again.get(key, 0)

    def present_tokens(self) -> Iterator[tuple[IdentityKey, Secret]]:
        """The present token of each identity, in order of name."""
        for key in sorted(self._history):
            yield key, self._history[key][-1]

    def given(self, environment: str, identity: str) -> tuple[tuple[Secret, ...], int]:
        """The tokens that registrations of this run brought, oldest first; how many of them it had had before."""
        key = environment, identity
        return tuple(self._given.get(key, ())), self._repeated.get(key, 0)

    def known(self, text: str, asker: tuple[str, str] | None = None) -> KnownToken | None:
        """Whose token a text is, if it is one of ours; that of `asker` where several were given the same."""
        for environment, identity in sorted(self._history, key=lambda key: key != asker):
            history = self._history[(environment, identity)]
            for token in reversed(history):
                if token.reveal() == text:
                    standing = Standing.PRESENT if token == history[-1] else Standing.FORMER
                    return KnownToken(environment=environment, identity=identity, standing=standing)
        return None

    def tokens_of(self, environment: str, identity: str) -> tuple[Secret, ...]:
        """Every token of an identity, oldest first; empty where none is known."""
        return tuple(self._history.get((environment, identity), ()))

    def present(
        self, environment: str, credential: Credential, url: str, body: bytes | None = None
    ) -> Presented | Refused:
        """The request with a credential in its place, or why there is no such request."""
        if credential is None:
            return in_header(url, body)
        if isinstance(credential, MadeUpCredential):
            return in_header(url, body, (("Authorization", credential.header_value),))
        token = self._token(environment, credential)
        if token is None:
            return _refused(_unknown(credential))
        value = self._value(token, credential)
        if isinstance(value, Refused):
            return value
        if isinstance(credential, MisplacedCredential):
            try:
                return misplaced(credential, value, url, body)
            except ValueError:
                return _refused("the token goes into a JSON object, and the body is none")
        return in_header(url, body, _headers(credential, value), _headers(credential, MASK))

    def _token(self, environment: str, credential: RealCredential) -> str | None:
        issued_in = credential.environment if isinstance(credential, ForeignCredential) else environment
        history = self._history.get((issued_in, credential.identity), [])
        if isinstance(credential, FormerCredential) and credential.which is Former.OFFERED:
            offered = self.latest_offer(issued_in, credential.identity)
            return offered.reveal() if offered else None
        if isinstance(credential, FormerCredential):
            former = [token for token in history[:-1] if token != history[-1]]
            if not former:
                return None
            return (former[0] if credential.which is Former.BOOTSTRAP else former[-1]).reveal()
        return history[-1].reveal() if history else None

    def _value(self, token: str, credential: RealCredential) -> str | Refused:
        if isinstance(credential, NearMissCredential):
            return self._missed(token, credential.miss, credential.encoding)
        return encoded(token, credential.encoding)

    def _missed(self, token: str, miss: NearMiss, encoding: TokenEncoding) -> str | Refused:
        value = near_miss(token, miss, encoding)
        if value is None or _not_in_a_header(value):
            return Refused(
                kind=RefusalKind.UNSENDABLE,
                detail=f"a token with {miss} cannot stand in a header as it is ({encoding})",
            )
        if min(len(value), len(altered(token, miss))) < SHORTEST:
            return Refused(kind=RefusalKind.UNSENDABLE, detail=f"the token {miss} is too short to be masked")
        # Spaces around a header value do not belong to it (RFC 9110, section 5.5).
        if value.strip(" ") in self._valid():
            return Refused(kind=RefusalKind.NO_MISS, detail=f"the token in this form ({miss}) is a valid token itself")
        return value

    def _valid(self) -> frozenset[str]:
        """Every present token of the run, as it may rightly stand in a header."""
        present = (history[-1].reveal() for history in self._history.values())
        return frozenset(encoded(token, encoding) for token in present for encoding in TokenEncoding)


def _not_in_a_header(value: str) -> bool:
    return any(unicodedata.category(character) == "Cc" for character in value)


def _headers(credential: RealCredential, value: str) -> Headers:
    real = ("Authorization", f"{credential.scheme if isinstance(credential, IdentityCredential) else _SCHEME} {value}")
    if not isinstance(credential, TwoHeadersCredential):
        return (real,)
    made_up = ("Authorization", credential.made_up)
    return (real, made_up) if credential.real_first else (made_up, real)


def _unknown(credential: RealCredential) -> str:
    if isinstance(credential, ForeignCredential):
        return f"no token of identity {credential.identity!r} of {credential.environment} was read in this run"
    if isinstance(credential, FormerCredential):
        if credential.which is Former.OFFERED:
            return f"nothing was offered to identity {credential.identity!r}"
        return f"no earlier token is known for identity {credential.identity!r}: nothing has replaced it"
    return f"no token is known for identity {credential.identity!r}"


def _refused(detail: str) -> Refused:
    return Refused(kind=RefusalKind.CREDENTIAL, detail=detail)
