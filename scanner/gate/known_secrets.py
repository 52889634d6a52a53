"""Where in a text a known secret stands, in any form: looked for again and again, while new secrets come one by one."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Final, Self

from scanner.gate.secret_forms import any_word, forms_of, holding_no_other

SHORTEST: Final = 8  # shorter texts occur by chance, and would be masked everywhere
_MOST_ONE_BY_ONE: Final = 12
_MOST_ALIKE: Final = 8
_WORTH_ITS_BEGINNING: Final = 2  # so many forms to a beginning
_TELLING: Final = 5  # so many first characters of a secret, at the end of a text that was cut, are masked


class _Part:
    """Every form of some secrets, in lower case, ready to be looked for; `shortest`: enough to notice any of them."""

    def __init__(self, forms: frozenset[str], shortest: tuple[str, ...], merged: int = 0) -> None:
        self.forms = forms
        self.shortest = shortest
        self.merged = merged
        self._longest = max(map(len, forms), default=0)
        self._beginnings = tuple(sorted({form[:_TELLING] for form in forms}))

    @cached_property
    def _begins(self) -> re.Pattern[str]:
        """Nine texts in ten do not even hold the beginning of a form, which one pattern sees in one go."""
        return re.compile(any_word(self._beginnings))

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """The secrets that are written so."""
        each = [frozenset(form.lower() for form in forms_of(text) if len(form) >= SHORTEST) for text in texts]
        shortest = (form for forms in each for form in holding_no_other(forms))
        return cls(frozenset().union(*each), tuple(shortest))

    @classmethod
    def merging(cls, parts: Sequence["_Part"]) -> Self:
        """The secrets of all of them."""
        forms = frozenset().union(*(part.forms for part in parts))
        return cls(forms, tuple(form for part in parts for form in part.shortest), parts[0].merged + 1)

    def begins_in(self, lower: str) -> bool:
        """See `KnownSecrets.begins_in`."""
        if len(self._beginnings) <= _MOST_ONE_BY_ONE:  # faster than the pattern, which is often never needed then
            return any(map(lower.__contains__, self._beginnings))
        return self._begins.search(lower) is not None

    def in_(self, lower: str) -> bool:
        """See `KnownSecrets.in_`."""
        if len(self.shortest) > _WORTH_ITS_BEGINNING * len(self._beginnings) and not self.begins_in(lower):
            return False
        return any(map(lower.__contains__, self.shortest))  # long words are found faster than their short beginnings

    def touches(self, lower: str) -> bool:
        """See `KnownSecrets.touches`."""
        for start in self._starts(lower):
            string = lower[start : max(lower.find('"', start), start + _TELLING)]
            if any(form.startswith(string) for form in self.forms) or any(form in lower for form in self.shortest):
                return True
        return False

    def cut_off_in(self, text: str) -> int | None:
        """See `KnownSecrets.cut_off_in`."""
        tail = text[-self._longest :].lower()
        for start in self._starts(tail):
            if any(form.startswith(tail[start:]) for form in self.forms):
                return len(text) - len(tail) + start
        return None

    def _starts(self, lower: str) -> Iterator[int]:
        """Where forms may begin, also within the beginning of another one: tokens may share characters."""
        match = self._begins.search(lower) if self.begins_in(lower) else None
        while match is not None:
            yield match.start()
            match = self._begins.search(lower, match.start() + 1)


class KnownSecrets:
    """All that are known. Those that come later make parts of their own; when there are many alike, they become one.

    A registration brings dozens of tokens one after the other; to make one pattern of all forms each time would cost
    more than everything else that it does.
    """

    def __init__(self) -> None:
        self._parts: list[_Part] = []

    def learn(self, texts: Sequence[str]) -> bool:
        """Look for these, too; false where nothing in them is new."""
        part = _Part.of(texts)
        if all(any(form in known.forms for known in self._parts) for form in part.forms):
            return False
        self._parts.append(part)
        while len(alike := [known for known in self._parts if known.merged == self._parts[-1].merged]) >= _MOST_ALIKE:
            self._parts = [*(known for known in self._parts if known not in alike), _Part.merging(alike)]
        return True

    def forms_in(self, written: str) -> list[str]:
        """The forms that stand in the text, those first that may hold others."""
        found = {form for part in self._parts for form in part.forms if form in written}
        return sorted(found, key=lambda form: (-len(form), form))

    def begins_in(self, lower: str) -> bool:
        """True where the first characters of any form stand in the text."""
        return any(part.begins_in(lower) for part in self._parts)

    def in_(self, lower: str) -> bool:
        """True where a whole form stands in the text."""
        return any(part.in_(lower) for part in self._parts)

    def touches(self, lower: str) -> bool:
        """True where a form stands in the JSON text, or one of its strings ends in the beginning of one."""
        return any(part.touches(lower) for part in self._parts)

    def cut_off_in(self, text: str) -> int | None:
        """Where the text ends in the beginning of a form, the index of that beginning."""
        if len(text) < _TELLING:
            return None
        found = [begin for part in self._parts if (begin := part.cut_off_in(text)) is not None]
        return min(found, default=None)
