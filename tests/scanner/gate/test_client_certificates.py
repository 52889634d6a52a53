"""A platform behind mutual TLS is spoken with by those who have a certificate of its trust store, and only by them."""

import ssl
from dataclasses import replace

import pytest

from scanner.model.effect import Effect
from scanner.model.exchange import Exchange
from scanner.model.intent import HttpIntent
from scanner.model.target import ClientCertificate
from tests.scanner.gate_fixtures import loopback_target, open_gate
from tests.targets.byte_server import byte_server, ok, self_signed
from tests.targets.tls_certificates import CertificatePlan, authority, issue


async def _asked(folder, client, version=ssl.TLSVersion.TLSv1_3):
    """What came of one request to a server that wants a certificate of its trust store, and what arrived there."""
    tls, ca = self_signed(folder)
    tls.minimum_version = tls.maximum_version = version
    tls.verify_mode = ssl.CERT_REQUIRED
    tls.load_verify_locations(cadata=authority("partners").pem.decode())
    async with byte_server(ok(), tls=tls) as server:
        url = f"https://localhost:{server.port}/x"
        target = loopback_target(url, ca_file=ca)
        target = replace(target, endpoints=(replace(target.endpoints[0], client=client),))
        async with open_gate(target, folder) as opened:
            return await opened.gate.http(_look(url)), server.requests


def _look(url):
    return HttpIntent(effect=Effect.READ, environment="test", probe="p", purpose="look", method="GET", url=url)


def _client(folder, issuer):
    certificate, key = issue(
        CertificatePlan(names=("scanner.example.com",), issuer=issuer, of_client=True), folder, f"of-{issuer}"
    )
    return ClientCertificate(certificate_file=certificate, key_file=key)


@pytest.mark.asyncio
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_with_a_certificate_of_the_trust_store_requests_arrive(tmp_path, version):
    outcome, requests = await _asked(tmp_path, _client(tmp_path, "partners"), version)
    assert isinstance(outcome, Exchange)
    assert outcome.status == 200
    assert len(requests) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("issuer", [None, "strangers"])
async def test_without_one_nothing_arrives(tmp_path, issuer):
    outcome, requests = await _asked(tmp_path, _client(tmp_path, issuer) if issuer else None)
    assert not isinstance(outcome, Exchange)
    assert requests == []
