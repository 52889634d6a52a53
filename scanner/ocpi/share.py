"""How much of the refusal budget the questions without a valid token may use."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from scanner.model.observation import Reason
from scanner.model.target import Endpoint
from scanner.ocpi.interfaces import discovered
from scanner.ocpi.reply import NoReply
from scanner.probe import ProbeContext

PER_MODULE: Final = 2  # a valid token under another scheme, and in the query
_OF_TOKENS: Final = 30  # forms of a token at the doors that speak for others, and guesses
_SHARED: Final = 40  # below that, `max_refusals` is too small to be shared out


@dataclass(slots=True)
class Share:
    """What may be asked of one endpoint, and was; `whole`: what it takes to ask everything, `kept`: left to others."""

    cap: int
    kept: int
    whole: int
    asked: int = 0

    @classmethod
    def of(cls, context: ProbeContext, endpoint: Endpoint, questions: int) -> "Share":
        """Where not everything fits, one module of each version stays for valid tokens in wrong places."""
        modules = {i.subject for i in discovered(context, endpoint)}
        cap = context.target.limits.max_refusals
        whole = questions + PER_MODULE * len(modules) + kept_for_tokens(cap)
        of_modules = min(PER_MODULE * len({subject.version for subject in modules}), cap // 4)
        kept = of_modules + kept_for_tokens(cap) if whole > cap else 0
        return cls(cap=cap, kept=kept, whole=whole)

    def used_up(self, wanted: str) -> NoReply | None:
        """Why nothing more is asked, if the share is used up."""
        if not self.kept or self.asked < self.cap - self.kept:
            return None
        detail = f"{wanted} was not asked for: the rest of max_refusals ({self.cap}) is kept for valid tokens elsewhere"
        return NoReply(reason=Reason.BUDGET_EXHAUSTED, detail=detail)

    def with_advice(self, why: NoReply) -> NoReply:
        """Where the refusal budget cut a question off: what would let everything out."""
        if why.reason is not Reason.BUDGET_EXHAUSTED or "max_refusals" not in why.detail:
            return why
        return replace(why, detail=f"{why.detail}; with limits: max_refusals: {self.whole} everything is asked")


def kept_for_tokens(cap: int) -> int:
    """Of `max_refusals`, what is left to forms of tokens and to guesses."""
    return min(_OF_TOKENS, cap // 2) if cap >= _SHARED else 0


def kept_for_guesses(cap: int) -> int:
    """Of that, what is left to guesses."""
    return kept_for_tokens(cap) // 3


def nothing_left(context: ProbeContext, url: str, wanted: str, kept: Callable[[int], int]) -> NoReply | None:
    """Why a form is not sent: what is left of the refusal budget of its host is `kept` for those who come later."""
    cap = context.target.limits.max_refusals
    if context.gate.refusals_left(url, context.target.name) > kept(cap):
        return None
    detail = f"{wanted} was not asked for: what is left of max_refusals ({cap}) is kept for other tokens"
    return NoReply(reason=Reason.BUDGET_EXHAUSTED, detail=detail)
