"""Rules on credentials and the version information endpoint."""

from collections.abc import Iterable
from typing import Final

from scanner.model.ocpi.rules.codes import COUNTRIES_ALPHA_2
from scanner.model.ocpi.rules.read import JsonObject, items, text
from scanner.model.ocpi.rules.rule import EVERY, ONLY_2_3, SINCE_2_2, Basis, Scope, SemanticRule
from scanner.model.ocpi.rules.shape import distinct, of_form, that
from scanner.model.severity import Severity

_PARTY: Final = 5


def _credentials_listed(of: JsonObject, _: Scope) -> Iterable[str]:
    named = [text(endpoint, "identifier") for _, endpoint in items(of, "endpoints")]
    return () if not named or "credentials" in named else ("/endpoints",)


def _is_party(value: str) -> bool:
    return len(value) == _PARTY and value[:2].upper() in COUNTRIES_ALPHA_2 and value[2:].isalnum()


RULES: Final = (
    SemanticRule(
        id="credentials-token-characters",
        versions=EVERY,
        classes=("Credentials",),
        section="credentials, Credentials object",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="the token has printable ASCII characters without whitespace alone",
        judge=of_form("[!-~]+", "token"),
    ),
    SemanticRule(
        id="credentials-role-unique",
        versions=SINCE_2_2,
        classes=("Credentials",),
        section="credentials, Credentials object",
        basis=Basis.REQUIRED,
        severity=Severity.HIGH,
        sentence="no two roles have the same role, party_id and country_code",
        judge=distinct("roles", "role", "party_id", "country_code"),
    ),
    SemanticRule(
        id="credentials-hub-party-form",
        versions=ONLY_2_3,
        classes=("Credentials",),
        section="credentials, Credentials object",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="hub_party_id is country code and party id in one",
        judge=that(_is_party, "hub_party_id"),
    ),
    SemanticRule(
        id="version-lists-credentials",
        versions=EVERY,
        classes=("VersionDetails",),
        section="version information endpoint, ModuleID enum",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="a version lists the credentials module, which every platform has",
        judge=_credentials_listed,
    ),
    SemanticRule(
        id="version-endpoint-once",
        versions=SINCE_2_2,
        classes=("VersionDetails",),
        section="version information endpoint, Endpoint class",
        basis=Basis.PLAUSIBLE,
        severity=Severity.MEDIUM,
        sentence="a module has one endpoint for a role",
        judge=distinct("endpoints", "identifier", "role"),
    ),
    SemanticRule(
        id="version-endpoint-once-2-1",
        versions=("2.1.1",),
        classes=("VersionDetails",),
        section="version information endpoint, Endpoint class",
        basis=Basis.PLAUSIBLE,
        severity=Severity.MEDIUM,
        sentence="a module has one endpoint",
        judge=distinct("endpoints", "identifier"),
    ),
)
