"""What the objects of one call have in common: version, owner, time, and one source of chance."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.builder.country import Country
from scanner.model.ocpi.specification import Cardinality, specification
from scanner.model.party import Party

JsonObject = dict[str, JsonValue]

MARK: Final = "POSTURE"  # every id begins with it: throw-away objects are known for what they are
SITE: Final = "https://posture.invalid"  # RFC 2606: resolves nowhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`full`: with every optional property. `now` is in UTC; `chance` gives the same for the same seed."""

    version: str
    party: Party
    country: Country
    now: datetime
    full: bool
    chance: Random

    def since(self, version: str) -> bool:
        """True for this version of OCPI and later ones."""
        return self.version >= version  # each number has one digit

    def id(self) -> str:
        """A new id of 20 characters that is valid in a URL, in a CiString and in an EVSE id."""
        return f"{MARK}-{self.chance.getrandbits(48):012X}"

    def at(self, **after: float) -> str:
        """The moment some time after now (before it where negative), in whole seconds: `minutes=-5`."""
        return stamp(self.now + timedelta(**after))

    def owner(self) -> JsonObject:
        """The properties by which an object names its owner."""
        return {"country_code": self.party.country_code, "party_id": self.party.party_id}

    def text(self, words: str) -> JsonObject:
        """A DisplayText in the language of the country."""
        return {"language": self.country.language, "text": words}

    def shaped(self, name: str, values: Mapping[str, JsonValue], *keep: str) -> JsonObject:
        """The properties that the class has in this version, in its order; optional ones if `full`, or in `keep`.

        A value for a property that the version does not have is left out: builders know all versions at once.

        Raises: KeyError where a required property has no value: the builder is wrong.
        """
        chosen: JsonObject = {}
        for key, required in _shape(self.version, name):
            if required or ((self.full or key in keep) and key in values):
                chosen[key] = values[key]
        return chosen


@cache
def _shape(version: str, name: str) -> tuple[tuple[str, bool], ...]:
    properties = specification(version).classes[name]
    needed = {Cardinality.ONE, Cardinality.SOME}
    return tuple((key, kind.cardinality in needed) for key, kind in properties.items())


def stamp(moment: datetime) -> str:
    """A DateTime of OCPI in whole seconds."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")[:19] + "Z"
