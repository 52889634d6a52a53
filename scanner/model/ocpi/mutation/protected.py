"""Properties that say who owns an object and how old it is, against what path, token and time say."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.mutation.circumstances import Change, Circumstances, stamp
from scanner.model.ocpi.mutation.mutant import Expectation, Family, Rule, Source
from scanner.model.ocpi.mutation.place import Place
from scanner.model.ocpi.mutation.template import encoded

_YEAR: Final = timedelta(days=365)
_ID_IN_URL: Final[Mapping[str, str]] = {
    "Location": "id",
    "EVSE": "uid",
    "Connector": "id",
    "Session": "id",
    "Tariff": "id",
    "Token": "uid",
    "InvoiceReconciliationRecord": "id",
}
_OWNER: Final = Source("transport_and_format, Client Owned Object Push", "who owns an object is in its URL and token")
_ID: Final = Source("transport_and_format, Errors", "another id than the URL's: status code 2001 is advised")
_AGE: Final = Source("object tables of the modules, last_updated", "an older state does not replace a newer one")
_AHEAD: Final = Source("object tables of the modules, last_updated", "no change has happened in the future")
_NEWER: Final = Source("object tables of the modules, last_updated", "a later change is what a PUT is for")


def _rule(name: str, expectation: Expectation, source: Source, says: str, *, poisons: bool = False) -> Rule:
    return Rule(name=name, family=Family.PROTECTED, expectation=expectation, source=source, says=says, poisons=poisons)


_NOT: Final = Expectation.MUST_NOT_CHANGE
COUNTRY: Final = _rule("other-country", _NOT, _OWNER, "is the country of a party that does not exist")
PARTY: Final = _rule("other-party", _NOT, _OWNER, "is a party that does not exist")
OTHER_ID: Final = _rule("other-id-than-url", _NOT, _ID, "is another id than the one in the URL")
OLDER: Final = _rule("last-updated-older", _NOT, _AGE, "is a year older than the state before")
NEWER: Final = _rule("last-updated-newer", Expectation.MAY_EITHER, _NEWER, "is a second newer than the state before")
AHEAD: Final = _rule("last-updated-ahead", _NOT, _AHEAD, "is a year in the future", poisons=True)
RULES: Final = (COUNTRY, PARTY, OTHER_ID, OLDER, NEWER, AHEAD)


def changes(place: Place, around: Circumstances) -> Iterator[Change]:
    """Only for properties of the object itself: those inside it belong to other objects."""
    if place.item or place.pointer.count("/") != 1:
        return
    if place.key == "country_code":
        yield COUNTRY, encoded(_unlike(place.value, "ZZ", "XX"))
    elif place.key == "party_id":
        yield PARTY, encoded(_unlike(place.value, "ZZZ", "XXX"))
    elif place.key == _ID_IN_URL.get(place.owner):
        yield OTHER_ID, encoded(f"other-{around.tag}")
    elif place.key == "last_updated":
        yield from _ages(place.value, around)


def _unlike(value: JsonValue, first: str, second: str) -> str:
    return second if str(value).upper() == first else first


def _ages(value: JsonValue, around: Circumstances) -> Iterator[Change]:
    try:
        before = datetime.fromisoformat(str(value).removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError:
        return
    yield OLDER, encoded(stamp(before - _YEAR))
    yield NEWER, encoded(stamp(before + timedelta(seconds=1)))
    yield AHEAD, encoded(stamp(around.now + _YEAR))
