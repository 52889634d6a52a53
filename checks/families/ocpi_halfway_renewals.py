"""A renewal in which the partner's platform fails half-way leaves both sides with a token that works."""

from collections.abc import Iterable
from typing import Final

from checks.families.ocpi_words import listed
from checks.model.by_writing import check_by_writing
from checks.model.check import Case
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.credentials import HalfwayRenewal, HalfwayRenewalsTried, Reaction
from scanner.model.severity import Severity

_REFUSES: Final = frozenset({Reaction.NOT_ALLOWED, Reaction.REFUSED})


def _harmless(case: Case[HalfwayRenewalsTried]) -> Iterable[Verdict]:
    fact = case.driver.fact
    version = case.subject.coordinates().get("version", "")
    reached = [one for one in fact.tried if one.reached]
    lost = [one for one in fact.tried if one.token_lives is False]
    unknown = [one for one in fact.tried if one.token_lives is None]
    population = Population(examined=len(reached), of=len(fact.tried), unit="renewal")
    if lost:
        said = f"since {_said(lost[0], version)} no token opens anything: both sides are locked out"
        yield case.fails(said, population=population, field_path=_path(lost[0]), reproduce=lost[0].answer.curl)
    elif fact.recovered is not None and fact.recovered.reaction in _REFUSES:
        said = (
            f"after {len(reached)} renewals in {version} that failed half-way a sound one was {fact.recovered.said()}"
        )
        yield case.fails(said, population=population, reproduce=fact.recovered.curl)
    elif unknown or fact.recovered is None or fact.recovered.reaction is not Reaction.ACCEPTED:
        why = _said(unknown[0], version) if unknown else "the last of them"
        yield case.inconclusive(f"what {why} left of the token in use could not be read")
    elif missed := [f"{one.step} ({one.way})" for one in fact.tried if not one.reached]:
        yield case.inconclusive(f"the platform never came to where our side fails: {listed(missed)}")
    else:
        said = f"the token in use outlived {len(reached)} renewals in {version} in which our platform failed half-way"
        yield case.passes(f"{said}, and a sound one was accepted right behind", population=population)


def _said(one: HalfwayRenewal, version: str) -> str:
    where = f"our platform, asked for its {one.step}, {one.way}"
    return f"a renewal in {version} in which {where}, and which was {one.answer.said()},"


def _path(one: HalfwayRenewal) -> str:
    """Step and mishap as a name that stays: `halfway/versions/hangs-up-without-an-answer`."""
    words = ["".join(c if c.isalnum() else " " for c in text.lower()).split() for text in (one.step, one.way)]
    return "/".join(("halfway", *("-".join(parts) for parts in words)))


CHECKS: Final = (
    check_by_writing(
        id="ocpi-registration-halfway-harmless",
        title="A renewal that fails half-way locks nobody out",
        controls=("OCPI-VUL-10",),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1 and 2.3.0, credentials: updating credentials, errors during registration",
        fact=HalfwayRenewalsTried,
        judge=_harmless,
        do=(
            "Fetch the partner's versions and details first, and replace both tokens in one step when all of it was "
            "read; until then, and after any failure, the tokens in use stay valid."
        ),
    ),
)
