"""The shape of a credentials token: what can be said of it without saying what it is."""

from enum import StrEnum

from scanner.model.late_dataclass import dataclass

OtherToken = tuple[str, str]
"""Environment and identity, by name."""


class Alphabet(StrEnum):
    """The smallest class that holds every character of a token."""

    DIGITS = "digits"
    HEX = "hexadecimal digits"
    ONE_CASE = "letters of one case"
    LETTERS = "letters"
    ONE_CASE_AND_DIGITS = "letters of one case and digits"
    ALPHANUMERIC = "letters and digits"
    BASE64 = "letters, digits and -_+/="
    PRINTABLE = "printable ASCII"
    OTHER = "other characters"


class Likeness(StrEnum):
    """What a token looks like."""

    UUID_V1 = "UUID version 1"
    UUID_V4 = "UUID version 4"
    UUID = "UUID of another version"
    HEX = "hexadecimal"
    BASE64 = "Base64"
    JWT = "JWT"
    WORDS = "words"
    RUN = "run of neighbouring characters"
    REPEATED = "repeated pattern"
    TIME = "a text with a time in it"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenShape:
    """The present token of one identity.

    `entropy_bits` is an upper bound, estimated from the form: characters that could be any of the alphabet count in
    full; words, runs, repetitions, times and the fixed and timed parts of a UUID count little. `compared_with`: every
    other identity of the run. `same_as`: identities that hold
    the very same token, in any environment. `alike`: those whose token is the same for at least half of its length, at
    its beginning or its end. `in_sequence_with`: those whose token differs by a small number only.
    `printable_ascii` and `at_most_64`: as OCPI asks of credentials tokens (2.2.1 credentials object, `string(64)`).
    """

    identity: str
    length: int
    alphabet: Alphabet
    entropy_bits: float
    looks_like: tuple[Likeness, ...]
    printable_ascii: bool
    at_most_64: bool
    compared_with: tuple[OtherToken, ...] = ()
    same_as: tuple[OtherToken, ...] = ()
    alike: tuple[OtherToken, ...] = ()
    in_sequence_with: tuple[OtherToken, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSequence:
    """The tokens that the registrations of this run brought to one identity, in the order in which they came.

    `repeated`: those that the identity had had before. `alike` and `in_sequence`: different ones that follow each other
    and have half of their length in common, or differ by a small number only. `entropy_bits` and `shortest` are those
    of the weakest; see `TokenShape`.
    """

    given: int
    repeated: int
    alike: int
    in_sequence: int
    shortest: int
    entropy_bits: float
    printable_ascii: bool
    at_most_64: bool


class Standing(StrEnum):
    """What a credentials token is to us."""

    PRESENT = "present token"
    FORMER = "former token"
    FOR_THE_PARTNER = "token for the partner"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownToken:
    """A token that this run knows: whose it is."""

    environment: str
    identity: str
    standing: Standing
