"""A small dictionary of credentials tokens that nobody should have: defaults, names, dates, sequences.

Derived from what everybody knows: the parties that are configured, the host name, the day. In rounds over the kinds, so
that a few guesses already have something of each.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain, islice, zip_longest
from typing import Final

from scanner.model.late_dataclass import dataclass
from scanner.model.party import Party

_LEAST: Final = 3  # characters
_DEFAULTS: Final = (
    "test", "token", "secret", "admin", "ocpi", "password", "changeme", "default", "demo", "example", "credentials",
    "tokena", "token_a", "CREDENTIALS_TOKEN_A", "apikey", "partner", "testtoken", "test-token", "ocpi-token", "root",
    "guest", "letmein", "charging", "roaming", "bootstrap", "initial", "dev", "staging", "production", "api",
    "my-token", "secret-token", "super-secret", "undefined", "null", "None", "true", "emsp", "cpo", "hub",
)  # fmt: skip
_SEQUENCES: Final = (
    "123", "1234", "12345", "123456", "12345678", "123456789", "1234567890", "000000", "111111", "00000000",
    "0123456789abcdef", "abc123", "abcdef", "abcdefgh", "aaaaaaaa", "deadbeef",
    "00000000-0000-0000-0000-000000000000", "11111111-1111-1111-1111-111111111111",
    "00000000-0000-0000-0000-000000000001", "12345678-1234-1234-1234-123456789012",
)  # fmt: skip
_DAYS: Final = 12
_SUFFIXES: Final = ("", "token", "-token", "123", "1", "-test")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """One guess, and what kind it is of: only that is ever told."""

    text: str
    kind: str


def guesses(parties: Iterable[Party], host: str, now: datetime) -> tuple[Guess, ...]:
    """The dictionary: each text once, the kinds taking turns."""
    columns = (
        [Guess(text=text, kind="a default") for text in _DEFAULTS],
        [Guess(text=text, kind="a party id") for text in _of_parties(parties)],
        [Guess(text=text, kind="a sequence") for text in _SEQUENCES],
        [Guess(text=text, kind="a date") for text in _dates(now)],
        [Guess(text=text, kind="a host name") for text in _of_host(host)],
    )
    mixed = chain.from_iterable(zip_longest(*columns))
    once = {guess.text: guess for guess in mixed if guess is not None and len(guess.text) >= _LEAST}
    return tuple(once.values())


def _of_parties(parties: Iterable[Party]) -> Iterator[str]:
    for party in parties:
        for name in (f"{party.country_code}{party.party_id}", str(party), party.party_id):
            yield name
            yield from (f"{name.lower()}{suffix}" for suffix in _SUFFIXES)


def _of_host(host: str) -> Iterator[str]:
    labels = host.split(".")
    yield host
    yield from islice((label for label in labels if not label.isdigit()), 3)


def _dates(now: datetime) -> Iterator[str]:
    yield from (str(year) for year in range(now.year, now.year - 4, -1))
    for back in range(_DAYS):
        day = now - timedelta(days=back)
        yield f"{day:%Y%m%d}"
        yield f"{day:%Y-%m-%d}"
    yield f"{int(now.timestamp())}"
