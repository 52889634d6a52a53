"""Whose objects a partner may write, and in whose name it may speak."""

from collections.abc import Iterable
from typing import Final

from checks.families.ocpi_words import listed, where
from checks.model.by_writing import check_by_writing
from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.contract import (
    OPEN,
    Conduct,
    OwnerCombination,
    OwnersCompared,
    PartOwnersCompared,
    SendersClaimed,
)
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_TOOK_EFFECT: Final = frozenset({Conduct.WORKED, Conduct.TOOK_EFFECT})
_SHOWS_NOTHING: Final = frozenset({Conduct.BROKEN, Conduct.NOT_ASKED})


def _owners_agree(case: Case[OwnersCompared]) -> Iterable[Verdict]:
    yield _agreeing(case, [c for c in case.driver.fact.combinations if not c.agrees])


def _part_owners_agree(case: Case[PartOwnersCompared]) -> Iterable[Verdict]:
    """A write that does nothing to one's own part says nothing of another's."""
    combinations = case.driver.fact.combinations
    yield _agreeing(case, [c for c in combinations if not c.agrees or c.conduct is not Conduct.WORKED])


def _agreeing(case: Case[OwnersCompared] | Case[PartOwnersCompared], tried: list[OwnerCombination]) -> Verdict:
    fact, who = case.driver.fact, case.driver.identity
    took = [c for c in tried if c.conduct in _TOOK_EFFECT and not c.agrees]
    # Accepted, and nothing was there afterwards: whether it is kept somewhere else cannot be seen.
    unsure = [c for c in tried if c.agrees or c.conduct in _SHOWS_NOTHING | {Conduct.ACCEPTED}]
    population = Population(examined=len(tried) - len(unsure), of=len(tried), unit="combination")
    if took:
        said = f"{where(case.driver)} took an object of {who} with {listed(c.said() for c in took)} ({fact.other})"
        curl = next((c.curl for c in took if c.curl), None)
        return case.fails(said, population=population, reproduce=curl)
    if unsure:
        said = listed(f"{c.said()}: {c.why or c.conduct}" for c in unsure)
        return case.inconclusive(f"not every combination was decided: {said}", population=population)
    return case.passes(f"{who} cannot write for {fact.other}, wherever it is named", population=population)


def _sender_proven(case: Case[SendersClaimed]) -> Iterable[Verdict]:
    fact, who = case.driver.fact, case.driver.identity
    claimed = [c for c in fact.claims if not c.own]
    believed = [c for c in claimed if c.conduct in OPEN]
    unsure = [c for c in claimed if c.conduct in _SHOWS_NOTHING]
    population = Population(examined=len(claimed) - len(unsure), of=len(claimed), unit="claim")
    if not fact.hub:
        yield case.not_applicable("looked for a hub: no identity is one, and the platform is none")
    elif believed:
        said = listed(f"{c.what} as {c.claimed}" for c in believed)
        curl = next((c.curl for c in believed if c.curl), None)
        yield case.fails(f"{who} was believed to be somebody else: {said}", population=population, reproduce=curl)
    elif unsure or not claimed:
        said = listed(f"{c.what} as {c.claimed} {c.conduct}" for c in unsure)
        yield case.inconclusive(f"not every claim was decided: {said}", population=population)
    else:
        said = f"{fact.hub}: {who} speaks for nobody but its own parties"
        yield case.passes(said, population=population)


_ROUTING: Final = "OCPI 2.2.1 and 2.3.0, transport_and_format: message routing; client owned object push"

CHECKS: Final = (
    check_by_writing(
        id="ocpi-owners-agree",
        title="Owner in URL, OCPI-from headers and body agree, and are the party of the token",
        controls=("OCPI-AZ-03", "OCPI-EXT-07", "OCPI-VUL-09"),
        severity=Severity.HIGH,
        source=_ROUTING,
        fact=OwnersCompared,
        judge=_owners_agree,
        do="Take the party from the token, and refuse a write in which URL, headers or body name another.",
    ),
    check_by_writing(
        id="ocpi-owners-parts-agree",
        title="EVSEs and Connectors are written by the party that owns their Location, and by no other",
        controls=("OCPI-AZ-03", "OCPI-EXT-07"),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1 and 2.3.0, mod_locations: receiver interface, PUT and PATCH",
        fact=PartOwnersCompared,
        judge=_part_owners_agree,
        do="Hold the party in the URL against the token and OCPI-from at the paths of EVSEs and Connectors as well.",
    ),
    Check(
        id="ocpi-owners-hub-proves-sender",
        title="Where a hub is involved, OCPI-from is one of the parties of the token",
        controls=("OCPI-EXT-08", "OCPI-VUL-09"),
        severity=Severity.HIGH,
        source=_ROUTING,
        looks_at=Need(fact=SendersClaimed),
        judge=_sender_proven,
        remediation="Compare OCPI-from with the parties that the token was registered for, before a message is routed.",
        witness=Witness.PROTOCOL,
    ),
)
