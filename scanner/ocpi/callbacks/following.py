"""Commands at the named EVSE, one after the other: each with a URL of its own for the result, then with wrong ones."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import field
from typing import Final

from scanner.gate.documents import exchange_document
from scanner.model.credential import IdentityCredential
from scanner.model.effect import Effect
from scanner.model.evidence import EvidenceRef
from scanner.model.exchange import Exchange, HttpOutcome
from scanner.model.facts.ocpi.callbacks import CommandFollowed, CommandResultsSeen, ResultUrlsOffered, UrlOffered
from scanner.model.facts.ocpi.commands import Asked, Took
from scanner.model.intent import HttpIntent
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.leftover import Leftover
from scanner.ocpi.callbacks.commands import UNLOCK, Command, Commanding
from scanner.ocpi.callbacks.platform import ResultPlatform
from scanner.ocpi.commands.answer import asked, promised_s
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.message_ids import MessageIds
from scanner.ocpi.rogue.spellings import inward_places, spellings
from scanner.ocpi.writing.surface import JSON, as_bytes
from scanner.probe import ProbeContext

_LEAST_SETTLE_S: Final = 0.5
_MOST_SETTLE_S: Final = 10.0
_AS_LONG_AGAIN: Final = 3
_DONE: Final = "ACCEPTED"


@dataclass(slots=True, kw_only=True)
class _Sent:
    asked: Asked
    path: str
    at: float
    within_s: float


def _is_offered(one: _Sent) -> bool:
    """The command that wrong URLs come with: a platform that refuses it anyway shows nothing of them."""
    return one.asked.command == UNLOCK


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wrong:
    """A `response_url` where no result may go; it leads to the canary."""

    scenario: str
    story: str
    path: str
    url: str


@dataclass(slots=True, kw_only=True)
class Following:
    """What one identity sees of its commands. `calls`: how often the platform called during the registration.

    `second_called`: it came to where no result may go when a sound partner stood there. `patience_s`: for one result,
    whatever the answer promises.
    """

    context: ProbeContext
    interface: Interface
    platform: ResultPlatform
    commanding: Commanding
    probe: str
    calls: int
    second_called: bool
    patience_s: float
    evidence: list[EvidenceRef] = field(default_factory=list)
    _sent: list[_Sent] = field(default_factory=list)
    _offered: list[tuple[_Wrong, Asked]] = field(default_factory=list)

    async def run(self) -> tuple[CommandResultsSeen, ResultUrlsOffered]:
        """All commands."""
        await self._followed(self.commanding.unlock())
        if self.commanding.reserves:
            reserve = self.commanding.reserve()
            reserved = await self._followed(reserve, (self._reservation(),))
            if reserved and await self._followed(self.commanding.cancel(reserve)):
                if self._is_done(self._sent[-1]):
                    self.context.gate.taken_back(self._reservation())
                await self._followed(self.commanding.cancel(reserve))
        settle_s = self._settle_s()
        for wrong in self._wrong_urls():
            self._offered.append((wrong, await self._offer(wrong)))
        await asyncio.sleep(settle_s)
        return self._results(), self._urls(settle_s)

    def _results(self) -> CommandResultsSeen:
        followed = (
            CommandFollowed(asked=one.asked, within_s=one.within_s, came=self.platform.came_to(one.path, one.at))
            for one in self._sent
        )
        return CommandResultsSeen(followed=tuple(followed), calls=self.calls)

    def _urls(self, waited_s: float) -> ResultUrlsOffered:
        return ResultUrlsOffered(
            offered=tuple(self._offered_at(wrong, said) for wrong, said in self._offered),
            sound=sum(len(self.platform.came_to(one.path, one.at)) for one in self._sent if _is_offered(one)),
            second_called=self.second_called,
            connections=self.platform.connections_elsewhere,
            waited_s=round(waited_s, 1),
        )

    def _offered_at(self, wrong: _Wrong, said: Asked) -> UrlOffered:
        calls, with_token = self.platform.elsewhere(wrong.path)
        return UrlOffered(
            scenario=wrong.scenario, story=wrong.story, asked=said, calls=calls, with_our_token=with_token
        )

    def _settle_s(self) -> float:
        """As long as the slowest result took, and twice that again."""
        took = [came.after_s for one in self._sent for came in self.platform.came_to(one.path, one.at)]
        return min(max(_AS_LONG_AGAIN * max(took, default=0.0), _LEAST_SETTLE_S), _MOST_SETTLE_S)

    async def _followed(self, command: Command, leaves: tuple[Leftover, ...] = ()) -> bool:
        """Send it, wait for a result; True where it was accepted."""
        path, url = self.platform.fresh_url()
        at = time.monotonic()
        outcome = await self._send(command, url, "about the named EVSE", leaves)
        said = asked(command.command, outcome, result=False)
        within_s = min(promised_s(outcome) or self.patience_s, self.patience_s)
        self._sent.append(_Sent(asked=said, path=path, at=at, within_s=within_s))
        if said.took is not Took.ACCEPTED:
            return False
        await self.platform.wait_for(path, within_s)
        return True

    def _is_done(self, sent: _Sent) -> bool:
        """The result says so; that a command was accepted is not enough."""
        return any(came.result == _DONE for came in self.platform.came_to(sent.path, sent.at))

    async def _offer(self, wrong: _Wrong) -> Asked:
        command = self.commanding.unlock()
        outcome = await self._send(command, wrong.url, f"with a response_url: {wrong.story}", ())
        return asked(command.command, outcome, result=False)

    def _wrong_urls(self) -> Iterator[_Wrong]:
        settings = self.platform.settings
        yield self._wrong("another-origin", "another origin than the partner's", None)
        for number, place in enumerate(inward_places(settings.inward, settings.host)):
            for name, spelled in spellings(place).items():
                suffix = f"-{number + 1}" if number else ""
                yield self._wrong(f"inward-{name}{suffix}", f"inward, at {spelled}", spelled)

    def _wrong(self, scenario: str, story: str, host: str | None) -> _Wrong:
        path = f"/{scenario}"
        return _Wrong(scenario=scenario, story=story, path=path, url=self.platform.url_elsewhere(path, host))

    async def _send(self, command: Command, url: str, why: str, leaves: tuple[Leftover, ...]) -> HttpOutcome:
        body: dict[str, JsonValue] = {**command.body, "response_url": url}
        interface = self.interface
        identity = interface.credential.identity
        intent = HttpIntent(
            effect=Effect.ACTUATE,
            environment=interface.subject.environment,
            probe=self.probe,
            purpose=f"{interface.name}: {command.command} {why}",
            identity=identity,
            method="POST",
            url=f"{interface.url.rstrip('/')}/{command.command}",
            credential=IdentityCredential(identity=identity, encoding=interface.credential.encoding),
            headers={**MessageIds.new(self.commanding.ids).headers, "Content-Type": JSON},
            body=as_bytes(body),
            module="commands",
            owners=frozenset({self.commanding.party}),
            evse=self.commanding.evse.evse_uid,
            leaves=leaves,
        )
        outcome = await self.context.gate.http(intent)
        if isinstance(outcome, Exchange):
            document = exchange_document(outcome)
            kept = self.context.evidence.store_document(intent.purpose, self.context.record.witness, document)
            self.evidence.append(kept)
        return outcome

    def _reservation(self) -> Leftover:
        return Leftover(
            what=f"a reservation of EVSE {self.commanding.evse.evse_uid}, which ends by itself after ten minutes",
            environment=self.interface.subject.environment,
            identity=self.interface.credential.identity,
            module="commands",
            owner=str(self.commanding.party),
        )
