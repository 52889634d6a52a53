"""The forms in which a valid token is tried at a door, by kind of fact, the most telling first."""

import base64
from collections.abc import Mapping
from dataclasses import field, replace
from typing import Final

from scanner.model.credential import (
    Credential,
    IdentityCredential,
    MisplacedCredential,
    NearMiss,
    NearMissCredential,
    Place,
    TwoHeadersCredential,
)
from scanner.model.facts.ocpi.tokens import (
    EncodingsTried,
    FormsTried,
    NearMissesTried,
    PlacesTried,
    SchemesTried,
    SecondHeadersTried,
)
from scanner.model.late_dataclass import dataclass
from scanner.model.token_encoding import TokenEncoding
from scanner.ocpi.tokens.doors import TokenDoor

ORDER: Final[tuple[type[FormsTried], ...]] = (
    NearMissesTried,
    EncodingsTried,
    SecondHeadersTried,
    SchemesTried,
    PlacesTried,
)
_ELSEWHERE_TOO: Final = frozenset({NearMiss.SWAPPED_CASE, NearMiss.WITHOUT_LAST, NearMiss.ONE_APPENDED})
_OF_ENCODING: Final = NearMiss.ENCODED_TWICE
_ANY_CASE: Final = "a scheme is compared without case (RFC 9110, 11.1)"
_OTHER_VERSION: Final = "another version of this platform is spoken with this encoding, and the versions URL is shared"
_PLACES: Final = ((Place.COOKIE, "token"), (Place.HEADER, "X-API-Key"), (Place.BODY, "token"))
_JSON: Final = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form: its name, the credential that the gate makes of it, and why taking it would be no fault, if so."""

    said: str
    credential: Credential
    allowed: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def forms(door: TokenDoor, made_up: str) -> dict[type[FormsTried], tuple[Form, ...]]:
    """All forms where a door speaks for others, else those that single routes get wrong; `made_up`: a clear token."""
    found = {
        NearMissesTried: _near_misses(door),
        EncodingsTried: _encodings(door),
        SecondHeadersTried: _second_headers(door, made_up),
        SchemesTried: _schemes(door) if door.speaking else (),
        PlacesTried: _places(door) if door.speaking else (),
    }
    return {kind: found[kind] for kind in ORDER if found[kind]}


def most_forms(*, disposable: bool) -> int:
    """How many forms one door gets at most, those without any effect on the refusal budget included."""
    of_places = len(_PLACES) if disposable else 0
    return len(NearMiss) + len(TokenEncoding) - 1 + 2 + 3 + of_places


def made_up_header(clear: str, encoding: TokenEncoding) -> str:
    """An Authorization header value with a token of our own invention, written as the door wants it."""
    tail = "\n" if encoding is TokenEncoding.BASE64_NEWLINE else ""
    value = clear if encoding is TokenEncoding.RAW else base64.b64encode(f"{clear}{tail}".encode()).decode()
    return f"Token {value}"


def _near_misses(door: TokenDoor) -> tuple[Form, ...]:
    misses = [miss for miss in NearMiss if miss is not _OF_ENCODING and (door.speaking or miss in _ELSEWHERE_TOO)]
    return tuple(Form(said=f"the token {miss}", credential=_miss(door, miss)) for miss in misses)


def _miss(door: TokenDoor, miss: NearMiss) -> NearMissCredential:
    return NearMissCredential(identity=door.credential.identity, miss=miss, encoding=door.credential.encoding)


def _encodings(door: TokenDoor) -> tuple[Form, ...]:
    others = (encoding for encoding in TokenEncoding if encoding is not door.credential.encoding)
    found = [
        Form(
            said=f"the token as {encoding}",
            credential=replace(door.credential, encoding=encoding),
            allowed=_OTHER_VERSION if encoding in door.elsewhere else None,
        )
        for encoding in others
    ]
    return (*found, Form(said=f"the token as {_OF_ENCODING}", credential=_miss(door, _OF_ENCODING)))


def _second_headers(door: TokenDoor, made_up: str) -> tuple[Form, ...]:
    value = made_up_header(made_up, door.credential.encoding)
    orders = (True, False) if door.speaking else (False,)
    return tuple(
        Form(
            said=f"the token in the {'first' if real_first else 'second'} of two Authorization headers",
            credential=TwoHeadersCredential(
                identity=door.credential.identity,
                real_first=real_first,
                made_up=value,
                encoding=door.credential.encoding,
            ),
        )
        for real_first in orders
    )


def _schemes(door: TokenDoor) -> tuple[Form, ...]:
    def under(scheme: str) -> IdentityCredential:
        return replace(door.credential, scheme=scheme)

    return (
        Form(said="the token without a scheme", credential=under("")),
        Form(said="the token under the scheme Basic", credential=under("Basic")),
        Form(said="the token under the scheme token", credential=under("token"), allowed=_ANY_CASE),
    )


def _places(door: TokenDoor) -> tuple[Form, ...]:
    return tuple(
        Form(
            said=f"the token in a {place}",
            credential=MisplacedCredential(
                identity=door.credential.identity, parameter=name, encoding=door.credential.encoding, place=place
            ),
            headers=_JSON if place is Place.BODY else {},
        )
        for place, name in _PLACES
    )
