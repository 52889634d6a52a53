"""Which workloads of a stack are the OCPI service.

Those that a segment tag calls `ocpi`; else those behind an entry point whose routes, domain or names speak OCPI; else,
so that none is overlooked, everything that an entry point reaches.
"""

from collections.abc import Iterator
from typing import Final

from checks.resource_graph import types as aws
from checks.resource_graph.entry_points import EntryPoint, entry_points, reaches
from checks.resource_graph.index import once_a_stack
from checks.resource_graph.stack import Stack
from checks.resource_graph.ways import Reach
from checks.resource_graph.words import names, segments, words
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.late_dataclass import dataclass
from scanner.model.leaves import texts
from scanner.model.resource import Resource

OCPI: Final = "ocpi"
# ModuleIDs of OCPI 2.1.1 to 2.3.0; one of them alone is a word of many APIs.
_MODULES: Final = frozenset(
    {
        "cdrs",
        "chargingprofiles",
        "commands",
        "credentials",
        "hubclientinfo",
        "locations",
        "sessions",
        "tariffs",
        "tokens",
    }
)
_ENOUGH_MODULES: Final = 2
_ROUTES: Final = ("pathPart", "routeKey", "domainName", "aliases", "conditions", "basePath", "apiMappingKey")


@dataclass(frozen=True, slots=True, kw_only=True)
class OcpiService:
    """`workloads` by URN; `chosen` says by what they were found. `reached`: every entry point and what is behind it."""

    workloads: dict[str, Resource]
    chosen: str
    reached: tuple[tuple[EntryPoint, Reach], ...]


def ocpi_service(stack: Stack) -> OcpiService:
    """The workloads that answer OCPI; none where no entry point reaches a workload and none is tagged."""
    return _service(stack.declared)


@once_a_stack
def _service(declared: DeclaredResources) -> OcpiService:
    stack = Stack(declared=declared)
    reached = tuple((entry, reaches(stack, entry)) for entry in entry_points(stack))
    ways = [way for _, reach in reached for way in reach.ways if way.workload.token in aws.WORKLOADS]
    tagged = {one.urn: one for one in stack.of(*aws.WORKLOADS) if OCPI in segments(one)}
    speaking = {way.workload.urn: way.workload for way in ways if any(_speaks(stack, one) for one in way.resources)}
    if tagged:
        return OcpiService(workloads=tagged, chosen="tagged as the OCPI segment", reached=reached)
    if speaking:
        return OcpiService(
            workloads=speaking, chosen="behind routes, domains or names that speak OCPI", reached=reached
        )
    everything = {way.workload.urn: way.workload for way in ways}
    return OcpiService(workloads=everything, chosen="behind an entry point, as nothing names OCPI", reached=reached)


def _speaks(stack: Stack, one: Resource) -> bool:
    said = frozenset(word for text in _said(stack, one) for word in words(text))
    return OCPI in said or len(said & _MODULES) >= _ENOUGH_MODULES


def _said(stack: Stack, one: Resource) -> Iterator[str]:
    parts: tuple[Resource, ...] = (one,)
    if one.token == aws.REST_API:
        parts = (one, *stack.referring(one, "restApi", aws.REST_RESOURCE))
    elif one.token == aws.HTTP_API:
        parts = (one, *stack.referring(one, "apiId", aws.HTTP_ROUTE))
    yield from names(one)
    for part in parts:
        for name in _ROUTES:
            yield from texts(part.inputs.get(name))
