"""The controls, the wall of scenarios, the control again; then facts of all, or one reason why there are none."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.rogue import ROGUE_FACTS, HostilePartner
from scanner.model.observation import Reason
from scanner.model.subject import InterfaceSubject
from scanner.ocpi.notes import Notebook, not_configured
from scanner.ocpi.reply import NoReply
from scanner.ocpi.rogue.reading import document, peers_of, played
from scanner.ocpi.rogue.scenario import RogueScenario
from scanner.ocpi.rogue.theatre import Performance, Theatre
from scanner.ocpi.rogue.trigger import Trigger
from scanner.ocpi.rogue.wall import AT_SECOND, OF_TEST_CA, SOUND

_NOT_CALLED: Final = (
    "the target did not call a sound partner of ours, so what it leaves out shows nothing: is its URL reachable from "
    "there, and its certificate trusted? Credentials were"
)
Kind = type[HostilePartner]


class Playing:
    """All scenarios at one endpoint as one identity; `subject` is the method that makes the target call."""

    def __init__(self, book: Notebook, theatre: Theatre, trigger: Trigger, subject: InterfaceSubject) -> None:
        self._book = book
        self._theatre = theatre
        self._trigger = trigger
        self._subject = subject
        self._missed: dict[Kind, list[NoReply]] = defaultdict(list)

    async def all(self, wall: Sequence[RogueScenario]) -> None:
        """Play, and record."""
        control = await self._theatre.play(SOUND, self._trigger)
        if isinstance(control, NoReply):
            self._book.missing(self._subject, ROGUE_FACTS, control)
            return
        if not control.site.calls:
            why = NoReply(reason=Reason.CONTROL_FAILED, detail=f"{_NOT_CALLED} {control.answer.said()}")
            self._book.missing(self._subject, ROGUE_FACTS, why, control.evidence)
            return
        controls = [control, *await self._control(AT_SECOND)]
        of_test_ca = await self._control(OF_TEST_CA)
        performed = [one for scenario in wall if (one := await self._played(scenario)) is not None]
        controls += await self._control(AT_SECOND)
        self._record(controls, of_test_ca, performed)

    async def _control(self, sound: RogueScenario) -> list[Performance]:
        """Nothing is wrong at the second listener, under a name that may be called; no control where it cannot be."""
        performance = await self._theatre.play(sound, self._trigger)
        return [] if isinstance(performance, NoReply) else [performance]

    async def _played(self, scenario: RogueScenario) -> Performance | None:
        performance = await self._theatre.play(scenario, self._trigger)
        if isinstance(performance, NoReply):
            self._missed[scenario.kind].append(replace(performance, detail=f"{scenario.id}: {performance.detail}"))
            return None
        return performance

    def _record(
        self, controls: Sequence[Performance], of_test_ca: Sequence[Performance], performed: Sequence[Performance]
    ) -> None:
        known = peers_of(controls)
        sound = tuple(played(one, known) for one in controls)
        for kind in ROGUE_FACTS:
            mine = [one for one in performed if one.scenario.kind is kind]
            missed = self._missed[kind]
            if not mine:
                nowhere = not_configured("no place is known that leads the target inward (`inward`)")
                first = next((why for why in missed if not why.reason.was_chosen), (missed or [nowhere])[0])
                self._book.missing(self._subject, (kind,), first)
                continue
            fact = kind(
                controls=sound,
                of_test_ca=tuple(played(one, known) for one in of_test_ca),
                played=tuple(played(one, known) for one in mine),
                left_out=tuple(why.detail for why in missed if why.reason.was_chosen),
                broken_off=tuple(why.detail for why in missed if not why.reason.was_chosen),
            )
            self._book.seen(self._subject, fact, *self._evidence([*controls, *of_test_ca, *mine]))

    def _evidence(self, performances: Sequence[Performance]) -> list[EvidenceRef]:
        context = self._book.context
        kept: list[EvidenceRef] = []
        for one in performances:
            title = f"what {one.scenario.id} saw of the target"
            kept += [one.evidence, context.evidence.store_document(title, context.record.witness, document(one))]
        return kept
