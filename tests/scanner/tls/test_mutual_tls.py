"""Behind mutual TLS the TLS witness sees what others see with its certificate, and what it can without one."""

import asyncio
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest

from checks.model.finding import Finding
from scanner.model.fact_store import FactStore
from scanner.model.facts.tls import (
    Admission,
    CipherSuites,
    EarlyData,
    HstsPolicy,
    MutualTls,
    ProtocolVersions,
    Renegotiation,
    TlsVersion,
)
from scanner.model.observation import Reason, Seen, Unavailable
from scanner.model.party import Contract, Party
from scanner.model.target import Endpoint
from scanner.tls.servers import Place, TlsServer, bare_subject
from scanner.tls.sslyze_process import arguments
from tests.scanner.gate_fixtures import loopback_target
from tests.targets.mutual_tls import ANSWER, TRUSTED, Gatekeeper, bare, client_of, gatekeepers
from tests.targets.once import once_a_run
from tests.targets.tls_runs import ended, judged, observe, sslyze_output, target_of

PARTY: Final = Party(country_code="NL", party_id="ACM")
CHECK: Final = "tls-mutual-strangers-kept-out"
# Name of an endpoint -> how its server treats callers, and who has signed the certificate that is configured for it.
ENDPOINTS: Final[Mapping[str, tuple[Gatekeeper, str | None]]] = {
    "demanding": (Gatekeeper(), TRUSTED),
    "optional": (Gatekeeper(wants=ssl.CERT_OPTIONAL), TRUSTED),
    "by-http": (Gatekeeper(wants=ssl.CERT_OPTIONAL, by_http=True), TRUSTED),
    "without-ours": (Gatekeeper(), None),
    "ours-not-taken": (Gatekeeper(version=ssl.TLSVersion.TLSv1_2), "strangers"),
    "nothing-asked": (Gatekeeper(wants=ssl.CERT_NONE), None),
}


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What was seen and judged of each endpoint, and everything that was written."""

    facts: FactStore
    findings: tuple[Finding, ...]
    ports: Mapping[str, int]
    written: str

    def result(self, endpoint: str, kind: type[Any]) -> Any:
        (found,) = [o.result for o in self.facts.of(kind) if _port(o.key.subject) == self.ports[endpoint]]
        return found.fact if isinstance(found, Seen) else found

    def finding(self, endpoint: str) -> Finding:
        (found,) = [f for f in self.findings if f.check == CHECK and _port(f.subject) == self.ports[endpoint]]
        return found


def _port(subject: Any) -> int:
    port: int = subject.port
    return port


@once_a_run
def ran() -> Ran:
    """All endpoints in one run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with gatekeepers(folder, *(keeper for keeper, _ in ENDPOINTS.values())) as urls:
            endpoints = [
                _endpoint(each, url, issuer, folder)
                for (each, (_, issuer)), url in zip(ENDPOINTS.items(), urls, strict=True)
            ]
            facts = asyncio.run(observe(target_of(*endpoints), _fresh(folder)))
        written = "".join(path.read_text() for path in (folder / "run").rglob("*") if path.is_file())
    ports = {endpoint.name: endpoint.origin.port for endpoint in endpoints}
    return Ran(facts=facts, findings=judged(facts), ports=ports, written=written)


def _endpoint(name: str, url: str, issuer: str | None, folder: Path) -> Endpoint:
    (endpoint,) = loopback_target(url, ca_file=folder / "ca.pem", endpoint=name).endpoints
    return replace(endpoint, client=client_of(issuer, folder) if issuer else None)


def _fresh(folder: Path) -> Path:
    made = folder / "run"
    made.mkdir()
    return made


@pytest.mark.parametrize("endpoint", ["demanding", "without-ours"])
def test_a_server_that_demands_a_certificate_of_its_trust_store_keeps_everybody_else_out(endpoint):
    fact, finding = ran().result(endpoint, MutualTls), ran().finding(endpoint)
    assert fact.without.admission is fact.stranger.admission is Admission.HANDSHAKE_REFUSED
    assert finding.outcome == "pass"
    assert finding.evidence


def test_an_http_error_in_place_of_the_platforms_answer_keeps_out_who_shows_none():
    fact = ran().result("by-http", MutualTls)
    assert fact.without.admission is Admission.TURNED_AWAY
    assert fact.without.detail == "HTTP 403, and HTTP 401, an OCPI answer, with the configured certificate"
    assert ran().finding("by-http").outcome == "pass"


def test_a_server_that_only_asks_lets_in_who_shows_none():
    finding = ran().finding("optional")
    assert finding.outcome == "fail"
    assert "who shows no client certificate is let in (HTTP 401, an OCPI answer)" in finding.message
    assert "client_certificate_file of endpoint optional" in finding.message


def test_where_ours_is_not_taken_a_refusal_tells_nothing_of_others():
    finding = ran().finding("ours-not-taken")
    assert finding.outcome == "inconclusive"
    assert "the configured client certificate is not let in either" in finding.message


def test_where_nobody_wants_certificates_nothing_is_judged():
    assert ran().result("nothing-asked", MutualTls) == MutualTls(named=(), asked=False)
    assert ran().finding("nothing-asked").outcome == "not_applicable"


@pytest.mark.parametrize("kind", [Renegotiation, EarlyData, HstsPolicy])
def test_with_our_certificate_the_rest_is_seen_as_anywhere(kind):
    assert isinstance(ran().result("demanding", kind), kind)


