"""Workloads that belong to OCPI: the service, and what is named or tagged as its own beside it."""

from checks.resource_graph import types as aws
from checks.resource_graph.ocpi_service import OCPI, ocpi_service
from checks.resource_graph.stack import Stack
from checks.resource_graph.words import names, segments, words
from scanner.model.resource import Resource


def ocpi_workloads(stack: Stack) -> tuple[Resource, ...]:
    """The service with its own helpers (authoriser, rotation); every workload of a stack where nothing says OCPI."""
    everything = stack.of(*aws.WORKLOADS)
    service = ocpi_service(stack).workloads
    return tuple(one for one in everything if one.urn in service or is_ocpi(one)) or everything


def names_ocpi(stack: Stack) -> bool:
    """True where something in the stack says which workloads are OCPI's; where nothing does, all of them may be."""
    return bool(ocpi_service(stack).workloads) or any(map(is_ocpi, stack.of(*aws.WORKLOADS)))


def is_ocpi(one: Resource) -> bool:
    """By its name, or by a segment tag; one that a tag calls the egress is still one of them."""
    return OCPI in segments(one) or any(OCPI in words(text) for text in names(one))
