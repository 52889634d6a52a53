from pathlib import Path

import pytest

from scanner.model.party import Contract, Grant, Identity, Party, Right, Role
from scanner.model.subject import Side
from scanner.ocpi.contract.places import formed, side_used
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
    assert side_used(module, Identity(name="one", role=role), None) is side


def test_a_contract_says_it_before_the_role_does():
    grant = Grant(module="tokens", side=SENDER, rights=frozenset({Right.READ}))
    agreed = Contract(partner="one", party=Party.parse("NL-ONE"), roles=(Role.EMSP,), grants=(grant,))
    assert side_used("tokens", Identity(name="one", role=Role.EMSP), agreed) is SENDER
