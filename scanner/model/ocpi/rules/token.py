"""Rules on tokens, their authorisation, and commands."""

from collections.abc import Iterable, Iterator
from typing import Final

from scanner.model.ocpi.rules.read import JsonObject, flag, folded, inner, moment, text
from scanner.model.ocpi.rules.rule import EVERY, SINCE_2_2, Basis, Scope, SemanticRule
from scanner.model.ocpi.rules.shape import of_form, positive, that
from scanner.model.severity import Severity

# Country, provider, C and instance, check digit; separators, C and check digit may be left out (eMA ID).
_CONTRACT: Final = "[A-Za-z]{2}-?[A-Za-z0-9]{3}-?[Cc]?[A-Za-z0-9]{8}(-?[A-Za-z0-9])?"
_GROUP_LENGTH: Final = 20  # OCPP 1.5 and 1.6
_OF_SERVERS: Final = frozenset({"AD_HOC_USER", "APP_USER"})


def _never_listed(of: JsonObject, _: Scope) -> Iterable[str]:
    listed = text(of, "whitelist")
    wrong = text(of, "type") in _OF_SERVERS and listed is not None and listed != "NEVER"
    return ("/whitelist",) if wrong else ()


def _invalid_is_not_always_allowed(of: JsonObject, _: Scope) -> Iterable[str]:
    return ("/whitelist",) if flag(of, "valid") is False and text(of, "whitelist") == "ALWAYS" else ()


def _same_type(of: JsonObject, scope: Scope) -> Iterable[str]:
    before = scope.context.previous
    if before is None or text(before, "uid") is None or text(before, "uid") != text(of, "uid"):
        return ()
    was, now = text(before, "type"), text(of, "type")
    return ("/type",) if was is not None and now is not None and was != now else ()


def _allowed_means_valid(of: JsonObject, _: Scope) -> Iterable[str]:
    token = inner(of, "token") or {}
    return ("/allowed",) if text(of, "allowed") == "ALLOWED" and flag(token, "valid") is False else ()


def _place_only_if_allowed(of: JsonObject, _: Scope) -> Iterable[str]:
    allowed = text(of, "allowed")
    wrong = allowed is not None and allowed != "ALLOWED" and of.get("location") is not None
    return ("/location",) if wrong else ()


def _expires_later(of: JsonObject, scope: Scope) -> Iterable[str]:
    at = moment(of, "expiry_date")
    return ("/expiry_date",) if at is not None and at + scope.context.skew < scope.now else ()


def _connector_of_evse(of: JsonObject, _: Scope) -> Iterable[str]:
    return ("/evse_uid",) if of.get("connector_id") is not None and of.get("evse_uid") is None else ()


def _token_of_sender(of: JsonObject, scope: Scope) -> Iterator[str]:
    token, senders = inner(of, "token") or {}, scope.context.senders
    country, party = text(token, "country_code"), text(token, "party_id")
    if senders is None or country is None or party is None:
        return
    if (folded(country), folded(party)) not in {(folded(one), folded(two)) for one, two in senders}:
        yield "/token/party_id"


RULES: Final = (
    SemanticRule(
        id="contract-id-form",
        versions=EVERY,
        classes=("CdrToken", "Token"),
        section="tokens, Token object; cdrs, CdrToken class",
        basis=Basis.RECOMMENDED,
        severity=Severity.INFO,
        sentence="contract_id (auth_id in 2.1.1) has the form of an eMA ID",
        judge=of_form(_CONTRACT, "contract_id", "auth_id"),
    ),
    SemanticRule(
        id="token-group-length",
        versions=SINCE_2_2,
        classes=("Token",),
        section="tokens, Token object",
        basis=Basis.RECOMMENDED,
        severity=Severity.INFO,
        sentence="group_id has no more than 20 characters",
        judge=that(lambda value: len(value) <= _GROUP_LENGTH, "group_id"),
    ),
    SemanticRule(
        id="token-of-app-never-listed",
        versions=SINCE_2_2,
        classes=("Token",),
        section="tokens, TokenType enum",
        basis=Basis.RECOMMENDED,
        severity=Severity.LOW,
        sentence="a token of an app is on no whitelist",
        judge=_never_listed,
    ),
    SemanticRule(
        id="token-invalid-not-always-allowed",
        versions=EVERY,
        classes=("Token",),
        section="tokens, WhitelistType enum",
        basis=Basis.PLAUSIBLE,
        severity=Severity.MEDIUM,
        sentence="a token that is not valid is not one that is always allowed without asking",
        judge=_invalid_is_not_always_allowed,
    ),
    SemanticRule(
        id="token-keeps-type",
        versions=EVERY,
        classes=("Token",),
        section="tokens, Token object",
        basis=Basis.REQUIRED,
        severity=Severity.HIGH,
        sentence="a token, which uid and type name together, does not change its type",
        judge=_same_type,
    ),
    SemanticRule(
        id="authorisation-only-of-valid-token",
        versions=SINCE_2_2,
        classes=("AuthorizationInfo",),
        section="tokens, AuthorizationInfo object",
        basis=Basis.PLAUSIBLE,
        severity=Severity.HIGH,
        sentence="a token that is allowed to charge is valid",
        judge=_allowed_means_valid,
    ),
    SemanticRule(
        id="authorisation-location-only-if-allowed",
        versions=EVERY,
        classes=("AuthorizationInfo",),
        section="tokens, AuthorizationInfo object",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="a location is named only where charging is allowed",
        judge=_place_only_if_allowed,
    ),
    SemanticRule(
        id="reservation-expires-later",
        versions=EVERY,
        classes=("ReserveNow",),
        section="commands, ReserveNow object",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="expiry_date is still to come",
        judge=_expires_later,
    ),
    SemanticRule(
        id="start-connector-with-evse",
        versions=SINCE_2_2,
        classes=("StartSession",),
        section="commands, StartSession object",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="evse_uid is set where connector_id is",
        judge=_connector_of_evse,
    ),
    SemanticRule(
        id="command-token-of-sender",
        versions=SINCE_2_2,
        classes=("ReserveNow", "StartSession"),
        section="commands, ReserveNow and StartSession object",
        basis=Basis.REQUIRED,
        severity=Severity.CRITICAL,
        sentence="the token of a command is one of the sender's",
        judge=_token_of_sender,
    ),
    SemanticRule(
        id="command-timeout-positive",
        versions=SINCE_2_2,
        classes=("ChargingProfileResponse", "CommandResponse"),
        section="commands, CommandResponse object; charging profiles, ChargingProfileResponse object",
        basis=Basis.PLAUSIBLE,
        severity=Severity.LOW,
        sentence="a timeout is above zero seconds",
        judge=positive("timeout"),
    ),
)
