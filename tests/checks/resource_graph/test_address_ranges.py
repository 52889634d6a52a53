"""What a list of networks holds together."""

from ipaddress import IPv4Network, collapse_addresses, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.resource_graph.address_ranges import (
    covers,
    is_everybody,
    is_private,
    network_of,
    overlap,
    public_part,
    size,
    union,
)
from scanner.model.resource import UNKNOWN


def networks(*texts: str):
    return [ip_network(text) for text in texts]


@pytest.mark.parametrize(
    "everybody, ranges",
    [
        (True, ("0.0.0.0/0",)),
        (True, ("0.0.0.0/1", "128.0.0.0/1")),
        (True, ("::/0",)),
        (True, ("2000::/3",)),
        (True, tuple(f"{first}.0.0.0/8" for first in range(1, 34))),
        (True, tuple(f"{first}.0.0.0/8" for first in range(1, 40, 2))),
        (False, ("10.0.0.0/8",)),
        (False, ("fc00::/7",)),
        (False, ("192.0.2.0/24", "198.51.100.16/28")),
        (False, ()),
    ],
)
def test_ranges_that_add_up_to_everybody_are_everybody(everybody, ranges):
    assert is_everybody(networks(*ranges)) is everybody


def test_overlaps_count_once():
    assert size(networks("192.0.2.0/24", "192.0.2.0/25", "2001:db8::/64"), 4) == 256
    assert union(networks("192.0.2.128/25", "192.0.2.0/25")) == (IPv4Network("192.0.2.0/24"),)


def test_two_halves_cover_a_network_that_neither_holds():
    assert covers(networks("192.0.2.0/25", "192.0.2.128/25"), IPv4Network("192.0.2.64/26"))
    assert covers(networks("192.0.2.0/25", "192.0.2.128/25"), IPv4Network("192.0.2.0/24"))
    assert not covers(networks("192.0.2.0/25"), IPv4Network("192.0.2.0/24"))


@given(st.lists(st.integers(0, 2**32 - 1), max_size=12), st.lists(st.integers(4, 32), min_size=12, max_size=12))
def test_a_union_holds_as_many_addresses_as_its_parts_have_different_ones(starts, prefixes):
    parts = [IPv4Network((start, prefix), strict=False) for start, prefix in zip(starts, prefixes, strict=False)]
    whole = union(parts)
    assert all(covers(whole, part) for part in parts)
    assert not any(overlap(one, other) for one in whole for other in whole if one is not other)
    assert size(parts, 4) == sum(one.num_addresses for one in collapse_addresses(parts))


@pytest.mark.parametrize("value", [UNKNOWN, None, 4, "partners", "300.1.1.1/8"])
def test_what_is_no_network_is_none(value):
    assert network_of(value) is None


def test_host_bits_do_not_matter():
    assert network_of("1.2.3.4/0") == IPv4Network("0.0.0.0/0")


@pytest.mark.parametrize("text", ["192.0.2.128/25", "2001:db8:1::/48", "3fff::/24"])
def test_addresses_of_examples_are_not_inside(text):
    (network,) = networks(text)
    assert not is_private(network)


@pytest.mark.parametrize("text", ["10.1.0.0/16", "169.254.169.254/32", "fd00:ec2::254/128", "100.64.0.0/10"])
def test_addresses_inside_are_private(text):
    (network,) = networks(text)
    assert is_private(network)


def test_the_public_part_leaves_private_ranges_out_and_nothing_else():
    everything = IPv4Network("0.0.0.0/0")
    parts = public_part(everything)
    private = networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8")
    private += networks("169.254.0.0/16", "0.0.0.0/8")
    assert size(parts, 4) + size(private, 4) == everything.num_addresses
    assert not any(overlap(part, one) for part in parts for one in private)
    assert public_part(IPv4Network("10.1.0.0/16")) == ()
    assert public_part(IPv4Network("192.0.2.0/24")) == (IPv4Network("192.0.2.0/24"),)
    assert [str(part) for part in public_part(ip_network("::/0"))] == ["2000::/3"]
    assert public_part(ip_network("fd00::/8")) == ()
