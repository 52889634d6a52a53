"""The transport and the OCPI client against the reference service on a real TLS socket."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from infra.rotation.credentials import RotationError, credentials_object
from infra.rotation.https import HttpsTransport, is_public
from infra.rotation.partner_client import OcpiClient
from tests.targets.reference_service import RunningService, running_service


@pytest.fixture(scope="module")
def partner() -> Iterator[RunningService]:
    with running_service() as service:
        yield service


def client(partner: RunningService) -> OcpiClient:
    return OcpiClient(HttpsTransport(partner.client_context(), permitted=lambda _: True))


def test_versions_of_a_real_platform_are_found(partner):
    found = client(partner).versions(partner.versions_url, partner.tokens["emsp-a"])
    assert found == f"{partner.origin}/ocpi/2.2.1"


def test_a_refused_token_is_an_error_that_does_not_show_it(partner):
    with pytest.raises(RotationError, match="HTTP 401") as error:
        client(partner).versions(partner.versions_url, "canary-token")
    assert "canary" not in str(error.value)


def test_a_handshake_reaches_the_credentials_module(partner):
    """The partner calls back to a host that does not exist, and says so with OCPI 3001."""
    ours = credentials_object("our-new-token", "https://nobody.invalid/ocpi/versions", [
        {"country_code": "AT", "party_id": "ALP", "role": "EMSP", "name": "Alpenstrom"}])  # fmt: skip
    with pytest.raises(RotationError, match="POST with HTTP 200 and OCPI status 3001"):
        client(partner).exchange("POST", partner.versions_url, partner.tokens["newcomer"], ours)


def test_a_certificate_that_cannot_be_verified_gets_no_token(partner):
    transport = HttpsTransport(ssl.create_default_context(), permitted=lambda _: True)
    with pytest.raises(RotationError, match="SSLCertVerificationError"):
        OcpiClient(transport).versions(partner.versions_url, partner.tokens["emsp-a"])


def test_an_internal_address_is_not_connected_to(partner):
    transport = HttpsTransport(partner.client_context())
    with pytest.raises(RotationError, match="not public"):
        OcpiClient(transport).versions(partner.versions_url, partner.tokens["emsp-a"])


@pytest.mark.parametrize(
    "url", ["http://partner.example/ocpi", "https:///ocpi", "https://user@partner.example/", "file:///etc/passwd", ""]
)
def test_other_urls_are_refused(url):
    with pytest.raises(RotationError, match="https URL"):
        HttpsTransport().request("GET", url, {}, None)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "0.0.0.0", "::1", "fe80::1"]
)
def test_addresses_of_inner_networks_are_not_public(address):
    assert not is_public(address)


def test_a_public_address_is_public():
    assert is_public("8.8.8.8")


class Answers:
    """A transport that answers by URL."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self._answers = answers
        self.asked: list[tuple[str, str]] = []

    def request(self, method: str, url: str, headers: Mapping[str, str], body: Any) -> tuple[int, Any]:
        self.asked.append((method, url))
        assert headers["Authorization"] == "Token dGhlaXJz"
        return 200, {"status_code": 1000, "data": self._answers[url]}


URL = "https://p.example/versions"
GOOD = {
    URL: [
        {"version": "2.1.1", "url": "https://p.example/2.1.1"},
        {"version": "2.2.1", "url": "https://p.example/2.2.1"},
    ],
    "https://p.example/2.2.1": {"endpoints": [{"identifier": "credentials", "url": "https://p.example/cred"}]},
    "https://p.example/cred": {"token": "new"},
}


def test_the_handshake_follows_the_discovered_urls():
    transport = Answers(GOOD)
    assert OcpiClient(transport).exchange("PUT", URL, "theirs", {"token": "x"}) == "new"
    assert transport.asked == [("GET", URL), ("GET", "https://p.example/2.2.1"), ("PUT", "https://p.example/cred")]


@pytest.mark.parametrize("change", [
    {URL: []}, {URL: None}, {URL: [{"version": "2.2.1"}]}, {URL: [{"version": "2.2.1", "url": "https://evil.example/"}]},
    {URL: [{"version": "2.2.1", "url": "http://p.example/2.2.1"}]}, {"https://p.example/2.2.1": []},
    {"https://p.example/2.2.1": {"endpoints": "none"}},
    {"https://p.example/2.2.1": {"endpoints": [{"identifier": "credentials", "url": "https://evil.example/"}]}},
    {"https://p.example/cred": {}}, {"https://p.example/cred": {"token": 5}}, {"https://p.example/cred": None},
])  # fmt: skip
def test_a_strange_answer_ends_the_handshake(change):
    with pytest.raises(RotationError):
        OcpiClient(Answers({**GOOD, **change})).exchange("PUT", URL, "theirs", {"token": "x"})
