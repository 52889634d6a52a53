"""How a partner fails in the middle of a registration: at which step of the other side, and in which way."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from scanner.model.served import ServedAnswer

VERSIONS_PATH: Final = "/versions"
_JSON: Final = (("Content-Type", "application/json"),)
_SERVER_ERROR: Final = 3000
_HALF: Final = b'{"data": [{"version": "2.'


class Step(StrEnum):
    """What a platform asks of the partner that hands in its credentials; the last one OCPI does not ask for."""

    VERSIONS = "versions"
    DETAILS = "version details"
    CREDENTIALS = "credentials"


class Mishap(StrEnum):
    """What the partner does there."""

    REFUSES = "refuses the token (HTTP 401)"
    STALLS = "does not answer in time"
    HANGS_UP = "hangs up without an answer"
    BREAKS_OFF = "breaks off in the middle of the answer"
    GARBAGE = "answers what is no JSON"
    SERVER_ERROR = "answers HTTP 500"
    OCPI_ERROR = "answers with an OCPI error (HTTP 200, status 3000)"


def step_of(path: str) -> Step:
    """The step that a call of ours is, by its path behind the nonce: `/versions`, `/2.2.1`, `/2.2.1/credentials`."""
    plain = path.partition("?")[0].rstrip("/")
    if plain == VERSIONS_PATH:
        return Step.VERSIONS
    return Step.CREDENTIALS if plain.endswith("/credentials") else Step.DETAILS


@dataclass(slots=True, kw_only=True)
class Trouble:
    """One step and what happens there; `stall_s`: how long nothing is said before we hang up; `reached`: calls."""

    step: Step
    mishap: Mishap
    stall_s: float
    reached: int = 0

    async def answer(self) -> ServedAnswer | None:
        """What is said at that step."""
        self.reached += 1
        if self.mishap is Mishap.STALLS:
            await asyncio.sleep(self.stall_s)
        if self.mishap is Mishap.BREAKS_OFF:
            return ServedAnswer(headers=_JSON, body=_broken_off())
        return _ANSWERS.get(self.mishap)  # None where it stalled or hangs up


async def _broken_off() -> AsyncIterator[bytes]:
    yield _HALF
    raise ConnectionAbortedError  # the end of the message never comes


def _document(status: int) -> bytes:
    said = {"status_code": status, "status_message": "Not now", "timestamp": "2026-01-01T00:00:00Z"}
    return json.dumps(said).encode()


_ANSWERS: Final = {
    Mishap.REFUSES: ServedAnswer(status=HTTPStatus.UNAUTHORIZED, headers=_JSON, body=_document(2000)),
    Mishap.GARBAGE: ServedAnswer(headers=_JSON, body=_HALF),
    Mishap.SERVER_ERROR: ServedAnswer(
        status=HTTPStatus.INTERNAL_SERVER_ERROR, headers=_JSON, body=_document(_SERVER_ERROR)
    ),
    Mishap.OCPI_ERROR: ServedAnswer(headers=_JSON, body=_document(_SERVER_ERROR)),
}
