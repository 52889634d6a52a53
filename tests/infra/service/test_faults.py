"""Each fault does what its name says, and nothing that the correct service does changes beside it."""

from __future__ import annotations

import ast
import base64
import http.client
import json
import re
import ssl
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

import infra.service
from infra.service.faults import ALL, FAULTS, UnknownFaultError, select_faults, token_matching
from tests.infra.service.exchange_client import CPO, DETAILS, Client, Reply, cpo_c, emsp_a, nobody
from tests.infra.service.test_listener import OLD, refuses
from tests.targets.reference_service import RunningService, running_service

CERTIFICATES = [name for name, fault in FAULTS.items() if fault.group == "certificate"]
UNREADABLE = [name for name in CERTIFICATES if not FAULTS[name].in_all]
# What only a partner who writes can see is proven by the scanner that looks for it.
READ = {name for name, fault in FAULTS.items() if not fault.by_writing}
TABLES = Path(__file__).parents[2] / "expected_findings"
OF_TOKENS = {fault.name for fault in token_matching.FAULTS}  # test_token_faults.py
ON_THE_WIRE = [name for name in FAULTS if name in READ and FAULTS[name].in_all]
IDS = {"X-Request-ID": "request-0001", "X-Correlation-ID": "correlation-0001"}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def questions(service: RunningService) -> dict[str, Reply]:
    """A broad set of requests; between them they touch what any fault of the application changes."""
    client, token = emsp_a(service), service.tokens["emsp-a"]
    paths = {
        "versions": "/ocpi/versions",
        "details": DETAILS,
        "credentials": f"{DETAILS}/credentials",
        "locations": f"{CPO}/locations",
        "all locations": f"{CPO}/locations?limit=100000",
        "location": f"{CPO}/locations/RFC-LOC-0001",
        "tariffs": f"{CPO}/tariffs",
        "sessions": f"{CPO}/sessions",
        "cdrs": f"{CPO}/cdrs?limit=20&offset=20",
        "foreign session": f"{CPO}/sessions/S-B-00001",
        "foreign cdr": f"{CPO}/cdrs/CDR-B-00001",
        "our tokens": "/ocpi/emsp/2.2.1/tokens",
        "charging profile": f"{CPO}/chargingprofiles/S-A-00001?duration=60&response_url=https://partner.example/answer",
        "unknown": f"{CPO}/nothing",
        "bad limit": f"{CPO}/locations?limit=x",
    }
    asked = {name: client.get(path, headers=IDS) for name, path in paths.items()}
    wrong = Client(service=service, authorization="Token " + encoded("wrong-token"))
    bearer = Client(service=service, authorization=f"Bearer {encoded(token)}")
    basic = Client(service=service, authorization=f"Basic {encoded(token)}")
    for name, path in (("versions", "/ocpi/versions"), ("locations", f"{CPO}/locations"), ("cdrs", f"{CPO}/cdrs")):
        asked[f"no token, {name}"] = nobody(service).get(path, headers=IDS)
        asked[f"wrong token, {name}"] = wrong.get(path, headers=IDS)
        asked[f"bearer, {name}"] = bearer.get(path, headers=IDS)
        asked[f"basic, {name}"] = basic.get(path, headers=IDS)
        asked[f"query, {name}"] = nobody(service).get(f"{path}?token={token}", headers=IDS)
    asked["no token, location"] = nobody(service).get(f"{CPO}/locations/RFC-LOC-0001", headers=IDS)
    asked["cpo tokens"] = cpo_c(service).get("/ocpi/emsp/2.2.1/tokens", headers=IDS)
    return asked


def normal(service: RunningService, reply: Reply) -> tuple[int, dict[str, str], str]:
    """An answer without what differs from one moment or port to the next."""
    headers = {name: value for name, value in reply.headers.items() if name.lower() not in ("date", "content-length")}
    text = reply.body.decode().replace(str(service.port), "PORT")
    headers = {name: value.replace(str(service.port), "PORT") for name, value in headers.items()}
    return reply.status, headers, re.sub(r'"timestamp":"[^"]+"', "", text)


