"""Callers without a valid token: nobody, a stranger, other schemes. All values are made up for the run."""

import base64
import random
from collections.abc import Mapping
from typing import Final

from scanner.model.facts.ocpi.access import (
    AccessObserved,
    AccessWithEmptyToken,
    AccessWithOtherScheme,
    AccessWithoutToken,
    AccessWithQueryToken,
    AccessWithWrongToken,
)
from scanner.model.intent import Credential, MadeUpCredential
from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One way to ask without a valid token: the fact that it fills, the header value, and what goes into the query."""

    fact: type[AccessObserved]
    said: str
    credential: Credential
    query: Mapping[str, str]


# The most telling first: where the refusal budget ends, the rest is recorded as not looked at.
ORDER: Final[tuple[type[AccessObserved], ...]] = (
    AccessWithoutToken,
    AccessWithWrongToken,
    AccessWithQueryToken,
    AccessWithOtherScheme,
    AccessWithEmptyToken,
)
PER_INTERFACE: Final = len(ORDER)


def attempts(seed: int, number: int) -> dict[type[AccessObserved], Attempt]:
    """The attempts at the interface with this number; Bearer and Basic take turns, which halves the refusals."""
    made_up = f"made-up-{random.Random(seed).getrandbits(128):032x}"  # noqa: S311 - opens nothing, so it may be guessed
    encoded = base64.b64encode(made_up.encode()).decode()
    basic = base64.b64encode(f"made-up-user:{made_up}".encode()).decode()
    other = f"Bearer {made_up}" if number % 2 == 0 else f"Basic {basic}"
    values = {
        AccessWithoutToken: ("no token", None),
        AccessWithWrongToken: ("a wrong token", f"Token {encoded}"),
        AccessWithEmptyToken: ("an empty token", "Token "),
        AccessWithOtherScheme: (f"the scheme {other.partition(' ')[0]}", other),
        AccessWithQueryToken: ("a made-up token in the query", None),
    }
    return {
        fact: Attempt(
            fact=fact,
            said=said,
            credential=MadeUpCredential(header_value=value) if value else None,
            query={"token": made_up} if fact is AccessWithQueryToken else {},
        )
        for fact, (said, value) in values.items()
    }
