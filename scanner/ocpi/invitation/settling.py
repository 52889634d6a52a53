"""Which token a platform lets in after a registration that it started, so that no other has to be kept beside it.

Asked at the versions URL, which opens to every token that opens anything.
"""

from collections.abc import Mapping

from scanner.gate.sink import SinkFailed
from scanner.model.credential import Former
from scanner.model.facts.ocpi.invited import StartTaken, StartTried
from scanner.model.late_dataclass import dataclass
from scanner.ocpi.invitation.watching import Watching

Opens = Mapping[Former | None, bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Valid:
    """The one token that is let in; None: the present one."""

    which: Former | None


def the_one(opens: Opens) -> Valid | None:
    """The only token that is let in where all others were refused; None where that cannot be told.

    `opens`: by token (None: the present one), whether it was let in; None where nobody knows.
    """
    let_in = [which for which, is_open in opens.items() if is_open]
    return Valid(which=let_in[0]) if len(let_in) == 1 and None not in opens.values() else None


async def after_failed(watching: Watching, tried: StartTried) -> bool:
    """Settle a start that failed; False where nobody knows, and both tokens are kept.

    A present token that is still let in when the overlap is over is the valid one: that the other one opens anything
    is the platform's mistake, and is told of. One that opened nothing before is none the worse for being refused.
    """
    if tried.token_lives or (tried.dies and not watching.opened_before):
        return await _settled(watching, Valid(which=None))
    taken_all_the_same = tried.token_lives is False and tried.open_s is not None and not tried.dies
    return taken_all_the_same and await _settled(watching, Valid(which=Former.OFFERED))


async def after_taken(watching: Watching, taken: StartTaken | None) -> bool:
    """Settle the one that was taken; None: our answer never left, so the present token is the one of before."""
    if taken is not None and taken.token_works and taken.used:
        return await _settled(watching, Valid(which=None))
    beside = Former.OFFERED if taken is None else Former.PREVIOUS
    opens = {None: await watching.still_lives(), beside: await watching.lives(beside)}
    return await _settled(watching, the_one(opens))


async def _settled(watching: Watching, valid: Valid | None) -> bool:
    if valid is None:
        return False
    context, identity = watching.context, watching.lookout.identity
    try:
        await context.gate.standing_offers.settle(context.target.name, identity.name, valid.which)
    except (SinkFailed, OSError):  # what stands there stands there: no registration is taken over it
        return False
    return True
