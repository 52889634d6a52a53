"""How doors answer callers: with a valid token, without one, and with one that is wrong or misplaced."""

from scanner.model.facts.ocpi.answer import Answer
from scanner.model.facts.ocpi.disclosure import Leak
from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessObserved:
    """How one endpoint answered one kind of caller; `leaks` as in `ErrorAnswer`."""

    answers: tuple[Answer, ...]
    leaks: tuple[Leak, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessWithToken(AccessObserved):
    """With a valid token: the positive control of the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessWithoutToken(AccessObserved):
    """Without an Authorization header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessWithWrongToken(AccessObserved):
    """With a token that was made up for this run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessWithEmptyToken(AccessObserved):
    """With `Authorization: Token` and nothing behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessWithOtherScheme(AccessObserved):
    """With Bearer or Basic and a made-up value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessWithQueryToken(AccessObserved):
    """Without an Authorization header, and with a made-up token in the query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessWithTokenUnderBearer(AccessObserved):
    """With a valid token, under the scheme Bearer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessWithTokenInQuery(AccessObserved):
    """Without an Authorization header, and with the valid token of a disposable identity in the query."""
