"""Who gets at tokens, data and keys in the end, when all policies are read together."""

from collections.abc import Callable, Collection, Iterable
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Judge, Need
from checks.model.verdict import Verdict
from checks.resource_graph.index import together
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown
from checks.resource_graph.readable_stores import keys_of_data, stores_read_by_api, ways_to_read
from checks.resource_graph.readers import Reader, foreign_readers, readers
from checks.resource_graph.role_takers import Taker
from checks.resource_graph.stack import Stack
from checks.resource_graph.stores import KEY, holds_evidence, tokens_in
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)
_BESIDE: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED, on=("environment",))
_ALL: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED, on=(), all_environments=True)
_STRANGERS: Final = frozenset({Taker.WORKLOAD, Taker.OUTSIDER, Taker.FOREIGN, Taker.EVERYBODY})
_UNTOLD: Final = frozenset({Taker.UNDECLARED, Taker.IDLE, Taker.UNKNOWN})
_SHOWN: Final = 4
_GUIDE: Final = "IAM User Guide, policy evaluation logic; cross-account policy evaluation logic"


def _environment(case: Case[DeclaredResources]) -> Stack:
    """All stacks of the environment as one: a role in one may read what another declares."""
    seen = {one.fact.stack: one.fact for one in (case.driver, *case.all(DeclaredResources))}
    return Stack(declared=together(case.subject.environment, tuple(seen[name] for name in sorted(seen))))


def _alone(
    unit: str, asked: Callable[[Stack], Iterable[Resource]], strangers: Collection[Taker]
) -> Judge[DeclaredResources]:
    def judge(case: Case[DeclaredResources]) -> Iterable[Verdict]:
        own, stack = Stack(declared=case.driver.fact), _environment(case)
        locking = keys_of_data(stack.declared)
        stores = (
            one for one in asked(own) if not holds_evidence(stack, one) and (one.token != KEY or one.urn in locking)
        )
        return judge_each(case, stores, unit, lambda one: _by_ocpi_alone(stack, one, strangers))

    return judge


def _by_ocpi_alone(stack: Stack, store: Resource, strangers: Collection[Taker]) -> Judgement:
    ways = ways_to_read(stack, store)
    if ways is None:
        return unknown("its ARN, which policies name,")
    found = [one for things in ways for one in readers(stack, things)]
    wrong = [(one, who) for one in found for who in sorted(one.behind) if who[0] in strangers]
    untold = [(one, who) for one in found for who in sorted(one.behind) if who[0] in _UNTOLD]
    sure = [(one, who) for one, who in wrong if one.sure]
    if sure:
        return fails(_said(*sure[0]))
    for one, who in (*wrong, *untold):
        return undecided(_said(one, who) if one.sure else f"whether {_said(one, who)} is not known")
    missing = stack.declared.missing
    passing = _passing(found)
    return undecided(f"{passing}; but {missing[0]}") if missing else passes(passing, by_absence=True)


def _said(one: Reader, who: tuple[Taker, str]) -> str:
    kind, name = who
    return f"{one.name} can read it, and behind that is {kind} ({name})"


def _passing(found: Collection[Reader]) -> str:
    names = sorted({one.name for one in found})
    shown = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    return f"only {shown} can read it, by all policies together" if names else "nobody that is declared can read it"


def _no_other_environment(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    mine = Stack(declared=case.driver.fact)
    others: dict[str, list[DeclaredResources]] = {}
    for one in case.all(DeclaredResources):
        if one.subject.environment != case.subject.environment:
            others.setdefault(one.subject.environment, []).append(one.fact)
    if not others:
        yield case.not_applicable("looked for the declared cloud of another environment, and this run has none")
        return
    whole = {name: together(name, tuple(stacks)) for name, stacks in sorted(others.items())}
    yield from judge_each(
        case, (*tokens_in(mine), *stores_read_by_api(mine)), "secret or store", lambda one: _apart(mine, one, whole)
    )


def _apart(stack: Stack, store: Resource, others: dict[str, DeclaredResources]) -> Judgement:
    ways = ways_to_read(stack, store)
    if ways is None:
        return unknown("its ARN, which policies name,")
    found = [
        (name, one) for name, declared in others.items() for things in ways for one in foreign_readers(declared, things)
    ]
    for name, one in sorted(found, key=lambda each: not each[1].sure):
        said = f"{one.name} of environment {name} can read it"
        return fails(said) if one.sure else undecided(f"whether {said} is not known")
    missing = next((reason for one in others.values() for reason in one.missing), None)
    passing = f"no role or user of {', '.join(others)} can read it"
    return undecided(f"{passing}; but {missing}") if missing else passes(passing, by_absence=True)


def _check(
    name: str,
    title: str,
    control: str,
    severity: Severity,
    judge: Callable[[Case[DeclaredResources]], Iterable[Verdict]],
) -> Check[DeclaredResources]:
    return Check(
        id=name,
        title=title,
        controls=(control,),
        severity=severity,
        source=_GUIDE,
        looks_at=_NEEDS,
        joins=(_BESIDE,),
        judge=judge,
        remediation="Narrow the role's policy or its trust; deny the rest in the policy of the store or of its key.",
        witness=Witness.CLOUD_DECLARED,
    )


CREDENTIALS: Final = _check(
    "cloud-access-credentials-by-ocpi-alone",
    "Only workloads of OCPI can read secrets, by all policies together",
    "OCPI-VUL-07",
    Severity.CRITICAL,
    _alone("secret", tokens_in, _STRANGERS | {Taker.PEOPLE}),
)
DATA: Final = _check(
    "cloud-access-data-by-ocpi-alone",
    "No other workload and no other account can read OCPI data, by all policies together",
    "OCPI-PRV-04",
    Severity.HIGH,
    _alone("table, bucket, queue, stream or database", stores_read_by_api, _STRANGERS),
)
KEYS: Final = _check(
    "cloud-access-keys-by-ocpi-alone",
    "No other workload and no other account can decrypt under the keys of tokens and data",
    "OCPI-PRV-02",
    Severity.HIGH,
    _alone("key over tokens or data", lambda stack: stack.of(KEY), _STRANGERS),
)
APART: Final = Check(
    id="cloud-access-not-from-other-environments",
    title="No role of one environment can read secrets or data of another, by all policies together",
    controls=("OCPI-AUT-04",),
    severity=Severity.HIGH,
    source=_GUIDE,
    looks_at=_NEEDS,
    joins=(_ALL,),
    judge=_no_other_environment,
    remediation="Name the environment's own tables, buckets and secrets in its roles' policies: no pattern fits both.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (CREDENTIALS, DATA, KEYS, APART)
