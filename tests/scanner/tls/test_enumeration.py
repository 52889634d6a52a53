"""What sslyze files under "rejected": a refusal, or a handshake that merely did not come up?"""

from typing import Any

import pytest

from scanner.model.facts.tls import TlsVersion
from scanner.model.observation import Reason
from scanner.tls import features, negotiation
from scanner.tls.enumeration import COMMANDS
from scanner.tls.key_exchange import elliptic_groups
from scanner.tls.older_versions import OlderVersions
from scanner.tls.sslyze_document import NoAnswer, ServerScan
from tests.scanner.tls.test_sslyze_document import recorded, scan_of
from tests.targets.tls_servers import DOCUMENT_FAULTS


def refuse(document: dict[str, Any], command: str, message: str, first: int = 10_000) -> None:
    for rejected in document["scan_result"][command]["result"]["rejected_cipher_suites"][:first]:
        rejected["error_message"] = message


NEGATIVES = ("compression", "renegotiation", "robot", "fallback_scsv", "early_data")
BROKEN_OFF = ("Server rejected the connection", "Server interrupted the TLS handshake")


def doubtful(scan: ServerScan) -> set[str]:
    """The readers of features that take nothing for an absence."""
    found = set()
    for name in (*NEGATIVES, "heartbleed", "ccs_injection"):
        older = (OlderVersions(),) if name in {"compression", "renegotiation"} else ()
        try:
            getattr(features, name)(scan, *older)
        except NoAnswer as none:
            if none.reason is Reason.CONTROL_FAILED:
                found.add(name)
    return found


@pytest.mark.parametrize("message", BROKEN_OFF)
def test_a_handshake_that_is_broken_off_among_alerts_is_undecided(message):
    document = recorded()
    refuse(document, "tls_1_0_cipher_suites", "TLS alert: protocol version ")
    refuse(document, "tls_1_0_cipher_suites", message, first=1)
    scan = scan_of(document)
    assert negotiation.protocol_versions(scan).undecided == (TlsVersion.TLS_1_0,)
    assert len(negotiation.cipher_suites(scan).undecided) == 1
    assert doubtful(scan) == set()


@pytest.mark.parametrize("message", BROKEN_OFF)
def test_a_server_that_refuses_by_breaking_off_refuses(message):
    document = recorded()
    for command in COMMANDS.values():
        refuse(document, command, message)
    scan = scan_of(document)
    assert negotiation.protocol_versions(scan).undecided == ()
    assert negotiation.cipher_suites(scan).undecided == ()
    assert doubtful(scan) == set()


@pytest.mark.parametrize("natural", ["TLS alert: handshake failure", BROKEN_OFF[1]])
def test_where_many_handshakes_are_broken_off_no_absence_counts(natural):
    document = recorded()
    refuse(document, "tls_1_2_cipher_suites", natural)
    refuse(document, "tls_1_2_cipher_suites", BROKEN_OFF[0], first=40)
    refuse(document, "tls_1_0_cipher_suites", BROKEN_OFF[0])
    scan = scan_of(document)
    assert doubtful(scan) == set(NEGATIVES)
    assert TlsVersion.TLS_1_0 in negotiation.protocol_versions(scan).undecided
    assert elliptic_groups(scan, OlderVersions()).undecided


@pytest.mark.parametrize("answered", ["TLS error: wrong version number", "TLS error: wrong SSL version"])
def test_a_server_that_answers_in_another_version_and_breaks_off_without_a_common_suite_is_steady(answered):
    document = recorded()
    for command in COMMANDS.values():
        refuse(document, command, BROKEN_OFF[1])
    refuse(document, "tls_1_1_cipher_suites", answered, first=32)
    scan = scan_of(document)
    assert TlsVersion.TLS_1_1 in negotiation.protocol_versions(scan).refused
    assert doubtful(scan) == set()


@pytest.mark.parametrize(
    "message, why", [("TLS alert: handshake failure", "OpenSSL 1.0.2"), (BROKEN_OFF[0], "limit connections")]
)
def test_where_nothing_comes_of_the_version_that_was_met_first_no_absence_counts(message, why):
    document = recorded()
    document["scan_result"]["tls_1_3_cipher_suites"]["result"]["accepted_cipher_suites"] = []
    refuse(document, "tls_1_3_cipher_suites", message)
    scan = scan_of(document)
    assert doubtful(scan) == set(NEGATIVES)
    with pytest.raises(NoAnswer, match=why):
        features.early_data(scan)


