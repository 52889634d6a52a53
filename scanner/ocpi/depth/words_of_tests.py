"""Words that stand in names and ids of test data."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from scanner.model.json_value import JsonValue

_NAMED: Final = frozenset(
    {"id", "uid", "name", "address", "city", "contract_id", "visual_number", "physical_reference"}
)
_WORD: Final = re.compile(
    r"(?<![a-z])(?:test(?:ing|s)?|dummy|lorem|ipsum|fake|foobar|asdf|qwerty)(?![a-z])", re.IGNORECASE
)
_DEEPEST: Final = 8


def says_test(text: str) -> bool:
    """True where a word of tests stands in a text by itself: `TEST-1` and `test_site`, and not `contest`."""
    return bool(_WORD.search(text))


def words_in(item: JsonValue, pointer: str, depth: int = 0) -> Iterator[str]:
    """Pointers of names and ids that hold such a word."""
    if depth > _DEEPEST:
        return
    if isinstance(item, Mapping):
        for key, value in item.items():
            if isinstance(value, str):
                if key in _NAMED and says_test(value):
                    yield f"{pointer}/{key}"
            else:
                yield from words_in(value, f"{pointer}/{key[:64]}", depth + 1)
    elif isinstance(item, Sequence) and not isinstance(item, str):
        for number, value in enumerate(item):
            yield from words_in(value, f"{pointer}/{number}", depth + 1)
