"""What a partner says of itself in credentials is looked into before it is believed: its URL, and its parties."""

from collections.abc import Iterable
from typing import Final

from checks.model.by_writing import check_by_writing
from checks.model.check import Case
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.credentials import (
    Claim,
    DoubtfulPartner,
    DoubtfulPartnersTried,
    PartiesClaimed,
    PartyClaimed,
    Reaction,
)
from scanner.model.severity import Severity

_REFUSES: Final = frozenset({Reaction.NOT_ALLOWED, Reaction.REFUSED})


def _version(case: Case[DoubtfulPartnersTried] | Case[PartiesClaimed]) -> str:
    return case.subject.coordinates().get("version", "")


def _verified(case: Case[DoubtfulPartnersTried]) -> Iterable[Verdict]:
    tried = case.driver.fact.tried
    refused = [one for one in tried if one.answer.reaction in _REFUSES]
    for one in tried:
        said = f"a renewal in {_version(case)} was {one.answer.said()}, although {one.story}"
        if one.answer.reaction is Reaction.ACCEPTED:
            yield case.fails(said, field_path=_path(one.story), reproduce=one.answer.curl)
        elif one not in refused:
            yield case.inconclusive(said, field_path=_path(one.story), reproduce=one.answer.curl)
    if len(refused) == len(tried):
        said = f"{len(tried)} renewals in {_version(case)} that led to no sound partner were refused"
        yield case.passes(said, population=Population(examined=len(tried), unit="renewal"))


def _path(story: str) -> str:
    """The story as a name that stays: `url/its-versions-url-is-not-https`."""
    return "url/" + "-".join("".join(c if c.isalnum() else " " for c in story.lower()).split())


def _kept(case: Case[DoubtfulPartnersTried]) -> Iterable[Verdict]:
    refused = [one for one in case.driver.fact.tried if one.answer.reaction is not Reaction.ACCEPTED]
    lost = [one for one in refused if one.token_lives is False]
    known = [one for one in refused if one.token_lives is not None]
    population = Population(examined=len(known), unit="refused renewal")
    if lost:
        yield case.fails(_lost(case, lost[0]), population=population, reproduce=lost[0].answer.curl)
    elif not refused:
        yield case.not_applicable("looked for a renewal that was refused; all were accepted")
    elif len(known) < len(refused):
        yield case.inconclusive("whether the token outlived a renewal that was refused could not be read")
    else:
        said = f"the token in use outlived {len(known)} renewals in {_version(case)} that were refused"
        yield case.passes(said, population=population)


def _lost(case: Case[DoubtfulPartnersTried], one: DoubtfulPartner) -> str:
    said = f"since a renewal in {_version(case)} that was {one.answer.said()} the token in use opens nothing"
    return f"{said}, and no other was given: both sides are locked out"


def _parties(case: Case[PartiesClaimed]) -> Iterable[Verdict]:
    fact = case.driver.fact
    wrong = False
    for one in fact.claims:
        if (verdict := _claimed(case, one)) is not None:
            wrong = True
            yield verdict
    if wrong:
        return
    if not fact.claims:
        yield case.not_tested(f"no party could be claimed: {'; '.join(fact.left_out)}")
        return
    parties = ", ".join(f"{one.party} ({one.claim})" for one in fact.claims)
    population = Population(examined=len(fact.claims), of=len(Claim), unit="claim")
    yield case.passes(f"nobody becomes {parties} by saying so in {_version(case)}", population=population)


def _claimed(case: Case[PartiesClaimed], one: PartyClaimed) -> Verdict | None:
    """What is wrong or open with one claim; None where it was refused and changed nothing."""
    said = f"a renewal in {_version(case)} that claims {one.party}, {one.claim}, was {one.answer.said()}"
    path = f"roles/{one.claim.name.lower()}"
    if one.readable or one.roles_changed:
        what = f"{one.readable} objects of it can be read since" if one.readable else "the platform's roles changed"
        return case.fails(f"{said}, and {what}", field_path=path, reproduce=one.answer.curl)
    if one.answer.reaction is Reaction.ACCEPTED and one.claim is not Claim.ABSENT:
        return case.fails(said, field_path=path, reproduce=one.answer.curl)
    if one.answer.reaction is Reaction.ACCEPTED:
        said = f"{said}; whether somebody has to approve it before it counts cannot be seen from outside"
        return case.inconclusive(said, field_path=path, reproduce=one.answer.curl)
    if one.answer.reaction not in _REFUSES:
        return case.inconclusive(said, field_path=path, reproduce=one.answer.curl)
    return None


CHECKS: Final = (
    check_by_writing(
        id="ocpi-registration-partner-verified",
        title="Credentials whose URL leads to no sound partner are refused",
        controls=("OCPI-VUL-09",),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1 and 2.3.0, credentials: errors during registration; status_codes: 3001 to 3003",
        fact=DoubtfulPartnersTried,
        judge=_verified,
        do=(
            "Accept credentials only after the versions URL, over https, gave the version and a credentials endpoint "
            "on its own host to the token that stands in them."
        ),
    ),
    check_by_writing(
        id="ocpi-registration-failed-renewal-harmless",
        title="A renewal that is refused leaves the token in use alone",
        controls=("OCPI-EXT-09",),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1 and 2.3.0, credentials: PUT method (a new token if successful)",
        fact=DoubtfulPartnersTried,
        judge=_kept,
        do="Change the token of a partner in one step, after everything else of the renewal has worked.",
    ),
    check_by_writing(
        id="ocpi-registration-parties-verified",
        title="Nobody becomes another party by naming it in credentials",
        controls=("OCPI-EXT-06",),
        severity=Severity.CRITICAL,
        source="OCPI 2.1.1 credentials object; 2.2.1 and 2.3.0, credentials: roles; github.com/ocpi/ocpi, issue 509",
        fact=PartiesClaimed,
        judge=_parties,
        do=(
            "Hold the parties and roles in credentials against the contract of the token that they come with, and "
            "refuse what is not in it."
        ),
    ),
)
