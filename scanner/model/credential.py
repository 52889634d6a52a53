"""Credential: whose token a request shows, and in what state. A probe names it; the gate alone makes it.

Whatever is derived from a real token is a form of its own here, because no probe holds a token to derive it from.
"""

from enum import StrEnum
from typing import Final

from scanner.model.late_dataclass import dataclass
from scanner.model.token_encoding import TokenEncoding


class NearMiss(StrEnum):
    """A token that is almost the real one: a platform that compares whole tokens, exactly, refuses each."""

    SWAPPED_CASE = "swapped case"
    UPPER_CASE = "upper case"
    LOWER_CASE = "lower case"
    WITHOUT_FIRST = "without its first character"
    WITHOUT_LAST = "without its last character"
    ONE_APPENDED = "one character appended"
    ONE_CHANGED = "one character changed"
    LEADING_SPACE = "a space before it"
    TRAILING_SPACE = "a space after it"
    DOUBLED = "twice in a row"
    ENCODED_TWICE = "Base64 of its Base64"
    OTHER_ENCODING_DAMAGED = "the other encoding, damaged"
    NUL_APPENDED = "a NUL after it"
    PERCENT_ENCODED = "percent-encoded"


class Place(StrEnum):
    """Where a token has no business."""

    QUERY = "query"
    COOKIE = "cookie"
    BODY = "body field"
    HEADER = "other header"


class Former(StrEnum):
    """Which of an identity's other tokens: the one before the present one, or the one that the run began with.

    `OFFERED`: the one that the platform offered last, in a registration that it started.
    """

    PREVIOUS = "previous"
    BOOTSTRAP = "bootstrap"
    OFFERED = "offered"


class ShownCertificate(StrEnum):
    """Which client certificate is shown to a server that asks for one in the handshake."""

    OWN = "the configured one, if there is one"
    NONE = "none"
    STRANGER = "one with the same names, made and signed by nobody whom the server knows"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityCredential:
    """The real token of a configured identity: header only, verified TLS only, configured origin only.

    `scheme` is the word before it: `Token` in OCPI; another word asks whether the platform takes it, too.
    """

    identity: str
    encoding: TokenEncoding = TokenEncoding.BASE64
    scheme: str = "Token"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUpCredential:
    """An Authorization header value of our own invention; it opens nothing at a sound platform."""

    header_value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMissCredential:
    """Almost the real token, in the Authorization header; sent only where the real one might be.

    The gate refuses it with `RefusalKind.NO_MISS` where the result is a valid token all the same (the upper case of an
    upper-case token), and with `RefusalKind.UNSENDABLE` where HTTP cannot carry it (a NUL that is not encoded).
    """

    identity: str
    miss: NearMiss
    encoding: TokenEncoding = TokenEncoding.BASE64

    @property
    def form(self) -> str:
        """The state or place of the token, in a few words."""
        return self.miss


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoHeadersCredential:
    """Two Authorization headers: the real token, and `made_up`, a whole header value of our own invention."""

    identity: str
    real_first: bool
    made_up: str
    encoding: TokenEncoding = TokenEncoding.BASE64

    @property
    def form(self) -> str:
        """The state or place of the token, in a few words."""
        return "beside a made-up one"


@dataclass(frozen=True, slots=True, kw_only=True)
class MisplacedCredential:
    """The real token of a *disposable* identity where a token has no business.

    `parameter` names the parameter, cookie, member of the JSON object in the body (set by the gate), or header.
    `beside` is a made-up Authorization header value that stands beside it. Like every real token it is sent over
    verified TLS and to the configured origin only.
    """

    identity: str
    parameter: str
    encoding: TokenEncoding = TokenEncoding.BASE64
    place: Place = Place.QUERY
    beside: str | None = None

    @property
    def form(self) -> str:
        """The state or place of the token, in a few words."""
        return f"in the {self.place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerCredential:
    """A token that the identity had before a registration of this run replaced it; a sound platform refuses it."""

    identity: str
    which: Former = Former.PREVIOUS
    encoding: TokenEncoding = TokenEncoding.BASE64

    @property
    def form(self) -> str:
        """The state or place of the token, in a few words."""
        return f"{self.which} token"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignCredential:
    """The real token of an identity of another environment of the same configuration, which it has to be shown by name.

    Sent with GET to the versions URL, over verified TLS; a sound platform refuses it.
    """

    environment: str
    identity: str
    encoding: TokenEncoding = TokenEncoding.BASE64


DerivedCredential = NearMissCredential | TwoHeadersCredential | MisplacedCredential | FormerCredential
TokenCredential = IdentityCredential | DerivedCredential
Credential = TokenCredential | ForeignCredential | MadeUpCredential | None

NEW_TOKEN: Final = "{{new credentials token}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsBody:
    """The body of a credentials POST or PUT: JSON that holds `NEW_TOKEN` once, where the token for the partner goes.

    The gate makes that token, writes it to the sink of the identity, and puts it in; what a probe gets to see of the
    request has it masked. Only with effect `registration`.
    """

    json: bytes
