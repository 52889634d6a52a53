"""Counts of how mutants were treated, by property path and rule: bounded however many are sent."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

import msgspec

from scanner.model.facts.ocpi.mutation import MutantExample, MutantGroup, Treated, Treatment
from scanner.model.json_value import JsonValue
from scanner.model.ocpi.mutation.mutant import Expectation, Tell, tell
from scanner.ocpi.mutation.tried import Tried
from scanner.ocpi.repeat import repeat_line

_REFUSED: Final = frozenset({Treatment.REFUSED})
_ALLOWED: Final = _REFUSED | {
    Treatment.IGNORED,
    Treatment.LEFT_OUT,
    Treatment.KEPT,
    Treatment.PUT_RIGHT,
    Treatment.STORED,
    Treatment.UNREAD,
}
_LONGEST_CURL: Final = 4000  # characters; a longer message is found by its id


class Tally:
    """One surface. Of each rule and treatment one example keeps a command that repeats it."""

    def __init__(self) -> None:
        self._groups: dict[Tell, MutantGroup] = {}
        self._with_curl: set[tuple[str, Treatment]] = set()

    def add(self, one: Tried) -> bool:
        """Count a mutant; True where its exchange is worth keeping.

        That is the first of its rule that was treated so, unless it was treated as OCPI wants it, or allows.
        """
        mutant, where = one.mutant, tell(one.mutant)
        group = self._groups.get(where) or MutantGroup(
            path=where.path,
            rule=mutant.rule,
            family=mutant.family,
            expectation=mutant.expectation,
            treated=(),
        )
        first = (mutant.rule, one.treatment) not in self._with_curl
        self._with_curl.add((mutant.rule, one.treatment))
        self._groups[where] = replace(group, treated=_counted(group.treated, one, with_curl=first))
        allowed = _ALLOWED if mutant.expectation is Expectation.MAY_EITHER else _REFUSED
        return first and one.treatment not in allowed

    def show_smallest(self, one: Tried, first: str) -> None:
        """Put a smaller message into the examples that show the mutant `first`."""
        for where, group in self._groups.items():
            if any(t.example.mutant == first for t in group.treated):  # of thousands, one
                treated = tuple(_smaller(t, one) if t.example.mutant == first else t for t in group.treated)
                self._groups[where] = replace(group, treated=treated)

    @property
    def sent(self) -> int:
        """How many were counted."""
        return sum(treated.times for group in self._groups.values() for treated in group.treated)

    def groups(self) -> tuple[MutantGroup, ...]:
        """Everything counted, in the order in which it was first met."""
        return tuple(self._groups.values())

    def to_json(self) -> JsonValue:
        """For a checkpoint."""
        document: JsonValue = msgspec.to_builtins(self.groups())  # pydantic takes 0.2 s to know the type
        return document

    @classmethod
    def from_json(cls, document: JsonValue) -> "Tally":
        """What a checkpoint kept."""
        tally = cls()
        for group in msgspec.convert(document, tuple[MutantGroup, ...]):
            tally._groups[Tell(group.path, group.rule)] = group
            tally._with_curl |= {(group.rule, treated.treatment) for treated in group.treated}
        return tally


def _counted(treated: Iterable[Treated], one: Tried, *, with_curl: bool) -> tuple[Treated, ...]:
    by_treatment: Mapping[Treatment, Treated] = {t.treatment: t for t in treated}
    known = by_treatment.get(one.treatment)
    counted = replace(known, times=known.times + 1) if known else _first(one, with_curl=with_curl)
    return tuple({**by_treatment, one.treatment: counted}.values())


def _smaller(treated: Treated, one: Tried) -> Treated:
    """Where no answer came, the message stands with the id and date that mutants are made with."""
    sent = one.exchange.request_body if one.exchange else one.mutant.body
    curl = repeat_line(one.exchange) if one.exchange else ""
    body = (sent or b"").decode(errors="replace")
    if treated.treatment is not one.treatment or len(body) > _LONGEST_CURL or len(curl) > _LONGEST_CURL:
        return treated
    return replace(treated, example=replace(treated.example, smallest=body, curl=curl))


def _first(one: Tried, *, with_curl: bool) -> Treated:
    curl = repeat_line(one.exchange) if one.exchange and with_curl and one.treatment is not Treatment.REFUSED else ""
    example = MutantExample(
        mutant=one.mutant.id,
        says=one.mutant.says,
        http_status=one.reaction.http_status,
        ocpi_status=one.reaction.ocpi_status,
        curl=curl if len(curl) <= _LONGEST_CURL else "",
    )
    return Treated(treatment=one.treatment, times=1, example=example)
