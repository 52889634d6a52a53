"""Spells: from the run that first saw a fail to the one that saw it repaired. Not looking neither ends nor begins one.

Times are those at which runs began, so an age is what was observed: the fault may be older, the repair earlier.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from statistics import mean
from typing import Final

from checks.model.verdict import Outcome
from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity

_BAD: Final = frozenset({Outcome.FAIL, Outcome.WAIVED})


class Ending(StrEnum):
    """How a spell stands."""

    OPEN = "open"
    ACCEPTED = "accepted"  # open, under a waiver
    REPAIRED = "repaired"
    NO_LONGER_APPLIES = "no_longer_applies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What one run said of one finding."""

    fingerprint: str
    environment: str
    check: str
    subject: str
    run: str
    at: datetime
    outcome: Outcome
    severity: Severity
    decides: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """One spell of one finding; `last` is its last sighting that judged, `closed` None while it is open."""

    fingerprint: str
    environment: str
    check: str
    subject: str
    severity: Severity
    decides: bool
    opened: datetime
    last: datetime
    closed: datetime | None
    ending: Ending

    def age(self, now: datetime) -> timedelta:
        """From its first sighting to its end, or to now; never negative, whatever clocks say."""
        return max((self.closed or now) - self.opened, timedelta())


@dataclass(frozen=True, slots=True, kw_only=True)
class Repairs:
    """How long repairs took; `mean` None: there was none."""

    count: int
    mean: timedelta | None


def spells(sightings: Iterable[Sighting]) -> Iterator[Spell]:
    """All spells; sightings come grouped by fingerprint, and in the order of time within each."""
    for _, seen in groupby(sightings, key=lambda sighting: sighting.fingerprint):
        yield from _of_one(seen)


def repairs(found: Iterable[Spell]) -> Repairs:
    """Mean time to repair over the spells that were repaired; what no longer applies was not repaired."""
    took = [spell.closed - spell.opened for spell in found if spell.closed and spell.ending is Ending.REPAIRED]
    seconds = [one.total_seconds() for one in took]
    return Repairs(count=len(took), mean=timedelta(seconds=mean(seconds)) if seconds else None)


def _of_one(seen: Iterable[Sighting]) -> Iterator[Spell]:
    spell: Spell | None = None
    for sighting in seen:
        if sighting.outcome in _BAD:
            spell = _goes_on(spell, sighting)
        elif spell is not None and sighting.outcome in {Outcome.PASS, Outcome.NOT_APPLICABLE}:
            ending = Ending.REPAIRED if sighting.outcome is Outcome.PASS else Ending.NO_LONGER_APPLIES
            yield replace(spell, closed=sighting.at, last=sighting.at, ending=ending)
            spell = None
    if spell is not None:
        yield spell


def _goes_on(spell: Spell | None, sighting: Sighting) -> Spell:
    return Spell(
        fingerprint=sighting.fingerprint,
        environment=sighting.environment,
        check=sighting.check,
        subject=sighting.subject,
        severity=sighting.severity,
        decides=sighting.decides,
        opened=spell.opened if spell else sighting.at,
        last=sighting.at,
        closed=None,
        ending=Ending.ACCEPTED if sighting.outcome is Outcome.WAIVED else Ending.OPEN,
    )
