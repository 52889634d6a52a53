"""What came of a request: an exchange, a failure of the target or of the way to it, or the gate's refusal."""

from email.utils import parsedate_to_datetime
from enum import StrEnum

import msgspec

from scanner.model.late_dataclass import dataclass
from scanner.model.token_encoding import TokenEncoding


class FailureKind(StrEnum):
    """Why there is no whole response; facts about the target, not our errors."""

    DNS = "name not resolved"
    REFUSED = "connection refused"
    CONNECT_TIMEOUT = "no connection in time"
    TIMEOUT = "no answer in time"
    CERTIFICATE = "certificate not accepted"
    TLS = "TLS handshake failed"
    RESET = "connection closed by the target"
    NOT_HTTP = "answer is not HTTP"
    HEADERS_TOO_LARGE = "response headers beyond the limit"
    ADDRESS_OUT_OF_SCOPE = "address out of scope"
    LEFT = "connection ended by us, on purpose"


class RefusalKind(StrEnum):
    """Why the gate did not let a request out."""

    MODE = "mode"
    NOT_ALLOWED = "effect not allowed"
    OUT_OF_SCOPE = "out of scope"
    IDENTITY = "identity"
    CREDENTIAL = "credential"
    NO_MISS = "the near miss is a valid token"
    UNSENDABLE = "not sendable in HTTP"
    SINK = "no durable sink"
    AUTHORISATION = "no authorisation"
    BUDGET = "budget"
    STOPPED = "stopped"


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """A response, with the request it answers.

    `request_headers` holds the Authorization header already masked. `headers` keeps order and repeats; `header()`
    looks up without case. `body` is decoded from its content coding; where it is longer than the limit (`truncated`),
    `body_bytes` of it were read, and the first of these are kept.
    `elapsed_s` runs from the request on an open connection to its last byte, less what we let a large body wait.
    `earlier_statuses`: answers that asked to
    wait (429, 503 with Retry-After) before this one. `spoken_as` and `encoding` say whose real, present, well-formed
    token stood in the Authorization header, alone, and how it was written. `derived_from` says whose token stood in the
    request in any other state or place, and `token_form` in which. `reused_connection`: an earlier request had gone
    over the same connection. `private_ca`: a configured CA was trusted, not the system's. `number`: of the
    journal's entry about it.
    """

    method: str
    url: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: bytes | None
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    truncated: bool
    elapsed_s: float
    peer: str
    tls_version: str | None = None
    tls_cipher: str | None = None
    retried: bool = False
    earlier_statuses: tuple[int, ...] = ()
    spoken_as: str | None = None
    encoding: TokenEncoding | None = None
    derived_from: str | None = None
    token_form: str | None = None
    reused_connection: bool = False
    private_ca: bool = False
    number: int | None = None
    body_bytes: int | None = None

    def read_bytes(self) -> int:
        """How long the body is, as far as it was read."""
        return len(self.body) if self.body_bytes is None else self.body_bytes

    def header(self, name: str) -> str | None:
        """The first header of that name, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def retry_after_s(self) -> float | None:
        """Seconds of a Retry-After header (RFC 9110, 10.2.3), or None; a date counts from the answer's own Date."""
        named = self.header("Retry-After") or ""
        if named.isascii() and named.isdigit():
            return float(named)
        try:
            wait = parsedate_to_datetime(named) - parsedate_to_datetime(self.header("Date") or "")
        except (ValueError, TypeError, OverflowError):  # no date, one without a zone, a year of twenty digits
            return None
        return max(0.0, wait.total_seconds())

    def header_values(self, name: str) -> tuple[str, ...]:
        """All headers of that name, in order."""
        return tuple(value for key, value in self.headers if key.lower() == name.lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The request went out, or could not, and no whole response came back; `kind` and `detail` make the sentence."""

    kind: FailureKind
    detail: str
    method: str
    url: str
    peer: str | None = None

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The gate did not send it; `detail` says what would have to be configured."""

    kind: RefusalKind
    detail: str


HttpOutcome = Exchange | Failed | Refused
