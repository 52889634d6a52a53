"""Other objects that a rule may hold an object against: all optional; what is not given is not judged."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import timedelta

from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.rules.read import JsonObject, folded

Key = tuple[str, ...]  # country code, party id, id: folded; the first two are empty in 2.1.1, whose objects have none
Index = Mapping[Key, JsonObject]
SKEW = timedelta(minutes=5)  # clocks of two platforms differ; beyond it, a timestamp lies in the future


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleContext:
    """Objects by `key_of`, and who owns or sends the object that is judged.

    `owner`: country code and party id in the URL of the object. `senders`: the parties that the sender speaks for.
    `previous`: the same object as it was before. The indices may be any mapping, a database included.
    """

    owner: tuple[str, str] | None = None
    senders: frozenset[tuple[str, str]] | None = None
    previous: JsonObject | None = None
    cdrs: Index = field(default_factory=dict)
    sessions: Index = field(default_factory=dict)
    locations: Index = field(default_factory=dict)
    tokens: Index = field(default_factory=dict)  # by uid
    skew: timedelta = SKEW


def key_of(owned: JsonObject, id: JsonValue) -> Key | None:
    """The key of an object that has the same owner as `owned`; None where the id is no string.

    CiStrings name the same thing in any case (types, CiString).
    """
    if not isinstance(id, str):
        return None
    owner = (owned.get("country_code"), owned.get("party_id"))
    return (*(folded(part) if isinstance(part, str) else "" for part in owner), folded(id))


def index(objects: Iterable[JsonObject], *, by: str = "id") -> dict[Key, JsonObject]:
    """Objects by owner and id; the last one wins."""
    keyed = ((key_of(found, found.get(by)), found) for found in objects)
    return {key: found for key, found in keyed if key is not None}
