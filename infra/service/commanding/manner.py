"""How a command is sent: its parts, each to be exchanged for another one."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

_BYTES = 16


def _random_id() -> str:
    """Hexadecimal, because ids are compared without regard to case."""
    return secrets.token_hex(_BYTES)


def _until(sent: datetime, timeout_s: int) -> datetime:
    return sent + timedelta(seconds=timeout_s)


def _same_url(url: str) -> str:
    return url


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandManner:
    """The defaults are what a deployment gets; faults replace some of them.

    `make_id`: what stands at the end of a `response_url`. `until`: to when a result is taken, by when the command was
    sent and the timeout, in seconds, that the partner answered. `response_url`: the URL as it is named to the partner.
    """

    make_id: Callable[[], str] = _random_id
    until: Callable[[datetime, int], datetime] = _until
    response_url: Callable[[str], str] = _same_url
