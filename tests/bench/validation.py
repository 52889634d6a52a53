"""Validations per second of whole 2.2.1 objects against pydantic models and JSON Schema made from the same data.

All three judge the same: types, lengths, closed enumerations, formats, required properties. Sound objects, and the same
with one value of a wrong type near the end, where ours names it after having looked twice. The limit is pydantic's
validation of Python objects.
"""

import statistics
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Final, Literal

import pydantic
from jsonschema import Draft4Validator

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.builder import build
from scanner.model.ocpi.json_schema import json_schema
from scanner.model.ocpi.scalar import LENGTHS
from scanner.model.ocpi.specification import Cardinality, PropertyType, specification
from scanner.model.ocpi.validator import validate
from scanner.model.party import Party

VERSION: Final = "2.2.1"
OBJECTS: Final = ("CDR", "Location")
ROUNDS: Final = 5
SECONDS: Final = 0.5  # of one measurement
LIMIT: Final = 1.0  # pydantic's time over ours, at least
_PATTERNS: Final = {
    "string": r"^[^\x00-\x1f\x7f]*$",
    "CiString": r"^[\x20-\x7e]*$",
    "DateTime": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?$",
    "URL": r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$",
}
_PLAIN: Final = {
    "number": Annotated[float, pydantic.Field(strict=True, allow_inf_nan=False)],
    "int": Annotated[int, pydantic.Field(strict=True)],
    "boolean": Annotated[bool, pydantic.Field(strict=True)],
}

Judge = Callable[[JsonValue], list[Any]]


def main() -> int:
    """Measure in turns, and print a table and the ratios; a number is no reason to end with an error."""
    for name in OBJECTS:
        _measure(name)
    return 0


def _measure(name: str) -> None:
    party = Party(country_code="NL", party_id="TNM")
    value = build(VERSION, name, seed="bench", party=party, now=datetime(2026, 3, 14, tzinfo=UTC))
    _compare(f"{name}, sound", _judges(name), value)
    _compare(f"{name}, one value wrong", _judges(name), {**value, "last_updated": 0})


def _compare(what: str, judges: Mapping[str, Judge], value: JsonValue) -> None:
    if len({bool(judge(value)) for judge in judges.values()}) != 1:
        raise ValueError("they do not judge the same")
    rates: dict[str, list[float]] = {who: [] for who in judges}
    for _ in range(ROUNDS):
        for who, judge in judges.items():
            rates[who].append(_rate(judge, value))
    print(f"{VERSION} {what}, every optional property: validations per second")
    for who, found in rates.items():
        print(f"  {who:<12} {statistics.median(found):>10,.0f}")
    for who in ("pydantic", "jsonschema"):
        ratio = statistics.median(ours / theirs for ours, theirs in zip(rates["ours"], rates[who], strict=True))
        print(f"  ours / {who}: {ratio:.2f}" + (_kept(ratio) if who == "pydantic" else ""))


def _kept(ratio: float) -> str:
    return f"; limit {LIMIT} {'kept' if ratio >= LIMIT else 'NOT kept'}"


def _judges(name: str) -> Mapping[str, Judge]:
    schema = Draft4Validator(json_schema(VERSION, name))
    return {
        "ours": lambda value: list(validate(VERSION, name, value)),
        "pydantic": lambda value: _errors(_model(name), value),
        "jsonschema": lambda value: list(schema.iter_errors(value)),
    }


def _errors(model: type[pydantic.BaseModel], value: JsonValue) -> list[Any]:
    try:
        model.model_validate(value)
    except pydantic.ValidationError as error:
        return list(error.errors())
    return []


def _rate(judge: Judge, value: JsonValue) -> float:
    judge(value)
    done, started = 0, time.process_time()
    while (spent := time.process_time() - started) < SECONDS:
        for _ in range(50):
            judge(value)
        done += 50
    return done / spent


@cache
def _model(name: str) -> type[pydantic.BaseModel]:
    fields: dict[str, Any] = {
        key: (_field(kind), ...) if _required(kind) else (_field(kind) | None, None)
        for key, kind in specification(VERSION).classes[name].items()
    }
    return pydantic.create_model(name, **fields)


def _required(kind: PropertyType) -> bool:
    return kind.cardinality in {Cardinality.ONE, Cardinality.SOME}


def _field(kind: PropertyType) -> Any:
    single = _type(kind)
    if kind.cardinality in {Cardinality.ONE, Cardinality.OPTIONAL}:
        return single
    return Annotated[list[single], pydantic.Field(min_length=int(kind.cardinality is Cardinality.SOME))]  # type: ignore[valid-type]


def _type(kind: PropertyType) -> Any:
    known = specification(VERSION)
    if kind.name in known.classes:
        return _model(kind.name)
    if kind.name in known.enums:
        found = known.enums[kind.name]
        return str if found.open else Literal[tuple(found.values)]
    if kind.name in _PLAIN:
        return _PLAIN[kind.name]
    longest = kind.length or LENGTHS.get(kind.name)
    return Annotated[str, pydantic.StringConstraints(max_length=longest, pattern=_PATTERNS[kind.name], strict=True)]


if __name__ == "__main__":
    sys.exit(main())
