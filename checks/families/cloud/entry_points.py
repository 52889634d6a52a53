"""The ways into the OCPI service, each followed resource by resource: through the gateway, or around it."""

from collections.abc import Iterable, Mapping
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph.entry_points import EntryKind, EntryPoint, reaches
from checks.resource_graph.gateway import gateways
from checks.resource_graph.judgement import Judgement, fails, passes, undecided
from checks.resource_graph.ocpi_service import OcpiService, ocpi_service
from checks.resource_graph.stack import Stack
from checks.resource_graph.ways import Reach, Way, named, names
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_UNFOLLOWED: Final = frozenset({EntryKind.CLUSTER, EntryKind.OTHER})
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _ways_around(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    service = ocpi_service(stack)
    guards = gateways(stack, service)
    entries: Mapping[str, tuple[EntryPoint, Reach]] = {
        entry.resource.urn: (entry, reach) for entry, reach in service.reached
    }

    def judge(one: Resource) -> Judgement:
        entry, reach = entries[one.urn]
        behind = [way for way in reach.ways if way.workload.urn in service.workloads]
        if not behind:
            return _reaches_nothing(entry, reach, service)
        return _passes_gateway(stack, entry, behind, guards, service)

    return judge_each(case, [entry.resource for entry, _ in entries.values()], "public entry point", judge)


def _reaches_nothing(entry: EntryPoint, reach: Reach, service: OcpiService) -> Judgement:
    if entry.kind in _UNFOLLOWED:
        return undecided(f"{entry.kind}: {entry.doubt}; one before the OCPI service would be a way around the gateway")
    if reach.loose:
        return undecided(f"{entry.kind}: whether it reaches the OCPI service is not known: {reach.loose[0]}")
    count = len(service.workloads)
    return passes(f"{entry.kind}: reaches none of the {count} workloads {service.chosen}", by_absence=True)


def _passes_gateway(
    stack: Stack, entry: EntryPoint, behind: list[Way], guards: tuple[Resource, ...], service: OcpiService
) -> Judgement:
    signed = _signed(entry)
    if signed is not None:
        return signed
    urns = {one.urn for one in guards}
    around = [way for way in reaches(stack, entry, urns).ways if way.workload.urn in service.workloads]
    if not around:
        return passes(
            f"{entry.kind}: the OCPI service is reached through the gateway: {behind[0]}", path=_from_outside(behind[0])
        )
    beside = f"past {' and '.join(named(one) for one in guards)}" if guards else "and no gateway stands before it"
    if entry.doubt:
        return undecided(
            f"{entry.kind}: {entry.doubt}; if it is public, it reaches the OCPI service {beside}: {around[0]}",
            path=_from_outside(around[0]),
        )
    return fails(f"{entry.kind} reaches the OCPI service {beside}: {around[0]}", path=_from_outside(around[0]))


def _from_outside(way: Way) -> tuple[str, ...]:
    return ("the internet", *names(way))


def _signed(entry: EntryPoint) -> Judgement | None:
    """A function URL can want every request signed by a principal of IAM: no way for the public."""
    if entry.kind is not EntryKind.FUNCTION_URL:
        return None
    kind = entry.resource.get("authorizationType")
    if kind is UNKNOWN:
        return undecided(f"{entry.kind}: whether it wants signed requests is unknown until deploy")
    return passes(f"{entry.kind}: wants requests signed by AWS_IAM") if kind == "AWS_IAM" else None


NO_WAY_AROUND: Final = Check(
    id="cloud-entry-points-no-way-around-gateway",
    title="No public entry point reaches the OCPI service around the gateway",
    controls=("OCPI-NET-02",),
    severity=Severity.CRITICAL,
    source="AWS Well-Architected Framework, SEC05-BP02; API Gateway Developer Guide, private integrations",
    looks_at=_NEEDS,
    judge=_ways_around,
    remediation="Take the entry away, make it private, or lead it to the gateway instead of what stands behind it.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (NO_WAY_AROUND,)
