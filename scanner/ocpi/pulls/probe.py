"""Probe `ocpi-pulls`: register soundly as a partner, let the target pull our lists, and look what it makes of them.

Needs what a hostile partner needs (`scanner.ocpi.rogue.probe`), as an identity that is registered already: each list
takes a renewal (PUT), which a sound target accepts. What it keeps are objects of our own party; a token, which OCPI
cannot take back, only with `allow: [lasting]`.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from scanner.model.effect import Effect
from scanner.model.facts.ocpi.pulls import PULL_FACTS, ListsPulled, NotShown, Pulled, Trick
from scanner.model.intent import PlannedRequest
from scanner.model.observation import Reason
from scanner.model.ocpi.specification import VERSIONS
from scanner.model.party import Identity
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.ocpi.credentials.bodies import PartyInRole
from scanner.ocpi.credentials.doors import CREDENTIALS, interfaces_of
from scanner.ocpi.credentials.probe import leftover, may_register
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.notes import Notebook, not_configured
from scanner.ocpi.partner_probe import PartnerProbe, why_no_hostile_partner
from scanner.ocpi.pulls.stage import PullTheatre, Stage
from scanner.ocpi.reply import NoReply
from scanner.ocpi.rogue.reading import document
from scanner.ocpi.rogue.spellings import inward_places, spellings
from scanner.ocpi.rogue.trigger import Trigger
from scanner.ocpi.rogue.wardrobe import Wardrobe
from scanner.ocpi.writing.receivers import surfaces
from scanner.ocpi.writing.surface import Surface
from scanner.probe import ProbeContext

PROBE: Final = "ocpi-pulls"
_PREFERRED: Final = ("Tariff", "Location", "Token")
_WITHIN_S: Final = 90.0
_QUIET_S: Final = 5.0
_HANDSHAKE_S: Final = 30.0
_TRICKS: Final = tuple(trick for trick in Trick if trick is not Trick.NOTHING)
_NOT_PULLED: Final = "the target did not come for a sound list of ours"


class PullsProbe(PartnerProbe):
    """Every list once an endpoint, as the first identity that may; `after`: the probes that only look.

    `tricks`: what is wrong with the lists that are shown after the sound one.
    """

    name = PROBE
    provides: frozenset[type] = frozenset(PULL_FACTS)
    kinds = PULL_FACTS
    nobody = "no disposable identity is registered already, with a party, a role and a sink"

    def __init__(
        self,
        after: Iterable[str],
        within_s: float = _WITHIN_S,
        quiet_s: float = _QUIET_S,
        tricks: Sequence[Trick] = _TRICKS,
    ) -> None:
        super().__init__(after)
        self._within_s = within_s
        self._quiet_s = quiet_s
        self._tricks = tuple(tricks)

    def why_not(self, target: EnvironmentTarget) -> NoReply | None:
        """See `PartnerProbe.why_not`."""
        return why_no_hostile_partner(target, "lists to be pulled need")

    def may(self, _target: EnvironmentTarget, identity: Identity) -> bool:
        """See `PartnerProbe.may`."""
        return not identity.bootstrap and may_register(identity)

    def planned(self, target: EnvironmentTarget, endpoint: Endpoint, identity: Identity) -> Iterable[PlannedRequest]:
        """One renewal a list, and what is read back."""
        yield PlannedRequest(
            probe=PROBE,
            effect=Effect.REGISTRATION,
            environment=target.name,
            what=f"renews (PUT) credentials of {identity.party} at {endpoint.versions_url}, once for each list "
            "that it is to pull; objects of that party stay there",
            at_least=1,
            at_most=3 * (len(Trick) + 2),
            identity=identity.name,
            leaves=(leftover(target, identity, None),),
        )

    async def be_partner(self, context: ProbeContext, endpoint: Endpoint, identity: Identity) -> None:
        """Show every list."""
        book = Notebook(context, endpoint, identity.name)
        settings, surface = context.target.partner_server, _surface(context, endpoint, identity)
        door = _door(context, endpoint, identity, surface)
        if surface is None or door is None or settings is None or identity.party is None or identity.role is None:
            why = not_configured("no receiver interface takes whole objects of ours that may stay there")
            book.missing(book.platform(), PULL_FACTS, why)
            return
        own = PartyInRole(party=identity.party, role=identity.role)
        left = leftover(context.target, identity, door)
        theatre = PullTheatre(
            context=context,
            settings=settings,
            identity=identity.name,
            version=door.version,
            wardrobe=Wardrobe(settings, context.scratch, context.now),
            patience_s=_HANDSHAKE_S,
            probe=PROBE,
            within_s=self._within_s,
            most_s=self._within_s,
            quiet_s=self._quiet_s,
        )
        trigger = Trigger(context, identity, own, door, left, _HANDSHAKE_S, PROBE)
        ids = new_ids(context.seed, context.now, identity.name)
        async with theatre.opened() as why_closed:
            if why_closed is not None:
                book.missing(book.platform(), PULL_FACTS, why_closed)
                return
            stage = Stage(theatre=theatre, trigger=trigger, surface=surface, ids=ids)
            places = inward_places(settings.inward, settings.host)
            inward = next(iter(spellings(places[0]).values())) if places else None
            await _play(book, stage, inward, self._tricks)


async def _play(book: Notebook, stage: Stage, inward: str | None, tricks: Iterable[Trick]) -> None:
    subject = replace(stage.surface.interface.subject, method="GET")
    control = await stage.show(Trick.NOTHING, None)
    if isinstance(control, NoReply):
        book.missing(subject, PULL_FACTS, control)
        return
    if not control.asked:
        detail = f"{_NOT_PULLED} within {stage.theatre.within_s:g} s; credentials were {control.answer.said()}"
        why = NoReply(reason=Reason.CONTROL_FAILED, detail=detail)
        book.missing(subject, PULL_FACTS, why, stage.performed[0].evidence)
        return
    second_called = await stage.second_is_called()
    played: list[Pulled] = []
    left_out: list[NotShown] = []
    broken_off: list[NotShown] = []
    for trick in tricks:
        if trick is Trick.LINK_INWARD and inward is None:
            left_out.append(NotShown(trick=trick, why="no place is known that leads the target inward (`inward`)"))
            continue
        one = await stage.show(trick, inward)
        if isinstance(one, NoReply):
            broken_off.append(NotShown(trick=trick, why=one.detail))
        else:
            played.append(one)
    await stage.rest()
    kept = [
        ref
        for one in stage.performed
        for ref in (
            one.evidence,
            book.context.evidence.store_document(
                f"what {one.scenario.id} saw of the target", book.context.record.witness, document(one)
            ),
        )
    ]
    fact = ListsPulled(
        control=control,
        played=tuple(played),
        second_called=second_called,
        left_out=tuple(left_out),
        broken_off=tuple(broken_off),
    )
    book.seen(subject, fact, *kept)


def new_ids(seed: int, now: datetime, identity: str) -> random.Random:
    """Of this scan alone: what a former one left at the target must not be taken for what was kept now."""
    return random.Random(f"{seed}/{now.isoformat()}/{PROBE}/{identity}")  # noqa: S311 - ids, not secrets


def _surface(context: ProbeContext, endpoint: Endpoint, identity: Identity) -> Surface | None:
    """Where whole objects are read back: in the newest version, of a class that can be taken back if there is one."""
    offered = [
        one
        for one in surfaces(context, endpoint, PROBE)
        if one.interface.credential.identity == identity.name
        and one.write is one.whole
        and one.class_name in _PREFERRED
        and (one.effect is not Effect.LASTING or Effect.LASTING in context.target.allow)
    ]
    newest = max((VERSIONS.index(one.version) for one in offered), default=None)
    ranked = [one for one in offered if VERSIONS.index(one.version) == newest]
    return min(ranked, key=lambda one: _PREFERRED.index(one.class_name), default=None)


def _door(context: ProbeContext, endpoint: Endpoint, identity: Identity, surface: Surface | None) -> Interface | None:
    """The credentials module of the same version."""
    doors = interfaces_of(context, endpoint, identity.name)
    same = (one for one in doors if one.module == CREDENTIALS and surface and one.version == surface.version)
    return next(same, None)