def test_where_connections_are_refused_in_the_end_no_absence_counts():
    document = recorded()
    trace = 'sslyze.errors.ServerRejectedConnection: h:1 -> "Server rejected the connection".'
    attempt = {"status": "ERROR", "error_reason": "BUG_IN_SSLYZE", "error_trace": trace, "result": None}
    document["scan_result"]["tls_1_0_cipher_suites"] = attempt
    assert doubtful(scan_of(document)) == set(NEGATIVES)


@pytest.mark.parametrize("said, doubted", [(BROKEN_OFF[0], True), (BROKEN_OFF[1], True), ("TLS alert: no", False)])
def test_where_the_usual_handshakes_are_broken_off_no_absence_counts(said, doubted):
    document = recorded()
    trace = f'sslyze.errors.ServerRejectedTlsHandshake: h:1 -> "{said}".'
    attempt = {"status": "ERROR", "error_reason": "CONNECTIVITY_ISSUE", "error_trace": trace, "result": None}
    document["scan_result"]["certificate_info"] = attempt
    assert doubtful(scan_of(document)) == (set(NEGATIVES) if doubted else set())


def test_without_tls_1_3_the_oldest_flaws_are_looked_for_by_handshakes_too():
    document = recorded()
    document["connectivity_result"]["highest_tls_version_supported"] = "TLS_1_2"
    document["scan_result"]["tls_1_2_cipher_suites"]["result"]["accepted_cipher_suites"] = []
    assert doubtful(scan_of(document)) == {*NEGATIVES, "heartbleed", "ccs_injection"}


@pytest.mark.parametrize("fault", sorted(DOCUMENT_FAULTS.keys() - {"weak-curve", "fallback-ignored"}))
def test_a_flaw_that_was_seen_counts_however_unsteady_the_server_is(fault):
    document = recorded()
    refuse(document, "tls_1_2_cipher_suites", BROKEN_OFF[0], first=100)
    before = doubtful(scan_of(document))
    DOCUMENT_FAULTS[fault](document["scan_result"])
    after = doubtful(scan_of(document))
    assert before == set(NEGATIVES)
    assert after < before or fault in {"heartbleed", "ccs-injection"}


def test_no_rsa_is_not_believed_where_a_suite_with_rsa_was_accepted():
    document = recorded()
    result = document["scan_result"]["tls_1_2_cipher_suites"]["result"]
    overlooked = {"name": "TLS_RSA_WITH_AES_128_CCM", "openssl_name": "AES128-CCM"}
    suite = result["accepted_cipher_suites"][0]["cipher_suite"]
    result["accepted_cipher_suites"].append({"cipher_suite": suite | overlooked, "ephemeral_key": None})
    with pytest.raises(NoAnswer, match="does not try TLS_RSA_WITH_AES_128_CCM"):
        features.robot(scan_of(document))


@pytest.mark.parametrize("read", [features.heartbleed, features.ccs_injection])
def test_an_attack_that_goes_without_a_server_name_was_not_tried_where_nobody_answers_without_one(read):
    document = recorded()
    document["scan_result"]["certificate_info"]["result"]["certificate_deployment_with_sni_disabled"] = None
    assert not read(scan_of(document)).vulnerable  # decided by TLS 1.3 alone
    document["connectivity_result"]["highest_tls_version_supported"] = "TLS_1_2"
    with pytest.raises(NoAnswer, match="without SNI") as caught:
        read(scan_of(document))
    assert caught.value.reason is Reason.CONTROL_FAILED


@pytest.mark.parametrize("second, heard", [("tls_1_1_cipher_suites", True), ("tls_1_0_cipher_suites", False)])
def test_a_signalled_fallback_counts_as_refused_only_where_the_server_speaks_the_version_that_signals(second, heard):
    document = recorded()
    commands = document["scan_result"]
    assert features.fallback_scsv(scan_of(document)).supported  # one version before TLS 1.3: judged by nobody
    accepted = commands["tls_1_2_cipher_suites"]["result"]["accepted_cipher_suites"]
    commands[second]["result"]["accepted_cipher_suites"] = accepted[:1]
    if heard:
        assert features.fallback_scsv(scan_of(document)).supported
    else:
        with pytest.raises(NoAnswer, match=r"with TLS 1\.1 only"):
            features.fallback_scsv(scan_of(document))
