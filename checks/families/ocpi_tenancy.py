"""What belongs to one partner stays with it: whose objects a list holds, and what others can read."""

from collections.abc import Iterable
from typing import Final

from checks.families.ocpi_words import where
from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.reads import ChainEnd, CountCompared
from scanner.model.facts.ocpi.tenancy import OwnersSeen, TenancyObserved
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_REMEDIATION: Final = (
    "Filter every list and every read of an object by the party that the token belongs to, in the query of the store."
)


_NAMELESS: Final = frozenset({"2.0", "2.1", "2.1.1"})


def _own_only(case: Case[OwnersSeen]) -> Iterable[Verdict]:
    fact = case.driver.fact
    population = Population(examined=fact.own + fact.foreign, of=fact.examined, unit="object")
    whose, nameless = where(case.driver), case.subject.coordinates().get("version", "") in _NAMELESS
    ours = fact.own or fact.own_elsewhere
    if fact.foreign and not ours and len(fact.foreign_parties) == 1:
        said = f"all {fact.foreign} objects with a party in {whose} belong to {fact.foreign_parties[0]}"
        yield case.inconclusive(f"{said}, and none to {fact.party}: is `party` of the identity right?")
    elif fact.foreign:
        said = f"{fact.foreign} objects of other parties ({', '.join(fact.foreign_parties[:4])}) in {whose}"
        said = f"{said}; expected objects of {fact.party}"
        yield case.fails(said, population=population, reproduce=fact.curl)
    elif not fact.examined:
        yield case.not_applicable(f"looked for objects in {whose}; the page is empty")
    elif not fact.own and nameless:
        yield case.not_applicable("looked for parties; objects of this version name none, so it takes two identities")
    elif fact.unnamed:
        yield case.inconclusive(f"{fact.unnamed} of {fact.examined} objects in {whose} do not say whom they belong to")
    else:
        yield case.passes(f"all objects of {whose} belong to {fact.party}", population=population)


def _kept_apart(case: Case[TenancyObserved]) -> Iterable[Verdict]:
    fact = case.driver.fact
    population = Population(examined=fact.examined, unit="object")
    owners = ", ".join(fact.owners)
    yield case.holds(
        not fact.readable,
        f"nothing of {owners} can be read here{_without(fact)}",
        f"{fact.readable} objects of {owners} can be read by {case.driver.identity}",
        population=population,
        reproduce=fact.curl,
    )


def _counts_own(case: Case[CountCompared]) -> Iterable[Verdict]:
    first, last = case.driver.fact.walks[0], case.driver.fact.walks[-1]
    whose, total = where(case.driver), first.total
    population = Population(examined=first.objects, of=total, unit="object")
    said = f"X-Total-Count of {whose} says {total}, and {first.objects} objects came"
    if first.totals == (None,):
        yield case.not_applicable(f"looked for X-Total-Count of {whose}; it is missing, which is judged by itself")
    elif total is None or len(last.totals) > 1:
        yield case.inconclusive(f"X-Total-Count changed while {whose} was read: the list was written to")
    elif first.end is ChainEnd.SAMPLED and first.last_is_there:
        yield case.passes(f"the last page of the {total} objects of {whose} is there", population=population)
    elif first.end is not ChainEnd.COMPLETE:
        yield case.inconclusive(f"{said}: {first.detail or first.end}", population=population)
    elif not first.objects and not total:
        yield case.not_applicable(f"looked for objects in {whose}; the list is empty")
    elif not first.lacks_objects:
        yield case.passes(said, population=population)
    elif (last.objects, last.total, last.end) != (first.objects, total, first.end):
        counted = "?" if last.total is None else last.total
        again = f"{last.objects} of {counted} when it was read again ({last.detail or last.end})"
        yield case.inconclusive(f"{said}, {again}", population=population)
    elif case.driver.fact.behind != 0:
        why = "and no Link leads to them" if case.driver.fact.behind else "which could not be read"
        yield case.inconclusive(f"{said}; there may be others behind them, {why}", population=population)
    else:
        said = f"{said}, twice in a row: it counts objects that are not given to {case.driver.identity}"
        yield case.fails(said, population=population, reproduce=case.driver.fact.curl)


def _without(fact: TenancyObserved) -> str:
    return f" ({', '.join(fact.without)} has nothing here)" if fact.without else ""


CHECKS: Final = (
    Check(
        id="ocpi-tenancy-own-objects-only",
        title="A partner is served its own sessions and CDRs only",
        controls=("OCPI-AZ-03",),
        severity=Severity.CRITICAL,
        source="OCPI 2.2.1 and 2.3.0, transport_and_format: client owned object pull; mod_cdrs: cdr_token",
        looks_at=Need(fact=OwnersSeen),
        judge=_own_only,
        remediation=_REMEDIATION,
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-tenancy-kept-apart",
        title="No partner can read what belongs to another, by list or by id",
        controls=("OCPI-AZ-03",),
        severity=Severity.CRITICAL,
        source="OCPI 2.2.1 and 2.3.0, transport_and_format: client owned object push, errors",
        looks_at=Need(fact=TenancyObserved),
        judge=_kept_apart,
        remediation=_REMEDIATION,
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-tenancy-counts-own-objects-only",
        title="X-Total-Count counts no more objects than a partner is given",
        controls=("OCPI-AZ-03",),
        severity=Severity.MEDIUM,
        source="OCPI 2.1.1, 2.2.1 and 2.3.0, transport_and_format: paginated response",
        looks_at=Need(fact=CountCompared),
        judge=_counts_own,
        remediation="Count with the same filter that the list is read with: how much others have is theirs to tell.",
        witness=Witness.PROTOCOL,
    ),
)
