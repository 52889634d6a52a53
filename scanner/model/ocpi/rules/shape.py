"""Judges of a kind that many rules share."""

import re
from collections.abc import Callable, Iterable, Iterator

from scanner.model.ocpi.rules.read import JsonObject, folded, items, moment, number, text
from scanner.model.ocpi.rules.rule import Judge, Scope


def in_order(first: str, *later: str) -> Judge:
    """The first moment is not after the later one (the first of the names that is there)."""

    def judge(of: JsonObject, _: Scope) -> Iterable[str]:
        begin = moment(of, first)
        for key in later:
            end = moment(of, key)
            if end is not None:
                return (f"/{key}",) if begin is not None and end < begin else ()
        return ()

    return judge


def not_in_future(*keys: str) -> Judge:
    """No moment is later than now and the skew."""

    def judge(of: JsonObject, scope: Scope) -> Iterable[str]:
        return [f"/{key}" for key in keys if (at := moment(of, key)) is not None and at > scope.latest]

    return judge


def not_negative(*keys: str) -> Judge:
    """No number is below zero."""
    return within(0.0, float("inf"), *keys)


def positive(*keys: str) -> Judge:
    """Every number is above zero."""

    def judge(of: JsonObject, _: Scope) -> Iterable[str]:
        return [f"/{key}" for key in keys if (value := number(of, key)) is not None and value <= 0]

    return judge


def within(lowest: float, highest: float, *keys: str) -> Judge:
    """Every number lies in the closed range."""

    def judge(of: JsonObject, _: Scope) -> Iterable[str]:
        found = [(key, number(of, key)) for key in keys]
        return [f"/{key}" for key, value in found if value is not None and not lowest <= value <= highest]

    return judge


def below(*pairs: tuple[str, str]) -> Judge:
    """The first number of each pair is less than the second."""

    def judge(of: JsonObject, _: Scope) -> Iterator[str]:
        for low, high in pairs:
            least, most = number(of, low), number(of, high)
            if least is not None and most is not None and least >= most:
                yield f"/{high}"

    return judge


def of_form(pattern: str, *keys: str, flags: int = 0) -> Judge:
    """Every string matches the whole pattern."""
    matches = re.compile(pattern, flags | re.ASCII).fullmatch
    return that(lambda value: matches(value) is not None, *keys)


def that(holds: Callable[[str], bool], *keys: str) -> Judge:
    """The predicate holds for every string."""

    def judge(of: JsonObject, _: Scope) -> Iterable[str]:
        return [f"/{key}" for key in keys if (value := text(of, key)) is not None and not holds(value)]

    return judge


def https(*keys: str) -> Judge:
    """Every URL is an https one; the scheme is read in any case (RFC 3986, 3.1)."""
    return that(lambda value: value[:8].lower() == "https://", *keys)


def distinct(key: str, *names: str) -> Judge:
    """No two objects of the list `key` share the properties `names`, compared as CiStrings."""

    def judge(of: JsonObject, _: Scope) -> Iterator[str]:
        seen: set[tuple[str, ...]] = set()
        for pointer, item in items(of, key):
            named = [text(item, name) for name in names]
            identity = tuple(folded(value) for value in named if value is not None)
            if len(identity) == len(names):
                if identity in seen:
                    yield f"{pointer}/{names[0]}"
                seen.add(identity)

    return judge
