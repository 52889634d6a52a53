import pytest

from reports.view.hops import Hop, hops
from tests.reports.hostile import WIDE


@pytest.mark.parametrize(
    "text, sign, kind, name",
    [
        ("the internet", "outside", "", "the internet"),
        ("NatGateway nat", "outside", "NatGateway", "nat"),
        ("FunctionUrl public", "door", "FunctionUrl", "public"),
        ("Function service", "runs", "Function", "service"),
        ("SecurityGroup ledger (tcp 5432)", "gate", "SecurityGroup", "ledger (tcp 5432)"),
        ("the default security group of its VPC", "gate", "", "the default security group of its VPC"),
        ("local route", "road", "", "local route"),
        ("RouteTable ocpi", "road", "RouteTable", "ocpi"),
        ("10.0.0.0/8 (local route)", "road", "", "10.0.0.0/8 (local route)"),
        ("BucketV2 cdrs", "store", "BucketV2", "cdrs"),
    ],
)
def test_a_hop_has_a_sign_a_kind_and_a_name(text, sign, kind, name):
    assert hops((text,)) == (Hop(sign=sign, kind=kind, name=name),)


def test_a_name_that_hides_or_never_ends_is_shown_as_it_is_and_cut():
    (reversed_, wide) = hops(("Function a\u202eb", f"Function {WIDE}"))
    assert "\u202e" not in reversed_.name
    assert "U+202E" in reversed_.name
    assert len(wide.name) < 200
