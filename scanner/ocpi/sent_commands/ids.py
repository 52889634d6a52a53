"""What tells one `response_url` from the next, and whether somebody could guess it."""

import re
from collections.abc import Sequence
from itertools import pairwise, zip_longest
from typing import Final

from scanner.gate.token_shapes import sequence
from scanner.gate.token_strength import entropy_bits
from scanner.model.facts.ocpi.sent_commands import ResultIds
from scanner.model.secret import Secret

_BETWEEN: Final = re.compile(r"[/?&=#;]")


def ids_of(urls: Sequence[str]) -> ResultIds:
    """Of URLs in the order in which they came."""
    ids = _changing(urls)
    chance = _behind_what_stays(ids)
    # a number by itself follows on nothing: it takes something round it that stays
    given = [Secret(f"/{text}/") for text in ids]
    return ResultIds(
        seen=len(urls),
        repeated=sum(url in urls[:number] for number, url in enumerate(urls)),
        in_sequence=sequence(given, 0).in_sequence,
        entropy_bits=round(min(map(entropy_bits, chance), default=0.0), 1),
    )


def _behind_what_stays(ids: Sequence[str]) -> list[str]:
    """Of each what stands behind the characters that all begin with; of one, or where all are the same, all of it."""
    if len(set(ids)) <= 1:
        return list(ids)
    stays = next(number for number, column in enumerate(zip_longest(*ids)) if len(set(column)) > 1)
    return [text[stays:] for text in ids]


def _changing(urls: Sequence[str]) -> list[str]:
    """The part of each that changes most: of one, or where none changes, the part with the most chance in it."""
    parts = [_BETWEEN.split(url) for url in urls]
    columns = [list(column) for column in zip(*parts, strict=False)]
    changing = [column for column in columns if any(one != other for one, other in pairwise(column))]
    return max(changing or columns, key=_worth, default=[])


def _worth(column: Sequence[str]) -> tuple[int, float]:
    return len(set(column)), min(map(entropy_bits, column))
