"""Objects that may be thrown away: valid, of a party of ours, under ids that nobody has."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.builder import build
from scanner.model.ocpi.specification import specification
from scanner.model.party import Party
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

    `emsp`: whose driver a session or CDR is for, where the platform says which eMSP it has.
    """

    def __init__(self, context: ProbeContext, version: str, purpose: str, emsp: Party | None) -> None:
        self._version = version
        self._seed = f"{context.seed}/{purpose}"
        self._now = context.now
        self._at: datetime = context.now - _IN_THE_PAST
        self._emsp = emsp

    def made(self, class_name: str, party: Party, identifier: str) -> JsonObject:
        """A whole, valid object of that party under that id."""
        properties = specification(self._version).classes[class_name]
        own: dict[str, JsonValue] = {}
        for name in ("uid", "id") if class_name in {"Token", "EVSE"} else ("id",):
            if name in properties:
                own[name] = identifier
                break
        if "last_updated" in properties:
            own["last_updated"] = self.stamp()
        if class_name == "Token":
            own["type"] = "RFID"  # what a path without a type means
        if self._emsp is not None and "cdr_token" in properties:
            own["cdr_token"] = build(self._version, "CdrToken", seed=self._seed, party=self._emsp, now=self._at)
        if class_name == "Session":
            own["status"] = "ACTIVE"  # one that is over is not changed any more
        built = build(self._version, class_name, seed=self._seed, party=party, now=self._at, full=True, **own)
        if class_name == "Session":
            built.pop("end_date_time", None)
            built.pop("end_datetime", None)  # its name in 2.1.1
        return built

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
