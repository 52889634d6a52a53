import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model.facts.tls import TlsVersion
from scanner.model.observation import Reason
from scanner.tls import features, negotiation
from scanner.tls.certificates import certificate_deployments
from scanner.tls.enumeration import COMMANDS
from scanner.tls.older_versions import OlderVersions
from scanner.tls.sslyze_document import NoAnswer, ServerScan, read_report
from scanner.tls.trust import TrustStore
from tests.targets.tls_certificates import authority
from tests.targets.tls_runs import sslyze_output, tls_runs

STORE = TrustStore(name="test", anchors=(authority("test").certificate,))
READERS = (
    negotiation.protocol_versions,
    negotiation.cipher_suites,
    negotiation.groups_of_highest,
    lambda scan: features.compression(scan, OlderVersions()),
    lambda scan: features.renegotiation(scan, OlderVersions()),
    features.heartbleed,
    features.robot,
    features.ccs_injection,
    features.fallback_scsv,
    features.early_data,
    lambda scan: certificate_deployments(scan, STORE, datetime.now(UTC)),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)


def recorded() -> dict[str, Any]:
    return copy.deepcopy(dict(tls_runs().document))


def scan_of(document: dict[str, Any]) -> ServerScan:
    (scan,) = read_report(sslyze_output(document)).servers
    return scan


def read_everything(scan: ServerScan) -> list[object]:
    found: list[object] = []
    for reader in READERS:
        try:
            found.append(reader(scan))
        except NoAnswer as none:
            found.append(none)
    return found


def reason(output: bytes) -> Reason:
    with pytest.raises(NoAnswer) as caught:
        read_report(output)
    return caught.value.reason


@given(st.binary(max_size=200))
def test_any_bytes_in_place_of_a_document_are_unparsable(output):
    assert reason(output) is Reason.UNPARSABLE


@given(JSON)
def test_any_json_in_place_of_a_document_is_unparsable(value):
    assert reason(json.dumps(value).encode()) is Reason.UNPARSABLE


@pytest.mark.parametrize("output", [b"[" * 100_000, b'{"server_scan_results": ' + b"9" * 10_000 + b"}", b"", b"{}"])
def test_hostile_json_is_unparsable(output):
    assert reason(output) is Reason.UNPARSABLE


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_change_of_a_real_document_gives_facts_or_no_answer(data):
    document = recorded()
    for _ in range(data.draw(st.integers(1, 4))):
        holder: Any = document
        for _ in range(data.draw(st.integers(0, 8))):
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            deeper = [key for key in keys if isinstance(holder[key], dict | list) and holder[key]]
            if not deeper:
                break
            holder = holder[data.draw(st.sampled_from(deeper))]
        key = data.draw(st.sampled_from(list(holder) if isinstance(holder, dict) else list(range(len(holder)))))
        holder[key] = data.draw(JSON)
    try:
        scan = scan_of(document)
    except NoAnswer:
        return
    assert len(read_everything(scan)) == len(READERS)


def test_the_recorded_document_gives_every_fact():
    assert [fact for fact in read_everything(scan_of(recorded())) if isinstance(fact, NoAnswer)] == []


@pytest.mark.parametrize("command", sorted({*COMMANDS.values(), "heartbleed", "certificate_info", "robot"}))
def test_a_failed_command_takes_away_its_own_fact_only(command):
    document = recorded()
    attempt = {
        "status": "ERROR",
        "error_reason": "BUG_IN_SSLYZE",
        "error_trace": "Traceback\nKeyError: 1",
        "result": None,
    }
    document["scan_result"][command] = attempt
    missing = [fact for fact in read_everything(scan_of(document)) if isinstance(fact, NoAnswer)]
    assert len(missing) == (0 if command in COMMANDS.values() else 1)
    assert all(none.reason is Reason.NOT_EVALUATED and "KeyError" in none.detail for none in missing)


