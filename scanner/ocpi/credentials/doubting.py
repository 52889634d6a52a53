"""Renewals that lead to something doubtful: a platform looks before it trusts, and a refusal changes nothing."""

from typing import Final

from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.credentials import DoubtfulPartner, DoubtfulPartnersTried
from scanner.ocpi.credentials.desk import Done
from scanner.ocpi.credentials.ground import Ground
from scanner.ocpi.credentials.made_up_partner import Story
from scanner.ocpi.interfaces import Interface

STORIES: Final = tuple(story for story in Story if story is not Story.SOUND)


async def doubt(ground: Ground, at: Interface) -> None:
    """One PUT for each story, in one version.

    Raises: Ended where the present token is lost on the way.
    """
    tried: list[DoubtfulPartner] = []
    evidence: list[EvidenceRef] = []
    lost: Done | None = None
    for story in STORIES:
        calls = len(ground.server.calls)
        done = await ground.hand_in("PUT", at, f"PUT credentials in {at.version}: {story}", story=story)
        lives = await ground.still_lives()
        evidence.append(done.evidence)
        tried.append(_tried(story, done, ground.called(calls).total(), lives=lives))
        if lives is not True:
            lost = done
            break
    ground.pending.seen(ground.at(at, "PUT"), DoubtfulPartnersTried(tried=tuple(tried)), *evidence)
    if lost is not None:
        raise ground.locked_out(f"a PUT that was {lost.answer.said()}")


def _tried(story: Story, done: Done, calls: int, *, lives: bool | None) -> DoubtfulPartner:
    return DoubtfulPartner(story=story, answer=done.answer, calls=calls, token_lives=None if done.accepted else lives)
