"""The shapes of the tokens in the vault, and what they have to do with each other."""

import re
from collections.abc import Sequence
from itertools import pairwise, takewhile
from typing import Final

from scanner.gate.token_strength import alphabet_of, entropy_bits, likenesses
from scanner.gate.vault import TokenVault
from scanner.model.secret import Secret
from scanner.model.token_shape import OtherToken, TokenSequence, TokenShape

_LONGEST: Final = 64  # OCPI 2.2.1 credentials object, string(64)
_NUMBER: Final = re.compile(r"[0-9]{1,9}|[0-9a-fA-F]{1,8}")
_NEAR: Final = 1000


def shapes_of(vault: TokenVault, environment: str) -> tuple[TokenShape, ...]:
    """One shape for each identity of the environment; compared with every identity of the run."""
    tokens = dict(vault.present_tokens())
    return tuple(_shape(key, token, tokens) for key, token in tokens.items() if key[0] == environment)


def sequence_of(vault: TokenVault, environment: str, identity: str) -> TokenSequence:
    """What the registrations of this run brought to one identity; zeros where they brought nothing."""
    return sequence(*vault.given(environment, identity))


def offers_of(vault: TokenVault, environment: str, identity: str) -> TokenSequence:
    """What the platform offered to one identity, in registrations that it started."""
    return sequence(*vault.offers(environment, identity))


def sequence(given: Sequence[Secret], repeated: int) -> TokenSequence:
    """What secrets have to do with each other that came one after the other."""
    tokens = [token.reveal() for token in given]
    following = [(one, other) for one, other in pairwise(tokens) if one != other]
    return TokenSequence(
        given=len(tokens),
        repeated=repeated,
        alike=sum(_alike(one, other) for one, other in following),
        in_sequence=sum(_neighbours(one, other) for one, other in following),
        shortest=min(map(len, tokens), default=0),
        entropy_bits=round(min(map(entropy_bits, tokens), default=0.0), 1),
        printable_ascii=all(token.isascii() and token.isprintable() for token in tokens),
        at_most_64=all(len(token) <= _LONGEST for token in tokens),
    )


def _shape(key: OtherToken, secret: Secret, tokens: dict[OtherToken, Secret]) -> TokenShape:
    token = secret.reveal()
    others = {other: held for other, held in tokens.items() if other != key}
    different = {other: held.reveal() for other, held in others.items() if held != secret}
    return TokenShape(
        identity=key[1],
        length=len(token),
        alphabet=alphabet_of(token),
        entropy_bits=round(entropy_bits(token), 1),
        looks_like=likenesses(token),
        printable_ascii=token.isascii() and token.isprintable(),
        at_most_64=len(token) <= _LONGEST,
        compared_with=tuple(others),
        same_as=tuple(other for other, held in others.items() if held == secret),
        alike=tuple(other for other, text in different.items() if _alike(token, text)),
        in_sequence_with=tuple(other for other, text in different.items() if _neighbours(token, text)),
    )


def _alike(one: str, other: str) -> bool:
    before, after = _common(one, other)
    return max(before, after) * 2 >= min(len(one), len(other))


def _neighbours(one: str, other: str) -> bool:
    """True where both are the same but for a number, and the two numbers are near each other."""
    before, after = _common(one, other)
    while before and one[before - 1].isdigit():  # 199 and 200 differ in all of their digits
        before -= 1
    after = min(after, len(one) - before, len(other) - before)
    while after and one[-after].isdigit():
        after -= 1
    parts = [text[before : len(text) - after] for text in (one, other)]
    if not all(_NUMBER.fullmatch(part) for part in parts) or not before + after:
        return False
    base = 10 if all(part.isdigit() for part in parts) else 16
    return abs(int(parts[0], base) - int(parts[1], base)) <= _NEAR


def _common(one: str, other: str) -> tuple[int, int]:
    """How many characters are the same at the beginning, and, of the rest, at the end."""
    before = _same_at_first(one, other)
    return before, _same_at_first(one[before:][::-1], other[before:][::-1])


def _same_at_first(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
