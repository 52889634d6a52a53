"""The wall of scenarios, and the spellings of one address."""

import ipaddress
import socket

import pytest

from scanner.model.facts.ocpi.rogue import ROGUE_FACTS
from scanner.ocpi.rogue.spellings import inward_places, spellings
from scanner.ocpi.rogue.wall import CONTROLS, OF_TEST_CA, scenarios


def test_every_kind_of_hostility_has_scenarios_and_every_id_is_used_once():
    wall = scenarios(("127.0.0.1", "inside.example.com"))
    assert {scenario.kind for scenario in wall} == set(ROGUE_FACTS)
    ids = [scenario.id for scenario in (*CONTROLS, OF_TEST_CA, *wall)]
    assert len(ids) == len(set(ids))


def test_without_a_place_that_leads_inward_nothing_is_steered_there():
    assert not [scenario for scenario in scenarios(()) if scenario.inward]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3"])
def test_every_spelling_is_understood_as_the_same_address(address):
    for name, host in spellings(address).items():
        found = socket.getaddrinfo(host.strip("[]"), 443, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        reached = ipaddress.ip_address(found[0][4][0])
        plain = reached.ipv4_mapped if isinstance(reached, ipaddress.IPv6Address) else reached
        assert str(plain) == address, name


@pytest.mark.parametrize(
    "configured, host, places",
    [((), "127.0.0.1", ("127.0.0.1",)), ((), "192.0.2.10", ()), (("10.0.0.5",), "192.0.2.10", ("10.0.0.5",))],
)
def test_loopback_is_a_place_only_where_the_target_is_on_this_machine(configured, host, places):
    assert inward_places(configured, host) == places
