"""Renewals that fail half-way, because the partner that hands in its credentials fails at one step of the other side.

Whatever happened, neither side must be left without a token that works: the token in use lives on, a sound renewal
right behind is accepted, and after that no token of before is worth anything.
"""

import time
from collections.abc import Iterator
from typing import Final

from scanner.model.credential import Former
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.credentials import (
    FormerTokenAfterHalfway,
    HalfwayRenewal,
    HalfwayRenewalsTried,
    Reacted,
)
from scanner.model.observation import Reason
from scanner.ocpi.credentials.given_up import GivenUp
from scanner.ocpi.credentials.ground import Ground
from scanner.ocpi.credentials.opened import open_doors, unlooked
from scanner.ocpi.credentials.troubles import Mishap, Step, Trouble, step_of
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.reply import NoReply

MOST: Final = len(Step) * len(Mishap)
_LONGEST_STALL_S: Final = 10.0


async def fail_halfway(ground: Ground, at: Interface) -> None:
    """A renewal for each step and way, then a sound one, in one version.

    Raises: Ended where the present token is lost on the way.
    """
    tried: list[HalfwayRenewal] = []
    evidence: list[EvidenceRef] = []
    for trouble in _troubles(ground):
        purpose = f"PUT credentials in {at.version} while our platform, asked for its {trouble.step}, {trouble.mishap}"
        done = await ground.hand_in("PUT", at, purpose, trouble=trouble)
        lives = await ground.still_lives()
        evidence.append(done.evidence)
        tried.append(_tried(trouble, done.answer, lives=lives))
        if lives is not True:
            _record(ground, at, tried, None, evidence)
            raise ground.locked_out(f"a renewal that failed half-way ({trouble.step}: our platform {trouble.mishap})")
    await _recover(ground, at, tried, evidence)


def _troubles(ground: Ground) -> Iterator[Trouble]:
    """Each way at each step; at the last one only where the platform has ever come to it."""
    stall_s = min(_LONGEST_STALL_S, ground.context.target.limits.timeout_s / 2)  # so that we are still there to hear
    asked = {step_of(call.path) for call in ground.server.calls}
    for step in Step:
        if step in asked or step is not Step.CREDENTIALS:
            for mishap in Mishap:
                yield Trouble(step=step, mishap=mishap, stall_s=stall_s)


def _tried(trouble: Trouble, answer: Reacted, *, lives: bool | None) -> HalfwayRenewal:
    return HalfwayRenewal(
        step=trouble.step, way=trouble.mishap, answer=answer, reached=trouble.reached > 0, token_lives=lives
    )


async def _recover(ground: Ground, at: Interface, tried: list[HalfwayRenewal], evidence: list[EvidenceRef]) -> None:
    given = ground.tokens_given
    done = await ground.hand_in("PUT", at, f"PUT credentials in {at.version} after those that failed half-way")
    since = time.monotonic()
    _record(ground, at, tried, done.answer, [*evidence, done.evidence])
    after = ground.tokens_given
    if not done.accepted or after.given - after.repeated == given.given - given.repeated:
        why = f"no sound renewal followed those that failed half-way: {done.answer.said()}"
        missing = NoReply(reason=Reason.CONTROL_FAILED, detail=why)
        ground.pending.missing(ground.versions.subject, (FormerTokenAfterHalfway,), missing, done.evidence)
        await ground.must_live("a renewal after those that failed half-way")
        return
    opened, closed = await open_doors(ground, (ground.versions, *ground.doors[:1]))
    unlooked(ground, FormerTokenAfterHalfway, closed)
    overlap_s = ground.context.target.token_policy.overlap_s
    await GivenUp(ground, FormerTokenAfterHalfway, Former.PREVIOUS, since, overlap_s).look(opened)


def _record(
    ground: Ground, at: Interface, tried: list[HalfwayRenewal], recovered: Reacted | None, evidence: list[EvidenceRef]
) -> None:
    fact = HalfwayRenewalsTried(tried=tuple(tried), recovered=recovered)
    ground.pending.seen(ground.at(at, "PUT"), fact, *evidence)
