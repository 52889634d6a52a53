"""Rules on EVSEs and their ids."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from scanner.model.ocpi.rules.location import newest_of
from scanner.model.ocpi.rules.read import JsonObject, folded, items, text
from scanner.model.ocpi.rules.rule import EVERY, SINCE_2_2, Basis, Scope, SemanticRule
from scanner.model.ocpi.rules.shape import distinct, that
from scanner.model.severity import Severity

NOT_AVAILABLE: Final = "#NA"  # transport and format, not available
# Country, operator, E, power outlet; the separators may be left out (E-mobility ID codes, EVSE ID).
EVSE_ID: Final = re.compile(r"([A-Z]{2})[*-]?([A-Z0-9]{3})[*-]?E[A-Z0-9][A-Z0-9*]{0,30}", re.IGNORECASE | re.ASCII)


def is_evse_id(value: str) -> bool:
    """True for an EVSE ID, and for the mark of one that is not available."""
    return value == NOT_AVAILABLE or EVSE_ID.fullmatch(value) is not None


def _removed_has_none(of: JsonObject, _: Scope) -> Iterable[str]:
    """A partial object, which has no uid, may leave it out."""
    status = text(of, "status")
    missing = of.get("evse_id") is None and of.get("uid") is not None
    return ("/evse_id",) if missing and status is not None and status != "REMOVED" else ()


def _of_the_owner(of: JsonObject, _: Scope) -> Iterator[str]:
    owner = folded(f"{text(of, 'country_code')}{text(of, 'party_id')}")
    for pointer, evse in items(of, "evses"):
        found = EVSE_ID.fullmatch(text(evse, "evse_id") or "")
        if found is not None and folded(found[1] + found[2]) != owner:
            yield f"{pointer}/evse_id"


RULES: Final = (
    SemanticRule(
        id="evse-id-form",
        versions=EVERY,
        classes=("CdrLocation", "EVSE"),
        section="locations, EVSE object; cdrs, CdrLocation class",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="evse_id is country, operator, E and outlet of an EVSE ID",
        judge=that(is_evse_id, "evse_id"),
    ),
    SemanticRule(
        id="evse-id-given",
        versions=EVERY,
        classes=("EVSE",),
        section="locations, EVSE object",
        basis=Basis.RECOMMENDED,
        severity=Severity.INFO,
        sentence="only an EVSE that was removed has no evse_id",
        judge=_removed_has_none,
    ),
    SemanticRule(
        id="evse-id-of-the-owner",
        versions=SINCE_2_2,
        classes=("Location",),
        section="credentials, CredentialsRole class (which allows it to differ)",
        basis=Basis.PLAUSIBLE,
        severity=Severity.INFO,
        sentence="an evse_id begins with the country and party of the location's owner",
        judge=_of_the_owner,
    ),
    SemanticRule(
        id="evse-id-unique",
        versions=EVERY,
        classes=("Location",),
        section="locations, EVSE object",
        basis=Basis.PLAUSIBLE,
        severity=Severity.LOW,
        sentence="no two EVSEs have the same evse_id",
        judge=distinct("evses", "evse_id"),
    ),
    SemanticRule(
        id="connector-id-unique",
        versions=EVERY,
        classes=("EVSE",),
        section="locations, Connector object",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="no two connectors of an EVSE have the same id",
        judge=distinct("connectors", "id"),
    ),
    SemanticRule(
        id="evse-updated-with-its-connectors",
        versions=EVERY,
        classes=("EVSE",),
        section="locations, EVSE object",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="last_updated is not before that of a connector",
        judge=newest_of("connectors"),
    ),
)
