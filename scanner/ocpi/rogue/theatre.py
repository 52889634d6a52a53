"""Where scenarios are played: two listeners, a site for each scenario, and what was seen of the target there.

The first listener stands for as long as the probe runs, so that late calls are seen, too. The second one has another
face in each scenario, and is the canary where the target should not go.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from scanner.model.effect import Effect
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.credentials import Reacted, Reaction
from scanner.model.intent import ServeIntent
from scanner.model.observation import Reason
from scanner.model.served import Knock, ServedAnswer, ServedCall, Speaks
from scanner.model.target import PartnerServer
from scanner.ocpi.notes import not_configured
from scanner.ocpi.reply import NoReply
from scanner.ocpi.rogue.scenario import Face, Listener, RogueScenario
from scanner.ocpi.rogue.site import Site, Taken
from scanner.ocpi.rogue.trigger import PROBE, Trigger
from scanner.ocpi.rogue.wardrobe import Wardrobe
from scanner.ocpi.serving import serving
from scanner.probe import ProbeContext

if TYPE_CHECKING:  # loaded where a partner is served
    from scanner.gate.serving import Served

_DEADLINE_S: Final = 3600.0
_MOST_BYTES: Final = 24 * 2**20
_LATE_S: Final = 3.0
_STEP_S: Final = 0.1
_STALLED_S: Final = 2.0
_SPEAKS: Final = {
    Face.TLS_1_0: Speaks.TLS_1_0,
    Face.TLS_1_1: Speaks.TLS_1_1,
    Face.PLAINTEXT: Speaks.PLAINTEXT,
}


@dataclass(slots=True, kw_only=True)
class Performance:
    """One scenario that was played; what its site sees afterwards still counts."""

    scenario: RogueScenario
    answer: Reacted
    evidence: EvidenceRef
    site: Site
    knocks: tuple[Knock, ...] = ()
    calls: tuple[ServedCall, ...] = ()


@dataclass(slots=True, kw_only=True)
class Theatre:
    """Open for the length of `opened`."""

    context: ProbeContext
    settings: PartnerServer
    identity: str
    version: str
    wardrobe: Wardrobe
    patience_s: float
    probe: str = PROBE
    first: "Served | None" = None
    sites: dict[str, Site] = field(default_factory=dict)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[NoReply | None]:
        """The first listener; why it cannot be had, or None."""
        intent = self._intent(Face.SOUND, self.settings.port)
        async with serving(self.context, intent, self._answer) as served:
            if isinstance(served, NoReply):
                yield served
                return
            self.first = served
            yield None

    async def play(self, scenario: RogueScenario, trigger: Trigger) -> Performance | NoReply:
        """Set the scene, make the target call, and look what it did."""
        if not scenario.needs_second:
            return await self._perform(scenario, trigger, None)
        try:
            intent = self._intent(scenario.face, self.settings.second_port)
        except ValueError as error:
            return not_configured(str(error))
        except OSError as error:
            return _broken_off(f"the files of the partner_server cannot be read: {error.strerror}")
        answers = self._answer if scenario.leads is Listener.SECOND else _nothing
        async with serving(self.context, intent, answers) as served:
            if isinstance(served, NoReply):
                return served
            return await self._perform(scenario, trigger, served)

    async def _perform(
        self, scenario: RogueScenario, trigger: Trigger, second: "Served | None"
    ) -> Performance | NoReply:
        key = f"{scenario.id}-{secrets.token_hex(4)}"
        site = self._site(scenario, key, second)
        self.sites[key] = site
        scenario.behaviour(site)
        pulled = await trigger.pull(scenario.id, f"{site.base}/versions")
        if isinstance(pulled, NoReply):
            return pulled
        answer, evidence = pulled
        await self._settle(site, second, answer)
        knocks, calls = (tuple(second.knocks), tuple(second.calls)) if second else ((), ())
        return Performance(scenario=scenario, answer=answer, evidence=evidence, site=site, knocks=knocks, calls=calls)

    async def _settle(self, site: Site, second: "Served | None", answer: Reacted) -> None:
        """A platform that says yes first may call a little later, and one that has answered may still read."""
        end = time.monotonic() + _LATE_S
        while answer.reaction is Reaction.ACCEPTED and time.monotonic() < end:
            if site.calls or (second and second.knocks):
                break
            await asyncio.sleep(_STEP_S)
        if site.taken.began:
            site.taken.still = await _still_taken(site.taken, site.after_s + _LATE_S)

    def _site(self, scenario: RogueScenario, key: str, second: "Served | None") -> Site:
        elsewhere = inward = ""
        if second is not None:
            scheme = "http" if scenario.face is Face.PLAINTEXT else "https"
            own, path = _bracketed(self.wardrobe.host), f"{second.intent.nonce}/{key}"
            elsewhere = f"{scheme}://{own}:{second.port}/{path}"
            inward = f"{scheme}://{scenario.inward or own}:{second.port}/{path}"
        base = f"{self._first.url()}/{key}"
        if scenario.leads is Listener.SECOND:
            base = inward if scenario.inward else elsewhere
        return Site(
            version=self.version,
            base=base,
            elsewhere=elsewhere,
            inward=inward,
            now=f"{self.context.now:%Y-%m-%dT%H:%M:%SZ}",
            after_s=self.patience_s,
            most_bytes=_MOST_BYTES,
        )

    async def _answer(self, call: ServedCall) -> ServedAnswer | None:
        key, _, rest = call.path.removeprefix("/").partition("/")
        site = self.sites.get(key)
        return await site.answer(call, f"/{rest}".partition("?")[0]) if site else ServedAnswer(status=404)

    @property
    def _first(self) -> "Served":
        if self.first is None:
            raise AssertionError("played before it was opened")
        return self.first

    def _intent(self, face: Face, port: int) -> ServeIntent:
        files = None if face is Face.PLAINTEXT else self.wardrobe.files(face)
        return ServeIntent(
            effect=Effect.REGISTRATION,
            environment=self.context.target.name,
            probe=self.probe,
            purpose=f"be called back as a partner with {face}",
            identity=self.identity,
            host=self.settings.host,
            port=port,
            nonce=secrets.token_urlsafe(16),
            deadline_s=_DEADLINE_S,
            certificate_file=str(files.certificate_file) if files else None,
            key_file=str(files.key_file) if files else None,
            origin=self.settings.url,
            speaks=_SPEAKS.get(face, Speaks.MODERN),
            any_key=face is Face.WEAK_KEY,
            answer_s=self.patience_s + 10,
            max_answer_bytes=_MOST_BYTES + 2**20,
        )


async def _nothing(_call: ServedCall) -> ServedAnswer:
    """What a canary answers."""
    return ServedAnswer(status=404)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _broken_off(detail: str) -> NoReply:
    return NoReply(reason=Reason.CONTROL_FAILED, detail=detail)


async def _still_taken(taken: Taken, patience_s: float) -> bool:
    """Whether more is taken after so long.

    Who takes nothing for a while has given up, though its connection stands: with megabytes unread, the goodbyes of TLS
    wait for each other, and neither side hears the other's.
    """
    end = time.monotonic() + patience_s
    while not taken.over and time.monotonic() < end:
        if time.monotonic() - taken.ended > _STALLED_S:
            return False
        await asyncio.sleep(_STEP_S)
    return not taken.over
