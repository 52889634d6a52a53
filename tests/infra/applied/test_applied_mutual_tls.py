"""An environment whose domain wants client certificates: whose token opens with whose certificate.

The handshake is AWS's own and not here: these are the requests that have passed it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from moto import mock_aws

from infra.authoriser.certificates import fingerprint_of
from tests.infra.applied.apply import Applied, apply
from tests.infra.applied.documented import untold
from tests.infra.applied.events import Certificate
from tests.infra.applied.looked_at import MOTO, functions_of
from tests.infra.applied.read_back import read_back
from tests.infra.applied.walk import PARTNER, Walk
from tests.infra.mutual_tls_config import ISSUER, STORE, subject_of, with_mutual_tls
from tests.infra.recorded_program import PYTHON

pytestmark = pytest.mark.slow

LOST = "mutual TLS of a REST API's custom domain"
VERSIONS = "/ocpi/versions"


def certificate(partner: str, number: int = 1) -> Certificate:
    body = base64.b64encode(f"{partner} {number}".encode()).decode()
    pem = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
    return Certificate(subject=subject_of(partner), issuer=ISSUER, pem=pem)


@pytest.fixture(scope="module")
def applied() -> Iterator[Applied]:
    if not PYTHON.exists():
        pytest.skip("infra/.venv is not there: `make setup` makes it")
    with mock_aws(config=MOTO):
        yield apply(with_mutual_tls())


@pytest.fixture(scope="module")
def walk(applied: Applied) -> Iterator[Walk]:
    with closing(functions_of(applied)) as functions:
        yield Walk(applied.account, functions, with_mutual_tls()["domainName"], "test")


def test_the_domain_is_asked_for_certificates_of_one_version_of_the_trust_store(applied: Applied):
    assert (applied.account.complaints, applied.sdk_complaints, applied.overlooked) == ([], [], [])
    assert untold(applied.account.calls, LOST) == []
    (call,) = [call for call in applied.account.calls if call.operation == "CreateDomainName"]
    assert call.parameters["mutualTlsAuthentication"] == {
        "truststoreUri": STORE["trustStore"], "truststoreVersion": STORE["version"],
    }  # fmt: skip
    gateway = read_back(applied.account, "gateway")["gateway"]
    (domain,), (authorizer,) = gateway["domains"], gateway["authorizers"]
    assert "mutualTlsAuthentication" not in domain  # when moto keeps it, LOST is over
    assert domain["securityPolicy"] == "TLS_1_2"
    assert authorizer["authorizerResultTtlInSeconds"] == 0


@pytest.mark.parametrize(
    "shown, status",
    [
        (certificate(PARTNER), 200),
        (certificate(PARTNER, 2), 200),
        (None, 401),
        (certificate("example-emsp"), 401),
        (replace(certificate(PARTNER), issuer="CN=Another CA"), 401),
        (replace(certificate(PARTNER), pem="nothing"), 401),
    ],
    ids=["its own", "a renewed one", "none", "another partner's", "another authority's", "one that cannot be read"],
)
def test_a_token_opens_with_a_certificate_of_its_partner_only(walk: Walk, shown: Certificate | None, status: int):
    assert walk.ask("GET", VERSIONS, certificate=certificate(PARTNER)).status == 200  # no answer is remembered
    assert walk.ask("GET", VERSIONS, certificate=shown).status == status


def test_a_revoked_certificate_opens_nothing_and_the_renewed_one_does(walk: Walk):
    lost = certificate(PARTNER, 3)
    assert walk.ask("GET", VERSIONS, certificate=lost).status == 200
    walk.kill_switch().revoke_certificate(fingerprint_of(lost.pem))
    assert walk.ask("GET", VERSIONS, certificate=lost).status == 401
    assert walk.ask("GET", VERSIONS, certificate=certificate(PARTNER, 4)).status == 200
