"""How the service calls a partner: back during the credentials handshake, and with the results of commands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final, Protocol

from infra.service.credentials_token import CredentialsToken
from infra.service.partner import TokenEncoding
from infra.service.status import StatusCode
from infra.service.strict_json import JsonObject

_NEXT: Final = re.compile(r"\s*<([^>]+)>")  # RFC 8288
_SECONDS: Final = re.compile(r"[0-9]{1,9}", re.ASCII)


class OutboundError(Exception):
    """The partner's API could not be used. `reason` is for the log; it names no address and no token.

    `retry_after_s`: how long the partner asked to be left alone.
    """

    def __init__(self, reason: str, retry_after_s: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundReply:
    """An OCPI answer as it came; header names in lower case."""

    http_status: int
    headers: Mapping[str, str]
    document: JsonObject

    @property
    def status_code(self) -> int:
        """The OCPI status code; 3000 for an answer without one."""
        code = self.document.get("status_code")
        return code if isinstance(code, int) else int(StatusCode.SERVER_ERROR)

    @property
    def retry_after_s(self) -> float:
        """How long the partner asked to be left alone."""
        return retry_after(self.headers)

    @property
    def next_page(self) -> str | None:
        """The URL of the Link header."""
        found = _NEXT.match(self.headers.get("link", ""))
        return found[1] if found else None


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds of Retry-After (RFC 9110, 10.2.3), 0 without; a date counts from the answer's own Date."""
    value = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
        return max(0.0, (moment - parsedate_to_datetime(headers.get("date", ""))).total_seconds())
    except (ValueError, TypeError):
        return 0.0


class OutboundClient(Protocol):
    """Fetches OCPI answers from partners."""

    async def get(self, url: str, token: CredentialsToken, encoding: TokenEncoding) -> Any:  # noqa: ANN401 - JSON
        """The `data` of a successful OCPI answer. Raises OutboundError."""
        ...

    async def post(self, url: str, token: CredentialsToken, encoding: TokenEncoding, document: JsonObject) -> None:
        """Post `document`. Raises OutboundError unless the answer is a successful OCPI answer."""
        ...

    async def exchange(
        self, method: str, url: str, authorization: str, headers: Mapping[str, str], document: JsonObject | None
    ) -> OutboundReply:
        """Any request, and whatever OCPI answer comes. Raises OutboundError."""
        ...


class NoOutbound:
    """A service that may not call anybody: every handshake ends with status code 3001, and no result is sent."""

    async def get(self, url: str, token: CredentialsToken, encoding: TokenEncoding) -> Any:  # noqa: ANN401, ARG002
        """Always raises OutboundError."""
        raise OutboundError("outbound calls are switched off")

    async def post(self, url: str, token: CredentialsToken, encoding: TokenEncoding, document: JsonObject) -> None:  # noqa: ARG002
        """Always raises OutboundError."""
        raise OutboundError("outbound calls are switched off")

    async def exchange(
        self, method: str, url: str, authorization: str, headers: Mapping[str, str], document: JsonObject | None
    ) -> OutboundReply:
        """Always raises OutboundError."""
        del method, url, authorization, headers, document
        raise OutboundError("outbound calls are switched off")
