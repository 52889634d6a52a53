"""Objects that may be thrown away: valid, of a party of ours, under ids that nobody has."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.specification import specification
from scanner.model.party import Party
from scanner.ocpi.writing.valid import valid_object
from scanner.probe import ProbeContext

_DIGITS: Final = 10
_IN_THE_PAST: Final = timedelta(hours=12)
JsonObject = dict[str, JsonValue]


def object_id(context: ProbeContext, purpose: str) -> str:
    """An id of this run and purpose, at most 18 characters long."""
    return _made_up(f"{context.seed}/{context.now.isoformat()}/{purpose}")


def unknown_id(context: ProbeContext, purpose: str) -> str:
    """An id that nothing has, in any run."""
    return _made_up(f"{context.seed}/nothing/{purpose}")


def _made_up(seed: str) -> str:
    chance = Random(seed)  # noqa: S311 - names no secret
    return f"POSTURE-{chance.getrandbits(4 * _DIGITS):0{_DIGITS}X}"


class Objects:
    """The objects of one door: each is a second newer than the one before, and all of them are in the past.

    `emsp`: whose driver a session or CDR is for, where the platform says which eMSP it has. `full`: with all optional
    properties; some platforms refuse those, whoever sends them.
    """

    def __init__(self, context: ProbeContext, version: str, purpose: str, emsp: Party | None) -> None:
        self._version = version
        self._seed = f"{context.seed}/{purpose}"
        self._now = context.now
        self._at: datetime = context.now - _IN_THE_PAST
        self._emsp = emsp
        self.full = True

    def made(self, class_name: str, party: Party, identifier: str) -> JsonObject:
        """A whole, valid object of that party under that id."""
        dated = "last_updated" in specification(self._version).classes[class_name]
        return valid_object(
            self._version,
            class_name,
            identifier,
            party=party,
            emsp=self._emsp,
            seed=self._seed,
            stamp=self.stamp() if dated else None,
            now=self._at,
            full=self.full,
        )

    def stamp(self) -> str:
        """A DateTime (types, DateTime), newer than the one before."""
        self._at += timedelta(seconds=1)
        return self._at.strftime("%Y-%m-%dT%H:%M:%SZ")

    def newer(self, part: Mapping[str, JsonValue]) -> JsonObject:
        """A part of an object, changed now."""
        return {**part, "last_updated": self.stamp()}


def as_bytes(document: JsonValue) -> bytes:
    """A document as it is sent."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
