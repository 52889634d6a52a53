from pathlib import Path

import pytest

from scanner.model.party import Contract, Grant, Identity, Party, Right, Role
from scanner.model.subject import Side
from scanner.ocpi.contract.places import formed, side_told, sides_used
from tests.scanner.gate_fixtures import loopback_target

(ENDPOINT,) = loopback_target("https://ocpi.example/ocpi/versions", ca_file=Path("ca.pem")).endpoints
HERE = "https://ocpi.example"
SENDER, RECEIVER = Side.SENDER, Side.RECEIVER


@pytest.mark.parametrize(
    "url, known, wanted, made",
    [
        ("/ocpi/cpo/2.2.1/locations", ("locations", SENDER), ("cdrs", SENDER), "/ocpi/cpo/2.2.1/cdrs"),
        ("/ocpi/cpo/2.2.1/locations", ("locations", SENDER), ("commands", RECEIVER), "/ocpi/cpo/2.2.1/commands"),
        ("/ocpi/cpo/2.2.1/locations", ("locations", SENDER), ("tokens", SENDER), "/ocpi/emsp/2.2.1/tokens"),
        ("/ocpi/2.2.1/sender/cdrs/", ("cdrs", SENDER), ("cdrs", RECEIVER), "/ocpi/2.2.1/receiver/cdrs/"),
        ("/ocpi/2.2.1/locations", ("locations", SENDER), ("tariffs", SENDER), "/ocpi/2.2.1/tariffs"),
        ("/ocpi/2.2.1/locations", ("locations", SENDER), ("tokens", SENDER), None),
        ("/ocpi/2.2.1/m/17", ("locations", SENDER), ("tariffs", SENDER), None),
    ],
)
def test_a_url_is_formed_like_that_of_a_sibling_where_its_form_leads_there(url, known, wanted, made):
    assert formed(HERE + url, known, wanted, ENDPOINT) == (made and HERE + made)


def test_nothing_is_formed_off_the_configured_origin():
    url = "https://elsewhere.example/ocpi/cpo/2.2.1/locations"
    assert formed(url, ("locations", SENDER), ("cdrs", SENDER), ENDPOINT) is None


@pytest.mark.parametrize(
    "role, module, side",
    [
        (Role.EMSP, "locations", SENDER),
        (Role.EMSP, "tokens", RECEIVER),
        (Role.EMSP, "commands", RECEIVER),
        (Role.CPO, "locations", RECEIVER),
        (Role.CPO, "tokens", SENDER),
    ],
)
def test_where_details_name_no_side_the_role_of_the_identity_does(role, module, side):
    assert sides_used(module, Identity(name="one", role=role), None) == (side,)


def test_a_contract_says_it_before_the_role_does():
    grant = Grant(module="tokens", side=SENDER, rights=frozenset({Right.READ}))
    agreed = Contract(partner="one", party=Party.parse("NL-ONE"), roles=(Role.EMSP,), grants=(grant,))
    assert sides_used("tokens", Identity(name="one", role=Role.EMSP), agreed) == (SENDER,)


def test_a_contract_of_both_roles_has_both_sides():
    grants = tuple(Grant(module="tokens", side=side, rights=frozenset(Right)) for side in Side)
    agreed = Contract(partner="one", party=Party.parse("NL-ONE"), roles=(Role.EMSP, Role.CPO), grants=grants)
    assert set(sides_used("tokens", Identity(name="one", role=Role.EMSP), agreed)) == {SENDER, RECEIVER}


@pytest.mark.parametrize(
    "path, module, side",
    [
        ("/ocpi/cpo/2.1.1/locations", "locations", SENDER),
        ("/ocpi/emsp/2.1.1/locations", "locations", RECEIVER),
        ("/ocpi/emsp/2.1.1/tokens", "tokens", SENDER),
        ("/ocpi/cpo/2.1.1/tokens", "tokens", RECEIVER),
        ("/2.1.1/receiver/tokens", "tokens", RECEIVER),
        ("/ocpi/2.1.1/locations", "locations", None),
        ("/cpo/emsp/sender/receiver/locations", "locations", None),
    ],
)
def test_the_words_of_a_url_tell_its_side(path, module, side):
    assert side_told(module, HERE + path) is side