@pytest.fixture(scope="module")
def correct() -> dict[str, tuple[int, dict[str, str], str]]:
    with running_service() as service:
        return {name: normal(service, reply) for name, reply in questions(service).items()}


def listed(reply: Reply) -> int:
    return len(reply.data)


EXPECTED: dict[str, tuple[set[str], Callable[[dict[str, Reply]], bool]]] = {
    "accept-any-token": (
        {"wrong token, versions", "wrong token, locations", "wrong token, cdrs"},
        lambda asked: listed(asked["wrong token, cdrs"]) == 20,
    ),
    "no-token-accepted": (
        {"no token, locations", "query, locations"},  # the one with a token in the query has none in the header
        lambda asked: listed(asked["no token, locations"]) == 20,
    ),
    "objects-need-no-token": (
        {"no token, location"},
        lambda asked: asked["no token, location"].data["id"] == "RFC-LOC-0001",
    ),
    "token-in-query-accepted": (
        {"query, versions", "query, locations", "query, cdrs"},
        lambda asked: listed(asked["query, cdrs"]) == 20,
    ),
    "other-scheme-accepted": (
        {"bearer, versions", "bearer, locations", "bearer, cdrs"},
        lambda asked: listed(asked["bearer, cdrs"]) == 20,
    ),
    "no-page-limit": (
        {"locations", "all locations", "tariffs", "sessions", "cdrs", "cpo tokens"},
        lambda asked: listed(asked["all locations"]) == 26 and listed(asked["locations"]) == 20,
    ),
    "other-tenant-readable": (
        {"sessions", "cdrs", "foreign session", "foreign cdr"},
        lambda asked: asked["foreign cdr"].status == 200 and asked["sessions"].headers["X-Total-Count"] == "55",
    ),
    "other-tenants-counted": (
        {"sessions", "cdrs"},
        lambda asked: asked["sessions"].headers["X-Total-Count"] == "55",
    ),
    "surplus-module": (
        {"details", "our tokens"},
        lambda asked: (
            listed(asked["our tokens"]) == 6
            and ("tokens", "SENDER") in [(e["identifier"], e["role"]) for e in asked["details"].data["endpoints"]]
        ),
    ),
    "plaintext-url-advertised": (
        {"details"},
        lambda asked: (
            [e["identifier"] for e in asked["details"].data["endpoints"] if e["url"].startswith("http://")]
            == ["credentials"]
        ),
    ),
    "missing-mandatory-field": (
        {"locations", "all locations", "location"},
        lambda asked: all("city" not in o for o in asked["locations"].data) and "city" not in asked["location"].data,
    ),
    "invalid-enum-served": ({"tariffs"}, lambda asked: {t["type"] for t in asked["tariffs"].data} == {"NIGHT_RATE"}),
    "link-to-foreign-host": (
        {"locations", "all locations", "sessions"},
        lambda asked: asked["locations"].headers["Link"].startswith("<https://pages.charging.example.org/ocpi/cpo/"),
    ),
    "module-beyond-contract": ({"our tokens"}, lambda asked: listed(asked["our tokens"]) == 6),
    "commands-always-on": (
        {"charging profile"},
        lambda asked: asked["charging profile"].data["result"] == "REJECTED",  # such a session is not charging
    ),
    "forbidden-as-bad-request": (
        {"our tokens", "charging profile"},
        lambda asked: asked["our tokens"].status == 400 and asked["our tokens"].json == {"error": "no"},
    ),
    "agreed-list-closed": ({"tariffs"}, lambda asked: asked["tariffs"].status == 404),
    "missing-pagination-headers": (
        {"tariffs"},
        lambda asked: not [h for h in ("Link", "X-Limit", "X-Total-Count") if h in asked["tariffs"].headers],
    ),
}
CHANGED_HEADERS: dict[str, dict[str, str | None]] = {
    "leaking-version-header": {
        "server": f"uvicorn/{__import__('uvicorn').__version__} Python/{sys.version.split()[0]}"
    },
    "no-correlation-id": {"x-correlation-id": None},
    "cacheable-answers": {"cache-control": "public, max-age=3600"},
    "missing-hsts": {"strict-transport-security": None},
    "framing-allowed": {"content-security-policy": "default-src 'none'"},
    "wrong-content-type": {"content-type": "text/html; charset=utf-8"},
}
UNCHANGED_ANSWERS = [
    "weak-tls",
    "weak-cipher-suites",
    "client-renegotiation",
    "plaintext-listener",
    "long-lived-certificate",
]