@pytest.mark.parametrize("endpoint", ["without-ours", "ours-not-taken"])
def test_without_one_that_is_taken_versions_and_suites_are_seen_all_the_same(endpoint):
    versions = ran().result(endpoint, ProtocolVersions)
    assert TlsVersion.TLS_1_2 in versions.accepted
    assert ran().result(endpoint, CipherSuites).accepted


def test_what_takes_a_whole_handshake_says_what_to_configure():
    missing = ran().result("without-ours", Renegotiation)
    assert isinstance(missing, Unavailable)
    assert missing.reason is Reason.ACCESS_DENIED
    assert "name one that it takes as client_certificate_file" in missing.detail


def test_nothing_of_a_key_is_written():
    assert "client certificate: stranger" in ran().written
    assert "PRIVATE KEY" not in ran().written


def test_sslyze_is_given_paths_and_no_key(tmp_path):
    client = client_of(TRUSTED, tmp_path)
    server = _server()
    words = arguments([replace(server, client=client)], slow=False)
    assert words[words.index("--cert") + 1] == str(client.certificate_file)
    assert words[words.index("--key") + 1] == str(client.key_file)
    assert "--cert" not in arguments([server], slow=False)


@pytest.mark.asyncio
@pytest.mark.parametrize("ours", [True, False])
async def test_a_firewall_that_shuts_everybody_out_is_no_demand_for_a_certificate(tmp_path, ours):
    with gatekeepers(tmp_path, Gatekeeper(wants=ssl.CERT_OPTIONAL, bans=True)) as (url,):
        target = target_of(_endpoint("banning", url, TRUSTED if ours else None, tmp_path))
        contract = Contract(partner="acme", party=PARTY, roles=(), grants=(), shows_certificate=True)
        output = ended(sslyze_output())
        facts = await observe(replace(target, contracts=(contract,)), _fresh(tmp_path), output)
    (finding,) = [f for f in judged(facts) if f.check == CHECK]
    assert finding.outcome == "inconclusive"


# What is answered with the configured certificate, what without one, what is said of who shows none.
FRONTS: Final[Mapping[str, tuple[bytes, bytes, str]]] = {
    "a front that asks for credentials in the platform's place": (ANSWER, bare(401), "pass"),
    "a front that says that a certificate is missing": (ANSWER, bare(496), "pass"),
    "a front that refuses what a platform without OCPI errors does not": (bare(401), bare(400), "pass"),
    "a front that refuses what a platform gives": (bare(200), bare(401), "pass"),
    "both answer alike": (bare(401), bare(401), "inconclusive"),
    "a front that has no answer just now": (ANSWER, bare(503), "inconclusive"),
    "a front with a page of its own": (ANSWER, bare(200), "inconclusive"),
    "a platform that asks everybody for a token": (ANSWER, ANSWER, "fail"),
}


@pytest.fixture(scope="module")
def of_fronts(tmp_path_factory) -> Mapping[str, Finding]:
    """What is found at each of `FRONTS`, in one run."""
    folder = tmp_path_factory.mktemp("fronts")
    optional = Gatekeeper(wants=ssl.CERT_OPTIONAL, by_http=True)
    keepers = [replace(optional, known=known, unknown=unknown) for known, unknown, _ in FRONTS.values()]
    with gatekeepers(folder, *keepers) as urls:
        endpoints = [_endpoint(f"front-{at}", url, TRUSTED, folder) for at, url in enumerate(urls)]
        facts = asyncio.run(observe(target_of(*endpoints), _fresh(folder), ended(sslyze_output())))
    found = {_port(f.subject): f for f in judged(facts) if f.check == CHECK}
    return {name: found[one.origin.port] for name, one in zip(FRONTS, endpoints, strict=True)}


@pytest.mark.parametrize("name", FRONTS)
def test_a_front_is_told_from_the_platform_by_what_the_configured_certificate_gets(of_fronts, name):
    *_, outcome = FRONTS[name]
    assert of_fronts[name].outcome == outcome, of_fronts[name].message


def test_without_a_certificate_of_ours_a_bare_401_may_be_anybodys(tmp_path):
    contract = Contract(partner="acme", party=PARTY, roles=(), grants=(), shows_certificate=True)
    with gatekeepers(tmp_path, Gatekeeper(wants=ssl.CERT_NONE, known=bare(401))) as (url,):
        target = loopback_target(url, ca_file=tmp_path / "ca.pem", contracts=(contract,))
        facts = asyncio.run(observe(target, _fresh(tmp_path), ended(sslyze_output())))
    (finding,) = [f for f in judged(facts) if f.check == CHECK]
    assert finding.outcome == "inconclusive"
    assert "HTTP 401, which does not say who answered" in finding.message


def _server() -> TlsServer:
    target = loopback_target("https://127.0.0.1:1/ocpi/versions")
    place = Place(origin=target.endpoints[0].origin, url="https://127.0.0.1:1/", endpoint=target.endpoints[0])
    return TlsServer(place=place, address="127.0.0.1", subject=bare_subject(target, place))


@pytest.mark.asyncio
async def test_a_partners_certificate_in_the_contract_says_that_callers_show_one(tmp_path):
    contract = Contract(partner="acme", party=PARTY, roles=(), grants=(), shows_certificate=True)
    with gatekeepers(tmp_path, Gatekeeper(wants=ssl.CERT_NONE)) as (url,):
        target = loopback_target(url, ca_file=tmp_path / "ca.pem", contracts=(contract,))
        facts = await observe(target, _fresh(tmp_path), ended(sslyze_output()))
    (finding,) = [f for f in judged(facts) if f.check == CHECK]
    assert finding.outcome == "fail"
    assert "certificate of partner acme" in finding.message
