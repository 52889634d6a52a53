"""A refusal says that it is one: HTTP 401."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

from checks.families.ocpi_doors import OPEN, SOURCE, at_this_door, with_a_valid_token
from checks.families.ocpi_words import listed, where
from checks.model.check import Case, Check, Need, Sighting
from checks.model.verdict import Verdict
from scanner.model.facts.ocpi.access import AccessWithoutToken, AccessWithToken, AccessWithWrongToken
from scanner.model.facts.ocpi.answer import MAY_HOLD_DATA, Access
from scanner.model.severity import Severity
from scanner.model.witness import Witness


def _says_401(case: Case[AccessWithoutToken]) -> Iterable[Verdict]:
    sightings: tuple[Sighting[Any], ...] = (case.driver, *at_this_door(case, AccessWithWrongToken))
    answers = [a for s in sightings for a in s.fact.answers if a.access not in MAY_HOLD_DATA]
    if not answers:
        yield case.not_applicable("looked for refusals; there were none, which is judged by itself")
        return
    put_off = [a for a in answers if a.access is Access.PUT_OFF]
    known = with_a_valid_token(case)
    other = [a for a in answers if a.http_status != HTTPStatus.UNAUTHORIZED and a not in put_off]
    said = f"{where(case.driver)} answers with {listed(a.said() for a in other or answers)}"
    if put_off and not other:
        yield case.inconclusive(f"{where(case.driver)} was asked too often: {listed(a.said() for a in put_off)}")
    elif not other:
        yield case.passes(said)
    elif any(k.access in OPEN for k in known):
        yield case.fails(f"{said} instead of HTTP 401", reproduce=other[0].curl)
    elif known:
        yield case.not_applicable(f"looked for a GET; {said}, and no data to a valid token either")
    else:
        yield case.inconclusive(f"{said}, but no valid token was there to show that it means no")


CHECKS: Final = (
    Check(
        id="ocpi-access-refusal-status",
        title="Refused requests are answered with HTTP 401",
        controls=("OCPI-VUL-16",),
        severity=Severity.LOW,
        source=SOURCE,
        looks_at=Need(fact=AccessWithoutToken),
        joins=(Need(fact=AccessWithWrongToken, required=False), Need(fact=AccessWithToken, required=False)),
        judge=_says_401,
        remediation="Answer HTTP 401 where the token is missing or unknown, so that partners and monitoring can tell.",
        witness=Witness.PROTOCOL,
    ),
)
