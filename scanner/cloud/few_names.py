"""Many names in a few words, for sentences."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

_SHOWN: Final = 5


def few_names(names: Iterable[str] | Mapping[str, int]) -> str:
    """The first five in alphabetical order, those that come several times with their number, and how many more.

    A mapping gives each name with its number.
    """
    counts = Counter(names)
    said = [f"{name} ({count})" if count > 1 else name for name, count in sorted(counts.items())]
    more = f" and {len(said) - _SHOWN} more" if len(said) > _SHOWN else ""
    return ", ".join(said[:_SHOWN]) + more
