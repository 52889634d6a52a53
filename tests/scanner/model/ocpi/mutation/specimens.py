"""Valid objects to mutate, and mutants decoded as a strict receiver would."""

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.builder import build
from scanner.model.ocpi.mutation.mutant import Family, Mutant
from scanner.model.ocpi.mutation.mutants import mutants
from scanner.model.ocpi.specification import VERSIONS, specification
from scanner.model.party import Party

NOW: Final = datetime(2026, 11, 21, 6, tzinfo=UTC)
SEED: Final = "specimen"
_BODIES: Final = (  # of functional modules, which have no object of their own, and answers of a hostile partner
    "StartSession",
    "ReserveNow",
    "CommandResult",
    "SetChargingProfile",
    "ActiveChargingProfileResult",
    "CommandResponse",
    "VersionDetails",
)
MESSAGES: Final = tuple(
    (version, name)
    for version in VERSIONS
    for name in (
        *(module.object for module in specification(version).modules.values() if module.object),
        *(name for name in _BODIES if name in specification(version).classes),
    )
)


@cache
def valid(version: str, class_name: str) -> dict[str, JsonValue]:
    return build(version, class_name, seed=SEED, party=Party(country_code="NL", party_id="TST"), now=NOW)


def made(version: str, class_name: str, *families: Family, seed: str = SEED) -> list[Mutant]:
    wanted = frozenset(families) or None
    return list(
        mutants(version, class_name, valid(version, class_name), seed=seed, now=NOW, families=wanted, largest=10_000)
    )


def decoded(body: bytes) -> Any:
    """The JSON of a message.

    Raises: ValueError for what is no JSON in UTF-8 to any parser of this language, RecursionError where too deep.
    """
    return json.loads(body.decode("utf-8"))
