"""At which of several URLs of one module objects are written first."""

from types import SimpleNamespace
from typing import Any

import pytest

from scanner.model.credential import IdentityCredential
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.party import Identity, Party, Role
from scanner.model.subject import InterfaceSubject
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.writing import receivers
from tests.scanner.gate_fixtures import loopback_target

HERE = "https://ocpi.example"
CPO = Identity(name="cpo", party=Party.parse("BE-GRN"), role=Role.CPO, disposable=True)


def listed(path):
    return Interface(
        version="2.1.1",
        module="tariffs",
        side=None,
        url=HERE + path,
        place=UrlPlace.IN_SCOPE,
        subject=InterfaceSubject(environment="test", endpoint="main", version="2.1.1", module="tariffs"),
        credential=IdentityCredential(identity=CPO.name),
    )


@pytest.mark.parametrize(
    "paths, order",
    [
        (("/cpo/tariffs", "/emsp/tariffs"), ("/emsp/tariffs", "/cpo/tariffs")),  # whose objects a CPO pushes: an eMSP
        (("/v1", "/sender/v1", "/receiver/v1"), ("/receiver/v1", "/v1", "/sender/v1")),
        (("/a", "/b"), ("/a", "/b")),
        (("/a",), ("/a",)),
    ],
)
def test_a_url_that_tells_that_it_receives_comes_before_the_others(paths, order, monkeypatch):
    urls = [listed(path) for path in paths]
    monkeypatch.setattr(receivers, "advertised", lambda _context, _endpoint: urls)
    monkeypatch.setattr(receivers, "discovered", lambda _context, _endpoint: urls[:1])
    target = loopback_target(f"{HERE}/versions", identities=(CPO,))
    context: Any = SimpleNamespace(target=target)
    found = receivers.surfaces(context, target.endpoints[0], "any", parts=True)
    assert found
    for surface in found:
        assert [one.interface.url for one in surface.everywhere()] == [HERE + path for path in order]
