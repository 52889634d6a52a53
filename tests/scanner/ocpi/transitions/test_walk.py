import pytest

from scanner.model.ocpi.machines.catalog import machine
from scanner.model.ocpi.machines.machine import ABSENT, Legality
from scanner.model.ocpi.specification import VERSIONS
from scanner.ocpi.transitions.walk import walks

NAMES = ("locations", "evses", "tariffs", "tokens", "sessions", "cdrs")
each = pytest.mark.parametrize("version, name", [(v, n) for v in VERSIONS for n in NAMES])


@each
def test_only_legal_steps_are_walked_from_the_beginning(version, name):
    ways = list(walks(machine(version, name)))
    assert ways
    assert all(edge.legality is Legality.LEGAL for way in ways for edge in way)
    assert all(way[0].source == ABSENT for way in ways)


@each
def test_every_method_that_changes_an_object_is_walked(version, name):
    found = machine(version, name)
    legal = {edge.by for edge in found.edges if edge.legality is Legality.LEGAL}
    assert {edge.by for way in walks(found) for edge in way} == legal


def test_a_session_is_walked_to_its_end():
    assert "COMPLETED" in {edge.target for way in walks(machine("2.2.1", "sessions")) for edge in way}
