"""A platform of ours that takes results: each command has a path of its own, and a second listener is the canary."""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from scanner.model.effect import Effect
from scanner.model.facts.ocpi.callbacks import ResultCame
from scanner.model.intent import ServeIntent
from scanner.model.late_dataclass import dataclass
from scanner.model.served import CallersToken, ServedAnswer, ServedCall
from scanner.model.target import PartnerServer
from scanner.ocpi.credentials.made_up_partner import MadeUpPartner
from scanner.ocpi.reply import NoReply
from scanner.ocpi.serving import serving
from scanner.probe import ProbeContext

if TYPE_CHECKING:  # loaded where a platform is served
    from scanner.gate.serving import Served

RESULTS: Final = "/results/"
_OURS: Final = frozenset({CallersToken.NEWEST, CallersToken.FORMER, CallersToken.ANOTHERS})
_DEADLINE_S: Final = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    at: float
    path: str
    came: ServedCall


@dataclass(slots=True, kw_only=True)
class ResultPlatform:
    """Open for the length of `opened`; `first` is the partner's own origin, `second` is where no result may go."""

    context: ProbeContext
    settings: PartnerServer
    identity: str
    probe: str
    partner: MadeUpPartner
    first: "Served | None" = None
    second: "Served | None" = None
    calls: list[_Call] = field(default_factory=list)
    _elsewhere: list[_Call] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[NoReply | None]:
        """Both listeners; why one cannot be had, or None."""
        async with serving(self.context, self._intent(self.settings.port), self._answer) as first:
            if isinstance(first, NoReply):
                yield first
                return
            async with serving(self.context, self._intent(self.settings.second_port), self._canary) as second:
                if isinstance(second, NoReply):
                    yield second
                    return
                self.first, self.second = first, second
                self.partner.base = first.url()
                yield None

    def fresh_url(self) -> tuple[str, str]:
        """A path that nobody can guess, and the URL that leads to it."""
        path = f"{RESULTS}{secrets.token_urlsafe(16)}"
        return path, self.partner.base + path

    def came_to(self, path: str, since: float) -> tuple[ResultCame, ...]:
        """What came to one `response_url`; `since` in monotonic seconds."""
        mine = [call for call in self.calls if call.path == path]
        return tuple(
            ResultCame(
                after_s=round(call.at - since, 2),
                with_our_token=call.came.token is CallersToken.NEWEST,
                result=_result(call.came.body),
            )
            for call in mine
        )

    def elsewhere(self, path: str) -> tuple[int, int]:
        """Requests at the canary for one path, and those with a token of ours."""
        mine = [call.came for call in self._elsewhere if call.path == path]
        return len(mine), sum(call.token in _OURS for call in mine)

    @property
    def connections_elsewhere(self) -> int:
        """Connections to the canary, from addresses that called us as a partner before."""
        known = {call.peer for call in self.first.calls} if self.first else set()
        return sum(knock.peer in known for knock in self.second.knocks) if self.second else 0

    def url_elsewhere(self, path: str, host: str | None) -> str:
        """A URL of the canary: at its own name, or spelled as `host`."""
        second = self.second
        if second is None:
            raise AssertionError("asked before it was opened")
        own = urlsplit(second.url()).hostname or "localhost"
        return f"https://{host or (f'[{own}]' if ':' in own else own)}:{second.port}/{second.intent.nonce}{path}"

    async def wait_for(self, path: str, within_s: float, beyond: int = 0) -> None:
        """Until something came there, `beyond` what had come before, or the time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while sum(call.path == path for call in self.calls) <= beyond:
                    self._news.clear()
                    await self._news.wait()

    async def _answer(self, call: ServedCall) -> ServedAnswer | None:
        path = call.path.partition("?")[0]
        if not path.startswith(RESULTS):
            return await self.partner.answer(call)
        self.calls.append(_Call(at=time.monotonic(), path=path, came=call))
        self._news.set()
        said = {"status_code": 1000, "timestamp": f"{self.context.now:%Y-%m-%dT%H:%M:%SZ}"}
        return ServedAnswer(headers=(("Content-Type", "application/json"),), body=json.dumps(said).encode())

    async def _canary(self, call: ServedCall) -> ServedAnswer:
        self._elsewhere.append(_Call(at=time.monotonic(), path=call.path.partition("?")[0], came=call))
        return ServedAnswer(status=404)

    def _intent(self, port: int) -> ServeIntent:
        return ServeIntent(
            effect=Effect.REGISTRATION,
            environment=self.context.target.name,
            probe=self.probe,
            purpose="take the results of commands as a partner",
            identity=self.identity,
            host=self.settings.host,
            port=port,
            nonce=secrets.token_urlsafe(16),
            deadline_s=_DEADLINE_S,
            certificate_file=str(self.settings.certificate_file),
            key_file=str(self.settings.key_file),
            origin=self.settings.url,
        )


def _result(body: bytes) -> str:
    """`result` of a CommandResult; of 2.1.1, too. Empty where there is none."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    result = document.get("result") if isinstance(document, dict) else None
    return result[:64] if isinstance(result, str) else ""
