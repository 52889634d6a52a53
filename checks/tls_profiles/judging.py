"""How a check gets the profile that its server is judged by."""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from checks.model.check import Case, Judge, Need
from checks.model.verdict import Verdict
from checks.tls_profiles.profile import ProfileError, TlsProfile, profile_named
from scanner.model.facts.tls import DEFAULT_TLS_PROFILE, TlsProfileChosen

F = TypeVar("F")

PROFILE: Final = Need(fact=TlsProfileChosen, required=False)


def by_profile(judge: Callable[[Case[F], TlsProfile], Iterable[Verdict]]) -> Judge[F]:
    """A check function that is also handed the chosen profile (join `PROFILE`); an unknown one judges nothing."""

    def judged(case: Case[F]) -> Iterable[Verdict]:
        chosen = next((s.fact.name for s in case.all(TlsProfileChosen)), DEFAULT_TLS_PROFILE)
        try:
            profile = profile_named(chosen)
        except ProfileError as error:
            return (case.inconclusive(str(error)),)
        return judge(case, profile)

    return judged


def listed(items: Iterable[str], most: int = 6) -> str:
    """The first few of many, each once, and how many more there are."""
    distinct = tuple(dict.fromkeys(items))
    rest = f" and {len(distinct) - most} more" if len(distinct) > most else ""
    return ", ".join(distinct[:most]) + rest
