"""Rules on what many objects have: owner, last_updated, texts, currency, web addresses."""

import re
from collections.abc import Iterable
from typing import Final

from scanner.model.ocpi.rules.codes import COUNTRIES_ALPHA_2, CURRENCIES, LANGUAGES
from scanner.model.ocpi.rules.read import JsonObject, folded, moment, text
from scanner.model.ocpi.rules.rule import EVERY, SINCE_2_2, Basis, Scope, SemanticRule
from scanner.model.ocpi.rules.shape import https, not_in_future, of_form, that
from scanner.model.severity import Severity

_OWNED: Final = ("CDR", "CdrToken", "ClientInfo", "CredentialsRole", "InvoiceReconciliationRecord", "Location")
_OWNED_TOO: Final = ("Session", "Tariff", "Token", "Credentials")  # Credentials: 2.1.1 alone has them there
_DATED: Final = ("CDR", "ClientInfo", "Connector", "EVSE", "InvoiceReconciliationRecord", "Location", "Session")
_MARKUP: Final = re.compile(r"<[A-Za-z/!?][^<>]*>")
_CALLED: Final = ("CancelReservation", "ReserveNow", "SetChargingProfile", "StartSession", "StopSession")


def _owner_of_url(of: JsonObject, scope: Scope) -> Iterable[str]:
    """Client owned objects: owner in the URL and owner in the object are the same."""
    if scope.context.owner is None:
        return ()
    found = zip(("country_code", "party_id"), scope.context.owner, strict=True)
    named = ((key, text(of, key), owner) for key, owner in found)
    return [f"/{key}" for key, value, owner in named if value is not None and folded(value) != folded(owner)]


def _not_older_than_before(of: JsonObject, scope: Scope) -> Iterable[str]:
    before = scope.context.previous
    if before is None or text(before, "id") != text(of, "id") or text(before, "uid") != text(of, "uid"):
        return ()
    was, now = moment(before, "last_updated"), moment(of, "last_updated")
    return ("/last_updated",) if was is not None and now is not None and now < was else ()


RULES: Final = (
    SemanticRule(
        id="country-code-iso-3166",
        versions=EVERY,
        classes=(*_OWNED, *_OWNED_TOO),
        section="credentials, CredentialsRole class; each object with country_code",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="country_code is an ISO 3166-1 alpha-2 code",
        judge=that(lambda value: value.upper() in COUNTRIES_ALPHA_2, "country_code"),
    ),
    SemanticRule(
        id="party-id-form",
        versions=EVERY,
        classes=(*_OWNED, *_OWNED_TOO),
        section="credentials, CredentialsRole class; each object with party_id",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="party_id has three letters or digits (ISO 15118)",
        judge=of_form("[A-Za-z0-9]{3}", "party_id"),
    ),
    SemanticRule(
        id="owner-as-in-url",
        versions=SINCE_2_2,
        classes=("Location", "Session", "Tariff", "Token"),
        section="transport and format, Client Owned Object Push; PUT of each module",
        basis=Basis.REQUIRED,
        severity=Severity.HIGH,
        sentence="country_code and party_id are those of the URL",
        judge=_owner_of_url,
    ),
    SemanticRule(
        id="last-updated-not-in-future",
        versions=EVERY,
        classes=(*_DATED, "Tariff", "Token"),
        section="last_updated of each object",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="last_updated is a moment that has been, but for the skew of clocks",
        judge=not_in_future("last_updated"),
    ),
    SemanticRule(
        id="last-updated-not-backwards",
        versions=EVERY,
        classes=(*_DATED, "Tariff", "Token"),
        section="last_updated of each object",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="last_updated is not before that of the object's former state",
        judge=_not_older_than_before,
    ),
    SemanticRule(
        id="currency-iso-4217",
        versions=EVERY,
        classes=("CDR", "Session", "Tariff"),
        section="currency of cdrs, CDR; sessions, Session; tariffs, Tariff object",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="currency is an ISO 4217 code",
        judge=that(CURRENCIES.__contains__, "currency"),
    ),
    SemanticRule(
        id="language-iso-639",
        versions=EVERY,
        classes=("DisplayText", "Token"),
        section="types, DisplayText class; tokens, Token object",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="language is an ISO 639-1 code",
        judge=that(lambda value: value.lower() in LANGUAGES, "language"),
    ),
    SemanticRule(
        id="display-text-no-markup",
        versions=EVERY,
        classes=("DisplayText",),
        section="types, DisplayText class",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="a text that is shown to people has no markup",
        judge=that(lambda value: _MARKUP.search(value) is None, "text"),
    ),
    SemanticRule(
        id="response-url-https",
        versions=EVERY,
        classes=(*_CALLED, "UnlockConnector"),
        section="response_url of commands and charging profiles",
        basis=Basis.PLAUSIBLE,
        severity=Severity.MEDIUM,
        sentence="a result is sent back over https",
        judge=https("response_url"),
    ),
    SemanticRule(
        id="endpoint-url-https",
        versions=EVERY,
        classes=("Credentials", "Endpoint", "Version"),
        section="url of credentials, Credentials object; version information endpoint, Version and Endpoint class",
        basis=Basis.PLAUSIBLE,
        severity=Severity.MEDIUM,
        sentence="an OCPI endpoint is an https URL",
        judge=https("url"),
    ),
    SemanticRule(
        id="web-address-https",
        versions=EVERY,
        classes=("BusinessDetails", "Connector", "Image", "SignedData", "Tariff"),
        section="types, URL; SignedData, Image and BusinessDetails class, Tariff and Connector object",
        basis=Basis.PLAUSIBLE,
        severity=Severity.INFO,
        sentence="an address that is shown to drivers is an https URL",
        judge=https("url", "thumbnail", "website", "tariff_alt_url", "terms_and_conditions"),
    ),
)
