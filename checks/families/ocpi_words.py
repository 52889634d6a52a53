"""Phrases and subjects that the OCPI families share."""

from collections.abc import Iterable
from typing import Any, Final

from checks.model.check import Case, Sighting
from scanner.model.subject import EndpointSubject, Subject

BY_PLATFORM: Final = ("endpoint",)
_MOST_NAMED: Final = 4


def listed(items: Iterable[str]) -> str:
    """The first few, sorted, each once, and how many more there are."""
    named = sorted(set(items))
    more = len(named) - _MOST_NAMED
    return ", ".join(named[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def where(sighting: Sighting[Any]) -> str:
    """Version, module and side of a sighting, without the endpoint's name."""
    at = sighting.subject.coordinates()
    named = (at.get(name) for name in ("version", "module", "side"))
    return " ".join(word for word in named if word)


def platform(case: Case[Any]) -> Subject:
    """The platform that all sightings of a case belong to."""
    at = case.drivers[0].subject.coordinates()
    name = at.get("endpoint")
    return EndpointSubject(environment=at["environment"], endpoint=name) if name else case.subject
