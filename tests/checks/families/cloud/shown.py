"""What every check of a declared cloud says of all small programs together."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from checks.catalog import CATALOG
from checks.engine import judge
from checks.model.check import Check
from checks.model.verdict import Outcome
from scanner.cloud.declared import Declared
from scanner.cloud.secret_detection import detected_in_values
from scanner.cloud.suspects import suspected_secrets
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.facts.cloud_secrets import SuspectedSecrets
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.party import Contract, Party, Role
from scanner.model.subject import StackSubject
from scanner.model.witness import Witness
from tests.checks.families.cloud.agreed import agreed
from tests.checks.families.cloud.cases import stacks
from tests.checks.families.cloud.test_routes_programs import CONTRACTS
from tests.targets.once import once_a_run

CHECKS: Final[tuple[Check[Any], ...]] = tuple(check for check in CATALOG if check.id.startswith("cloud-"))
FAMILIES: Final = tuple(sorted(file.stem for file in Path(__file__).with_name("programs").glob("*.py")))
# Environments beside each other: every program of these, and the one that is the other environment.
_OTHERS: Final = (("separation", "first"), ("access", "tables_by_a_pattern"), ("access", "tables_of_its_own"))
# Partners of the programs that have something for each of them; the others go by the contracts on routes.
_CONTRACTS: Final = {
    "partners": tuple(
        Contract(
            partner=name,
            party=Party(country_code="NL", party_id=name[:3].upper()),
            roles=(Role.EMSP,),
            grants=(),
            ends=ends,
            requests_per_second=20,
        )
        for name, ends in (("north", None), ("south", None), ("former", date(2020, 1, 1)))
    )
}
_EVIDENCE: Final = (EvidenceRef(id="e1", sha256="0" * 64, path="evidence/e1.json"),)
_BOTH: Final = frozenset({Outcome.PASS, Outcome.FAIL})
Shown = dict[str, dict[Outcome, str]]  # by check: each outcome, and the program that has it


@once_a_run
def outcomes_of(family: str) -> frozenset[Outcome]:
    """What checks say of the programs of one family; no further than until something passes and something fails."""
    found, said = Shown(), frozenset[Outcome]()
    for case, declared in stacks(family).items():
        _take(found, CHECKS, _alone(family, declared, CHECKS), f"{family}.{case}")
        said = frozenset(outcome for outcomes in found.values() for outcome in outcomes)
        if said >= _BOTH:
            break
    return said


@once_a_run
def shown() -> Shown:
    """Every check's outcomes on programs, alone and beside each other; none is asked once it passed and failed."""
    found: Shown = {check.id: {} for check in CHECKS}
    for family in FAMILIES:
        for case, declared in stacks(family).items():
            asked = _open(found)
            _take(found, asked, _alone(family, declared, asked), f"{family}.{case}")
    for family, other in _OTHERS:
        for case, declared in stacks(family).items():
            asked = _open(found)
            both = [*_facts("prod", declared, asked), *_facts("test", stacks(family)[other], asked)]
            _take(found, asked, both, f"{family}.{case} beside {other}")
    return found


def _open(found: Shown) -> tuple[Check[Any], ...]:
    return tuple(check for check in CHECKS if not found[check.id].keys() >= _BOTH)


def _alone(family: str, declared: DeclaredResources, asked: Sequence[Check[Any]]) -> list[Observation[Any]]:
    return [*_facts("test", declared, asked), *agreed(_CONTRACTS.get(family, CONTRACTS))]


def _facts(environment: str, declared: DeclaredResources, asked: Sequence[Check[Any]]) -> Iterator[Observation[Any]]:
    """Secrets are looked for in a stack, which takes long, only where a check that is asked looks at them."""
    facts: list[Any] = [replace(declared, source="Pulumi program infra")]
    if any(check.looks_at.fact is SuspectedSecrets for check in asked):
        whole = Declared(source="program", resources=declared.resources, document={}, missing=declared.missing)
        facts.append(suspected_secrets(declared.stack, whole, detected_in_values(whole), None, ()))
    subject = StackSubject(environment=environment, stack=declared.stack)
    for fact in facts:
        key = FactKey(fact=type(fact), subject=subject, identity=None, witness=Witness.CLOUD_DECLARED)
        yield Observation(key=key, result=Seen(fact=fact, evidence=_EVIDENCE))


def _take(found: Shown, checks: Sequence[Check[Any]], facts: Iterable[Observation[Any]], program: str) -> None:
    for one in judge(checks, FactStore(facts), ["prod", "test"]):
        found.setdefault(one.check, {}).setdefault(one.outcome, program)
