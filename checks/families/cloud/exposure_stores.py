"""Databases, warehouses, brokers, search and file servers that answer on the internet beside the gateway."""

from collections.abc import Iterable
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph.judgement import Judgement, fails, passes, undecided
from checks.resource_graph.public_endpoints import OPENINGS
from checks.resource_graph.search_collections import COLLECTION, collection_opening
from checks.resource_graph.stack import Stack
from checks.resource_graph.ways import named
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_UNIT: Final = "database, broker, search domain or file server"


def _off_the_internet(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(*OPENINGS, COLLECTION), _UNIT, lambda one: _answers(stack, one))


def _answers(stack: Stack, one: Resource) -> Judgement:
    by_policy = one.token == COLLECTION
    is_public, doubt = collection_opening(stack, one) if by_policy else OPENINGS[one.token](one)
    if doubt:
        return undecided(doubt)
    said = f"{named(one)} answers on the internet, past gateway and firewall"
    inside = passes(f"{named(one)} answers inside its network only", by_absence=by_policy)
    return fails(said) if is_public else inside


STORES: Final = Check(
    id="cloud-exposure-stores-off-the-internet",
    title="No database, broker, search domain or file server answers on the internet",
    controls=("OCPI-NET-03",),
    severity=Severity.CRITICAL,
    source="AWS Well-Architected Framework, SEC05-BP01 and SEC05-BP02",
    looks_at=Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED),
    judge=_off_the_internet,
    remediation="Set publicly_accessible to False; place search domains and file servers in subnets of the VPC.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (STORES,)
