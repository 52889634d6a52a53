"""What a server says without TLS, and about TLS."""

from enum import StrEnum

from scanner.model.late_dataclass import dataclass


class PlaintextOutcome(StrEnum):
    """What became of an unencrypted HTTP request."""

    CLOSED = "connection refused"
    SILENT = "no connection in time"
    NOT_HTTP = "no HTTP answer"
    TURNED_AWAY = "turned away"  # an HTTP error that is not OCPI's
    REDIRECTED_TO_TLS = "redirected to https"
    REDIRECTED = "redirected in the clear"
    SERVED = "served"  # answered as a platform would: success, a demand for credentials, or an OCPI body


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaintextAnswer:
    """An HTTP request without TLS and with a made-up token; `tls_port`: the same port also speaks TLS."""

    outcome: PlaintextOutcome
    tls_port: bool
    http_status: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HstsPolicy:
    """Strict-Transport-Security (RFC 6797) of the answer with `http_status`; `max_age_s` is None if it cannot be read.

    `header` is the value as sent, None where the header is missing.
    """

    http_status: int
    header: str | None
    max_age_s: int | None = None
    include_subdomains: bool = False
