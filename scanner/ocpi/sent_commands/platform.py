"""A platform of ours that takes commands: all that were agreed on are accepted, at once, and nothing moves."""

import asyncio
import json
import time
from dataclasses import field
from typing import Final

from scanner.gate.asked import response_url
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.served import CallersToken, ServedAnswer, ServedCall
from scanner.ocpi.credentials.made_up_partner import MadeUpPartner

_COMMANDS: Final = "/receiver/commands/"  # as the partner's version details say
_LONGEST_NAME: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One command: the how manyeth, when (monotonic seconds), and what we said of its timeout."""

    number: int
    command: str
    url: str
    at: float
    timeout_s: int


@dataclass(slots=True, kw_only=True)
class CommandedPlatform:
    """`timeouts_s`: what each command is answered, in order; those beyond are rejected. `came`: all that were taken."""

    partner: MadeUpPartner
    timeouts_s: tuple[int, ...]
    came: "asyncio.Queue[Received]" = field(default_factory=asyncio.Queue)
    urls: list[str] = field(default_factory=list)

    async def answer(self, call: ServedCall) -> ServedAnswer | None:
        """What one call is answered."""
        before, found, command = call.path.partition("?")[0].partition(_COMMANDS)
        is_command = bool(before and found and command) and call.method == "POST"
        if not is_command or call.token is not CallersToken.NEWEST:
            return await self.partner.answer(call)
        url = response_url(call.body)
        if url is None:
            return self._say(None, 2001)
        number = len(self.urls)
        if number == len(self.timeouts_s):
            return self._say({"result": "REJECTED", "timeout": 0})
        self.urls.append(url)
        received = Received(
            number=number,
            command=command[:_LONGEST_NAME],
            url=url,
            at=time.monotonic(),
            timeout_s=self.timeouts_s[number],
        )
        self.came.put_nowait(received)
        return self._say({"result": "ACCEPTED", "timeout": received.timeout_s})

    def _say(self, data: JsonValue, status: int = 1000) -> ServedAnswer:
        said: dict[str, JsonValue] = {"status_code": status, "timestamp": self.partner.timestamp}
        body = json.dumps(said if data is None else {"data": data, **said}).encode()
        return ServedAnswer(headers=(("Content-Type", "application/json"),), body=body)
