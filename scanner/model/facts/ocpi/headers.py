"""Headers of answers to a valid token."""

from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadersObserved:
    """Headers of an answer to a valid token, as sent; None where missing. `software`: headers that name a version.

    `content_security_policies`: one for each header of that name; a browser keeps to all of them.
    """

    content_type: str | None
    cache_control: str | None
    strict_transport_security: str | None
    content_type_options: str | None
    content_security_policies: tuple[str, ...]
    software: tuple[str, ...]
    holds_credentials: bool
    curl: str
    without_body: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestIdsEchoed:
    """Whether X-Request-ID and X-Correlation-ID came back as they were sent (2.2 and later)."""

    request_id: bool
    correlation_id: bool
    curl: str