def test_every_fault_is_tested():
    assert {*EXPECTED, *CHANGED_HEADERS, *UNCHANGED_ANSWERS, "leaking-stack-trace", *UNREADABLE, *OF_TOKENS} == READ


def test_every_fault_that_only_writing_shows_is_looked_for_by_the_scanner():
    tables = [yaml.safe_load(path.read_text()) for path in TABLES.glob("*.yaml")]
    assert FAULTS.keys() - READ <= {name for table in tables for name in table}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_fault_changes_exactly_these_answers(name: str, correct: dict[str, Any]):
    changed, is_faulty = EXPECTED[name]
    with running_service([name]) as service:
        asked = questions(service)
        assert {q for q, reply in asked.items() if normal(service, reply) != correct[q]} == changed
        assert is_faulty(asked)


@pytest.mark.parametrize("name", CHANGED_HEADERS)
def test_a_header_fault_changes_one_header_of_every_answer(name: str, correct: dict[str, Any]):
    with running_service([name]) as service:
        for question, reply in questions(service).items():
            status, headers, text = normal(service, reply)
            right_status, right_headers, right_text = correct[question]
            assert (status, text) == (right_status, right_text)
            expected: dict[str, str | None] = right_headers | CHANGED_HEADERS[name]
            assert headers == {k: v for k, v in expected.items() if v is not None}


@pytest.mark.parametrize("name", UNCHANGED_ANSWERS)
def test_a_fault_of_the_connection_changes_no_answer(name: str, correct: dict[str, Any]):
    with running_service([name]) as service:
        assert {q: normal(service, reply) for q, reply in questions(service).items()} == correct


def test_a_stack_trace_leaks_in_errors_and_only_there(correct: dict[str, Any]):
    with running_service(["leaking-stack-trace"]) as service:
        for question, reply in questions(service).items():
            if reply.status < 400:
                assert normal(service, reply) == correct[question]
            else:
                assert "Traceback (most recent call last)" in reply.data["exception"]
                assert reply.status == correct[question][0]


def test_weak_tls_speaks_old_versions_with_old_suites_and_new_versions_with_new_ones():
    with running_service(["weak-tls"]) as service:
        assert not any(refuses(service, version) for version in OLD)
        assert refuses(service, "TLSv1_2", "ECDHE+AES+SHA1")
        assert not refuses(service, "TLSv1_2")
        assert not refuses(service, "TLSv1_3")


def test_weak_suites_are_cbc_and_rsa_key_transport_and_no_old_version():
    with running_service(["weak-cipher-suites"]) as service:
        for ciphers in ("ECDHE-ECDSA-AES128-SHA", "ECDHE-RSA-AES256-SHA", "AES128-SHA", "AES128-GCM-SHA256"):
            assert not refuses(service, "TLSv1_2", ciphers)
        assert all(refuses(service, version) for version in OLD)


def renegotiations(service: RunningService) -> int:
    """How often a client could renegotiate, counted by another program."""
    done = subprocess.run(
        [sys.executable, "-m", "sslyze", "--reneg", "--json_out=-", f"{service.host}:{service.port}"],
        capture_output=True, text=True, timeout=500, check=True,
    )  # fmt: skip
    (result,) = json.loads(done.stdout)["server_scan_results"]
    return int(result["scan_result"]["session_renegotiation"]["result"]["client_renegotiations_success_count"])


@pytest.mark.parametrize("faults, allowed", [([], False), (["client-renegotiation"], True)])
def test_clients_can_renegotiate_only_with_the_fault(faults: list[str], allowed: bool):
    with running_service(faults) as service:
        assert (renegotiations(service) > 0) is allowed