def test_a_version_whose_command_failed_is_undecided_not_refused():
    document = recorded()
    document["scan_result"]["tls_1_0_cipher_suites"] = {"status": "NOT_SCHEDULED"}
    scan = scan_of(document)
    assert negotiation.protocol_versions(scan).undecided == (TlsVersion.TLS_1_0,)
    assert negotiation.cipher_suites(scan).versions_missing == (TlsVersion.TLS_1_0,)


def time_out(document: dict[str, Any], command: str, first: int) -> None:
    for rejected in document["scan_result"][command]["result"]["rejected_cipher_suites"][:first]:
        rejected["error_message"] = "Connection to server timed out during the TLS handshake"


def test_a_suite_that_timed_out_among_answers_is_undecided():
    document = recorded()
    time_out(document, "tls_1_0_cipher_suites", 1)
    scan = scan_of(document)
    assert negotiation.protocol_versions(scan).undecided == (TlsVersion.TLS_1_0,)
    assert len(negotiation.cipher_suites(scan).undecided) == 1


def test_a_version_that_meets_silence_throughout_is_refused():
    document = recorded()
    time_out(document, "tls_1_0_cipher_suites", 10_000)
    scan = scan_of(document)
    assert TlsVersion.TLS_1_0 in negotiation.protocol_versions(scan).refused
    assert negotiation.cipher_suites(scan).undecided == ()


@pytest.mark.parametrize(
    "error_reason, trace, expected",
    [
        ("CLIENT_CERTIFICATE_NEEDED", "x", Reason.ACCESS_DENIED),
        ("CONNECTIVITY_ISSUE", 'sslyze.errors.TlsHandshakeTimedOut: h -> "timed out".', Reason.TIMED_OUT),
        ("CONNECTIVITY_ISSUE", 'sslyze.errors.ServerRejectedTlsHandshake: h -> "no".', Reason.UNREACHABLE),
        ("BUG_IN_SSLYZE", 'sslyze.errors.ServerRejectedConnection: h -> "no".', Reason.UNREACHABLE),
        ("SOMETHING_NEW", None, Reason.NOT_EVALUATED),
    ],
)
def test_each_reason_of_sslyze_has_its_reason_here(error_reason, trace, expected):
    document = recorded()
    attempt = {"status": "ERROR", "error_reason": error_reason, "error_trace": trace, "result": None}
    document["scan_result"]["heartbleed"] = attempt
    with pytest.raises(NoAnswer) as caught:
        features.heartbleed(scan_of(document))
    assert caught.value.reason is expected


def test_an_unknown_robot_result_is_no_answer():
    document = recorded()
    document["scan_result"]["robot"]["result"]["robot_result"] = "MAYBE"
    with pytest.raises(NoAnswer) as caught:
        features.robot(scan_of(document))
    assert caught.value.reason is Reason.UNPARSABLE


def test_a_host_that_was_not_reached_gives_no_fact_although_sslyze_exits_0():
    document = recorded() | {
        "connectivity_status": "ERROR",
        "connectivity_error_trace": 'sslyze.errors.ServerRejectedConnection: h:1 -> "Server rejected it".\n',
        "connectivity_result": None,
        "scan_status": "ERROR_NO_CONNECTIVITY",
        "scan_result": None,
    }
    scan = scan_of(document)
    found = read_everything(scan)
    assert scan.refusing
    assert all(isinstance(none, NoAnswer) and none.reason is Reason.UNREACHABLE for none in found)
    assert "Server rejected it" in str(found[0])


def test_a_server_that_sslyze_finds_no_version_of_may_as_well_be_hanging():
    said = "TLS probing failed: could not find a TLS version and cipher suite supported by the server"
    document = recorded() | {
        "connectivity_status": "ERROR",
        "connectivity_error_trace": f'sslyze.errors.ServerTlsConfigurationNotSupported: h:1 -> "{said}".\n',
        "connectivity_result": None,
        "scan_status": "ERROR_NO_CONNECTIVITY",
        "scan_result": None,
    }
    (first, *_) = read_everything(scan_of(document))
    assert "supported by the server" not in str(first)
    assert "answered without TLS, or not answered in time" in str(first)
