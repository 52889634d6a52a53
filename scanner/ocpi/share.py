"""How much of the refusal budget the questions without a valid token may use, and how much all of them take."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from scanner.model.observation import Reason
from scanner.model.target import Endpoint
from scanner.ocpi.attempts import PER_INTERFACE
from scanner.ocpi.doors import doors
from scanner.ocpi.interfaces import discovered
from scanner.ocpi.object_doors import most_questions
from scanner.ocpi.reply import NoReply
from scanner.ocpi.strangers.turns import doors as doors_to_write_at
from scanner.ocpi.strangers.turns import wanted as writes_wanted
from scanner.ocpi.tokens.doors import doors as token_doors
from scanner.ocpi.tokens.forms import forms
from scanner.ocpi.tokens.samples import FEWEST, SAMPLES, WORDINGS
from scanner.ocpi.writing.surface import Surface
from scanner.probe import ProbeContext

PER_MODULE: Final = 2  # a valid token under another scheme, and in the query
ON_ONE_CONNECTION: Final = 4  # nobody and a stranger, there and on connections of their own
_OF_TOKENS: Final = 30  # forms of a token at the doors that speak for others, and guesses
_PART_OF_WRITES: Final = 6  # one in so many
_SHARED: Final = 40  # below that, `max_refusals` is too small to be shared out


@dataclass(slots=True)
class Share:
    """What may be asked of one endpoint, and was.

    `whole`: what it takes to ask everything, `kept`: what is left to `others`.
    """

    cap: int
    kept: int
    whole: int
    asked: int = 0
    others: str = "valid tokens elsewhere"

    @classmethod
    def of(cls, context: ProbeContext, endpoint: Endpoint) -> "Share":
        """Where not everything fits, one module of each version stays for valid tokens in wrong places."""
        modules = {i.subject for i in discovered(context, endpoint)}
        cap, whole = context.target.limits.max_refusals, everything(context, endpoint)
        of_modules = min(PER_MODULE * len({subject.version for subject in modules}), cap // 4)
        of_others = of_modules + kept_for_tokens(cap) + _kept_for_writes(context, endpoint)
        return cls(cap=cap, kept=of_others if whole > cap else 0, whole=whole)

    @classmethod
    def of_writes(cls, context: ProbeContext, surface: Surface) -> "Share":
        """Where not everything fits, all receiver interfaces have a like part of what stays for writes."""
        endpoint = next(e for e in context.target.endpoints if e.name == surface.subject.endpoint)
        urls = [door.interface.url for door in doors_to_write_at(context, endpoint)]
        cap, whole = context.target.limits.max_refusals, everything(context, endpoint)
        others = "reads and for other tokens"
        if whole <= cap or surface.interface.url not in urls:
            return cls(cap=cap, kept=0, whole=whole, others=others)
        number, parts = urls.index(surface.interface.url), len(urls)
        together = _kept_for_writes(context, endpoint)
        own = together * (number + 1) // parts - together * number // parts
        return cls(cap=cap, kept=cap - own, whole=whole, others=others)

    def used_up(self, wanted: str) -> NoReply | None:
        """Why nothing more is asked, if the share is used up."""
        if not self.kept or self.asked < self.cap - self.kept:
            return None
        detail = f"{wanted} was not asked for: the rest of max_refusals ({self.cap}) is kept for {self.others}"
        return NoReply(reason=Reason.BUDGET_EXHAUSTED, detail=detail)

    def with_advice(self, why: NoReply) -> NoReply:
        """Where the refusal budget cut a question off: what would let everything out."""
        if why.reason is not Reason.BUDGET_EXHAUSTED or "max_refusals" not in why.detail:
            return why
        return replace(why, detail=f"{why.detail}{_advice(self.whole, self.cap)}")


class Left:
    """What is left of the refusal budget to the probes that yield to `ocpi-access`, at one endpoint."""

    def __init__(self, context: ProbeContext, endpoint: Endpoint) -> None:
        self._context, self._endpoint = context, endpoint
        self._cap = context.target.limits.max_refusals

    def nothing(self, url: str, wanted: str, kept: Callable[[int], int]) -> NoReply | None:
        """Why a form is not sent: what is left of the refusal budget of its host is `kept` for those who come later."""
        if self._context.gate.refusals_left(url, self._context.target.name) > kept(self._cap):
            return None
        cause = f"what is left of max_refusals ({self._cap}) is kept for other tokens"
        detail = f"{wanted} was not asked for: {cause}{self._all_of_it}"
        return NoReply(reason=Reason.BUDGET_EXHAUSTED, detail=detail)

    @cached_property
    def _all_of_it(self) -> str:
        return _advice(everything(self._context, self._endpoint), self._cap)


def everything(context: ProbeContext, endpoint: Endpoint) -> int:
    """Requests without a valid token that all probes together want to send to the endpoint's host.

    That is what `max_refusals` has to be for nothing to be cut off, as long as no request has to be sent twice.
    """
    host = endpoint.origin.host
    return max(FEWEST, sum(_wanted(context, e) for e in context.target.endpoints if e.origin.host == host))


def enough_for_all(context: ProbeContext) -> bool:
    """True where nobody's question is cut off, whoever asks first.

    What another environment asks of the same host is not known: there it is never enough.
    """
    return all(_enough_for_all(context, endpoint) for endpoint in context.target.endpoints)


def _enough_for_all(context: ProbeContext, endpoint: Endpoint) -> bool:
    gate, where = context.gate, (endpoint.versions_url, context.target.name)
    return not gate.shares_host(*where) and everything(context, endpoint) <= gate.refusals_left(*where)


def _wanted(context: ProbeContext, endpoint: Endpoint) -> int:
    nobody = PER_INTERFACE * len(doors(context, endpoint)) + most_questions(context, endpoint)
    elsewhere = PER_MODULE * len({i.subject for i in discovered(context, endpoint)})
    at_each = (forms(door, "").values() for door in token_doors(context, endpoint))
    almost = sum(ON_ONE_CONNECTION + sum(map(len, kinds)) for kinds in at_each)
    guesses = max(context.target.limits.max_guesses, _OF_TOKENS // 3)
    writes = sum(map(writes_wanted, doors_to_write_at(context, endpoint)))
    return nobody + elsewhere + almost + WORDINGS + 2 * SAMPLES + guesses + writes


def _advice(whole: int, cap: int) -> str:
    """Without a colon: what follows one is told apart as the cause."""
    return f"; with --max-refusals {whole} everything is asked" if whole > cap else ""


def _kept_for_writes(context: ProbeContext, endpoint: Endpoint) -> int:
    """Of `max_refusals`, what is left to writes without a valid token; nothing where the run may not write."""
    whole = sum(map(writes_wanted, doors_to_write_at(context, endpoint)))
    return min(whole, context.target.limits.max_refusals // _PART_OF_WRITES)


def kept_for_tokens(cap: int) -> int:
    """Of `max_refusals`, what is left to forms of tokens and to guesses."""
    return min(_OF_TOKENS, cap // 2) if cap >= _SHARED else 0


def kept_for_guesses(cap: int) -> int:
    """Of that, what is left to guesses."""
    return kept_for_tokens(cap) // 3