def test_the_plaintext_listener_answers_ocpi_over_http():
    with running_service(["plaintext-listener"]) as service:
        assert service.plaintext_port is not None
        with closing(http.client.HTTPConnection("127.0.0.1", service.plaintext_port, timeout=60)) as connection:
            connection.request("GET", "/ocpi/versions", headers={"Authorization": service.authorization("emsp-a")})
            assert json.loads(connection.getresponse().read())["status_code"] == 1000


def served_certificate(service: RunningService) -> x509.Certificate:
    return x509.load_pem_x509_certificate(ssl.get_server_certificate((service.host, service.port)).encode())


def verification_error(service: RunningService) -> str:
    with pytest.raises(ssl.SSLCertVerificationError) as raised:
        emsp_a(service).get("/ocpi/versions")
    return raised.value.verify_message


@pytest.mark.parametrize(
    "name, message",
    [
        ("expired-certificate", "certificate has expired"),
        ("wrong-name-certificate", "Hostname mismatch"),
        ("self-signed-certificate", "self-signed certificate"),
        ("weak-key-certificate", "EE certificate key too weak"),
    ],
)
def test_a_verifying_client_refuses_the_certificate_for_that_reason(name: str, message: str):
    with running_service([name]) as service:
        assert message in verification_error(service)
        assert service.events == []
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if name == "weak-key-certificate":
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with closing(http.client.HTTPSConnection(service.host, service.port, context=context)) as connection:
            connection.request("GET", "/ocpi/versions", headers={"Authorization": service.authorization("emsp-a")})
            assert connection.getresponse().status == 200


def test_each_certificate_has_exactly_its_fault():
    now = datetime.now(UTC)
    for name in CERTIFICATES:
        with running_service([name]) as service:
            certificate = served_certificate(service)
        lifetime = certificate.not_valid_after_utc - certificate.not_valid_before_utc
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        observed = {
            "expired-certificate": certificate.not_valid_after_utc < now,
            "wrong-name-certificate": "localhost" not in names.get_values_for_type(x509.DNSName),
            "self-signed-certificate": certificate.issuer == certificate.subject,
            "weak-key-certificate": isinstance(certificate.public_key(), rsa.RSAPublicKey),
            "long-lived-certificate": lifetime > timedelta(days=398),
        }
        assert [fault for fault, seen in observed.items() if seen] == [name]


def test_all_means_every_fault_that_hides_no_other():
    assert {f.name for f in select_faults([ALL])} == set(ON_THE_WIRE)
    chosen = {f.name for f in select_faults([ALL, "expired-certificate"])}
    assert chosen == {*ON_THE_WIRE, "expired-certificate"} - {"long-lived-certificate"}


def test_faults_are_taken_once_and_in_the_listed_order():
    names = [f.name for f in select_faults(["missing-hsts", "weak-tls", "missing-hsts"])]
    assert names == ["weak-tls", "missing-hsts"]
    assert select_faults([]) == ()


@pytest.mark.parametrize("names", [["nope"], ["all", "nope"], ["expired-certificate", "self-signed-certificate"]])
def test_names_that_do_not_exist_or_exclude_each_other_are_refused(names: list[str]):
    with pytest.raises(UnknownFaultError):
        select_faults(names)


def test_all_faults_together_can_all_be_seen():
    with running_service([ALL]) as service:
        asked = questions(service)
        assert [name for name in EXPECTED if name in ON_THE_WIRE and not EXPECTED[name][1](asked)] == []
        for reply in asked.values():
            for headers in CHANGED_HEADERS.values():
                for header, value in headers.items():
                    assert reply.headers[header] == value
        assert "Traceback" in asked["unknown"].json["data"]["exception"]
        assert not refuses(service, "TLSv1")
        assert service.plaintext_port is not None


def test_the_service_knows_nothing_of_its_faults():
    root = Path(infra.service.__file__).parent
    allowed = {"__main__.py", "assembly.py"}  # these put wrappers round it
    for path in root.rglob("*.py"):
        if "faults" in path.relative_to(root).parts or path.name in allowed:
            continue
        modules = [n.module or "" for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.ImportFrom)]
        assert not [m for m in modules if "faults" in m], path
