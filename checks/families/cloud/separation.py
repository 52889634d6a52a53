"""Two environments side by side: what test and production have in common, and where one leads into the other."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from checks.model.check import Case, Check, Need
from checks.model.verdict import Outcome, Population, Verdict
from checks.resource_graph.belongings import Belongings, belongings
from checks.resource_graph.judgement import Judgement, fails, passes, undecided
from checks.resource_graph.ways import named
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)
_OTHERS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED, on=(), all_environments=True)
_SHOWN: Final = 4


def _accounts(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    return _compare(case, _own_accounts)


def _own_accounts(mine: Belongings, theirs: Belongings) -> Judgement:
    shared = sorted(mine.accounts & theirs.accounts)
    if shared:
        return fails(f"both live in account {', '.join(shared)}")
    if not mine.accounts or not theirs.accounts:
        return undecided("an account is not declared: name it in allowed_account_ids of the provider")
    return passes(f"accounts {', '.join(sorted(mine.accounts))} and {', '.join(sorted(theirs.accounts))}")


def _things(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    return _compare(case, _nothing_shared)


def _nothing_shared(mine: Belongings, theirs: Belongings) -> Judgement:
    shared = sorted(set(mine.things) & set(theirs.things))
    if shared:
        said = [f"{kind} {value} ({named(mine.things[kind, value])})" for kind, value in shared[:_SHOWN]]
        more = f" and {len(shared) - _SHOWN} more" if len(shared) > _SHOWN else ""
        return fails(f"both have {', '.join(said)}{more}")
    return passes(f"{len(mine.things)} things named here and {len(theirs.things)} there, none of them the same")


def _links(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    return _compare(case, _no_way_over)


def _no_way_over(mine: Belongings, theirs: Belongings) -> Judgement:
    crossing = sorted(set(mine.foreign) & (theirs.accounts - mine.accounts))
    if crossing:
        return fails(
            f"{named(mine.foreign[crossing[0]])} names account {crossing[0]}, in which the other environment lives"
        )
    if not theirs.accounts:
        return undecided("the account of the other environment is not declared")
    return passes(f"none of {len(mine.foreign)} foreign accounts that are named is the other environment's")


def _compare(case: Case[DeclaredResources], judge: Callable[[Belongings, Belongings], Judgement]) -> Iterator[Verdict]:
    """One verdict for each other environment, over all stacks of it."""
    others: dict[str, list[DeclaredResources]] = {}
    for sighting in case.all(DeclaredResources):
        if sighting.subject.environment != case.subject.environment:
            others.setdefault(sighting.subject.environment, []).append(sighting.fact)
    if not others:
        yield case.not_applicable("looked for the declared cloud of another environment, and this run has none")
        return
    mine = belongings(case.driver.fact)
    for environment, stacks in sorted(others.items()):
        theirs = _together([belongings(one) for one in stacks])
        said = judge(mine, theirs)
        count = Population(examined=len(case.driver.fact.resources), unit="resource")
        message = f"{environment}: {said.message}"
        doubt = _doubt(case.driver.fact, stacks) if said.outcome is Outcome.PASS else None
        outcome = Outcome.INCONCLUSIVE if doubt else said.outcome
        yield case.verdict(
            outcome, f"{message}; but {doubt}" if doubt else message, field_path=environment, population=count
        )


def _doubt(mine: DeclaredResources, theirs: list[DeclaredResources]) -> str | None:
    """Why nothing in common may be nothing seen."""
    if not mine.resources or not any(one.resources for one in theirs):
        return "one of the two declares nothing"
    return next((one.missing[0] for one in (mine, *theirs) if one.missing), None)


def _together(several: list[Belongings]) -> Belongings:
    return Belongings(
        accounts=frozenset(account for one in several for account in one.accounts),
        things={thing: who for one in several for thing, who in one.things.items()},
        foreign={account: who for one in several for account, who in one.foreign.items()},
    )


ACCOUNTS: Final = Check(
    id="cloud-separation-accounts",
    title="Every environment lives in accounts of its own",
    controls=("OCPI-AUT-04",),
    severity=Severity.HIGH,
    source="AWS Well-Architected Framework, SEC01-BP01 separate workloads using accounts",
    looks_at=_NEEDS,
    joins=(_OTHERS,),
    judge=_accounts,
    remediation="Give each environment an AWS account of its own, and let its provider refuse every other.",
    witness=Witness.CLOUD_DECLARED,
)
THINGS: Final = Check(
    id="cloud-separation-nothing-shared",
    title="Environments share no key, secret, bucket, domain, certificate, topic, image tag, principal or network",
    controls=("OCPI-AUT-04",),
    severity=Severity.HIGH,
    source="AWS Well-Architected Framework, SEC01-BP01; PCI DSS 4.0, 6.5.3",
    looks_at=_NEEDS,
    joins=(_OTHERS,),
    judge=_things,
    remediation="Make one of its own for each environment; name images by digest.",
    witness=Witness.CLOUD_DECLARED,
)
LINKS: Final = Check(
    id="cloud-separation-no-way-into-the-other",
    title="No trust, peering or grant leads from one environment into another",
    controls=("OCPI-AUT-04",),
    severity=Severity.HIGH,
    source="AWS Well-Architected Framework, SEC03-BP07 analyze public and cross-account access",
    looks_at=_NEEDS,
    joins=(_OTHERS,),
    judge=_links,
    remediation="Take the other environment's account out of trust policies, resource policies and peerings.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (ACCOUNTS, THINGS, LINKS)
