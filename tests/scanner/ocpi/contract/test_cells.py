from dataclasses import replace

import pytest

from scanner.model.credential import IdentityCredential
from scanner.model.facts.ocpi.contract import Conduct, UrlSource
from scanner.model.ocpi.interfaces import interface
from scanner.model.party import Contract, Grant, Identity, Party, Right, Role
from scanner.model.subject import InterfaceSubject, Side
from scanner.ocpi.contract.asking import Came
from scanner.ocpi.contract.cells import Cells
from scanner.ocpi.contract.doors import Door

IDENTITY = Identity(name="both", party=Party.parse("NL-ONE"), role=Role.EMSP)
CONTRACT = Contract(
    partner="both",
    party=Party.parse("NL-ONE"),
    roles=(Role.EMSP, Role.CPO),
    grants=tuple(Grant(module="tokens", side=side, rights=frozenset(Right)) for side in Side),
)
DOOR = Door(
    specified=interface("2.1.1", "tokens", Side.RECEIVER),
    url="https://ocpi.example/2.1.1/tokens",
    source=UrlSource.ADVERTISED,
    subject=InterfaceSubject(environment="test", endpoint="main", version="2.1.1", module="tokens"),
    identity=IDENTITY,
    credential=IdentityCredential(identity="both"),
    contract=CONTRACT,
    in_force=True,
    side_told=False,
)


@pytest.mark.parametrize("conduct, granted", [(Conduct.WORKED, True), (Conduct.REFUSED, None), (Conduct.BROKEN, None)])
def test_a_refusal_at_a_url_of_either_side_is_held_against_nobody(conduct, granted):
    cells = Cells(DOOR)
    cells.add("PUT", "object", Right.WRITE, Came(conduct=conduct))
    (cell,) = cells.fact().cells
    assert cell.granted is granted


def test_a_refusal_of_what_was_agreed_counts_where_the_side_is_known():
    cells = Cells(replace(DOOR, side_told=True))
    cells.add("PUT", "object", Right.WRITE, Came(conduct=Conduct.REFUSED))
    (cell,) = cells.fact().cells
    assert cell.granted is True
