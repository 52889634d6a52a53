"""A platform behind mutual TLS is spoken with by those who have a certificate of its trust store, and only by them."""

import ssl
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from scanner.gate.stranger import made_up
from scanner.model.credential import IdentityCredential, ShownCertificate
from scanner.model.effect import Effect
from scanner.model.exchange import Exchange, Failed, FailureKind, Refused
from scanner.model.intent import HttpIntent
from scanner.model.target import ClientCertificate
from tests.scanner.gate_fixtures import loopback_target, open_gate
from tests.targets.byte_server import byte_server, ok, self_signed
from tests.targets.tls_certificates import CertificatePlan, authority, issue


async def _asked(folder, client, version=ssl.TLSVersion.TLSv1_3, **words):
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
            return await opened.gate.http(_look(url, **words)), server.requests


def _look(url, **words):
    return HttpIntent(effect=Effect.READ, environment="test", probe="p", purpose="look", method="GET", url=url, **words)


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


@pytest.mark.asyncio
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("shown", [ShownCertificate.NONE, ShownCertificate.STRANGER])
async def test_a_request_can_leave_our_certificate_out_or_show_one_with_its_names_alone(tmp_path, version, shown):
    client = _client(tmp_path, "partners")
    outcome, requests = await _asked(tmp_path, client, version, certificate=shown, verify_tls=False)
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.RESET  # asyncio's servers hang up without an alert
    assert requests == []


@pytest.mark.asyncio
async def test_what_only_looks_shows_our_certificate_too(tmp_path):
    outcome, _ = await _asked(tmp_path, _client(tmp_path, "partners"), verify_tls=False)
    assert isinstance(outcome, Exchange)


@pytest.mark.asyncio
@pytest.mark.parametrize("shown", [ShownCertificate.NONE, ShownCertificate.STRANGER])
async def test_a_real_token_goes_with_our_own_certificate_only(tmp_path, shown):
    token = IdentityCredential(identity="emsp-one")
    words = {"certificate": shown, "credential": token, "identity": "emsp-one"}
    outcome, requests = await _asked(tmp_path, _client(tmp_path, "partners"), **words)
    assert isinstance(outcome, Refused)
    assert "our own client certificate only" in outcome.detail
    assert requests == []


def test_the_made_up_certificate_has_our_names_and_nobodys_signature(tmp_path):
    ours = x509.load_pem_x509_certificate(_client(tmp_path, "partners").certificate_file.read_bytes())
    certificate, _ = made_up(ours)
    theirs = x509.load_pem_x509_certificate(certificate)
    assert (theirs.subject, theirs.issuer) == (ours.subject, ours.issuer)
    with pytest.raises(InvalidSignature):
        theirs.verify_directly_issued_by(authority("partners").certificate)
