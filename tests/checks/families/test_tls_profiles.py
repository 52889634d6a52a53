from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from checks.families.tls_certificate import TRUSTED
from checks.families.tls_certificate_strength import SIGNATURES
from checks.families.tls_flaws import ROBOT_CLOSED
from checks.families.tls_negotiation import ADDRESSES_ALIKE, SUITES_IN_PROFILE, VERSIONS_IN_PROFILE
from checks.families.tls_transport import NO_PLAINTEXT_INTERFACE, NO_PLAINTEXT_LISTENER
from checks.model.check import Case, Check, Sighting
from checks.model.verdict import Outcome
from checks.tls_profiles.profile import ProfileError, parse_profile, profile_named, profile_names
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.tls import (
    DEFAULT_TLS_PROFILE,
    Certificate,
    CertificateChain,
    CertificateDeployments,
    CipherSuites,
    PlaintextAnswer,
    PlaintextOutcome,
    ProtocolVersions,
    Robot,
    RobotResult,
    ServerAddresses,
    TlsProfileChosen,
    TlsVersion,
)
from scanner.model.subject import ServerSubject
from scanner.model.witness import Witness

SERVER = ServerSubject(environment="test", host="ocpi.example.com", port=443)
REF = EvidenceRef(id="ev", sha256="0" * 64, path="ev.json")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
GOOD = """
name: mine
title: Mine
sources: {versions: here, suites: here, groups: here, minimum_bits: here, signature_hashes: here,
  warn_days_before_expiry: here}
versions: [TLS 1.3]
suites: {TLS 1.3: [TLS_AES_128_GCM_SHA256]}
groups: [X25519]
minimum_bits: {EC: 256}
signature_hashes: [sha256]
warn_days_before_expiry: 7
"""
LEAF = Certificate(
    subject="CN=leaf",
    issuer="CN=root",
    serial="1",
    sha256="aa",
    not_before=NOW,
    not_after=NOW + timedelta(days=30),
    key_type="EC",
    key_bits=256,
    signature_hash="sha256",
    dns_names=("ocpi.example.com",),
    ip_addresses=(),
    self_signed=False,
)


def sighting(fact: object) -> Sighting[object]:
    return Sighting(fact=fact, subject=SERVER, witness=Witness.TLS, identity=None, evidence=(REF,))


def outcome(check: Check, fact: object, *joined: object) -> tuple[Outcome, str]:  # type: ignore[type-arg]
    case = Case(subject=SERVER, drivers=(sighting(fact),), joined=tuple(map(sighting, joined)))
    (verdict,) = check.judge(case)
    return verdict.outcome, verdict.message


def test_the_default_profile_comes_with_the_package():
    assert DEFAULT_TLS_PROFILE in profile_names()
    assert profile_names() == ("ocpi-2026-1", "rfc9325-1", "sp800-52r2-1")


@pytest.mark.parametrize("name", profile_names())
def test_no_profile_allows_what_is_broken(name):
    profile = profile_named(name)
    suites = {suite for allowed in profile.suites.values() for suite in allowed}
    assert profile.versions == {TlsVersion.TLS_1_2, TlsVersion.TLS_1_3}
    assert not [
        s for s in suites if any(bad in s for bad in ("NULL", "RC4", "DES", "EXPORT", "anon", "MD5", "TLS_RSA_"))
    ]
    assert not profile.signature_hashes & {"md5", "sha1"}
    assert profile.minimum_bits["RSA"] >= 2048
    assert profile.minimum_bits["DH"] >= 2048


@pytest.mark.parametrize("name", ["rfc9325-1", "sp800-52r2-1"])
def test_the_default_is_at_least_as_strict_on_versions_and_keys(name):
    ours, theirs = profile_named(DEFAULT_TLS_PROFILE), profile_named(name)
    assert ours.versions <= theirs.versions
    assert all(ours.minimum_bits[kind] >= bits for kind, bits in theirs.minimum_bits.items())


def test_the_default_is_a_part_of_rfc_9325():
    ours, theirs = profile_named(DEFAULT_TLS_PROFILE), profile_named("rfc9325-1")
    assert all(ours.suites[version] <= theirs.suites[version] for version in ours.versions)
    assert ours.groups <= theirs.groups


@pytest.mark.parametrize(
    "text, message",
    [
        (GOOD.replace("groups: [X25519]", "grops: [X25519]"), r"mine\.yaml: (groups: Field required|grops: Extra)"),
        (GOOD.replace("[TLS 1.3]\nsuites", "[TLS 1.4]\nsuites"), r"mine\.yaml: versions\.0: Input should be"),
        (GOOD.replace("versions: [TLS 1.3]", "versions: [TLS 1.2, TLS 1.3]"), "exactly the versions"),
        (GOOD.replace("groups: here, ", ""), "sources says nothing about groups"),
        (GOOD.replace("warn_days_before_expiry: 7", "warn_days_before_expiry: -7"), "greater than or equal to 0"),
        ("[", r"mine\.yaml: not YAML"),
        ("", r"mine\.yaml: document: "),
    ],
)
def test_a_wrong_profile_is_refused_with_file_and_key(text, message):
    with pytest.raises(ProfileError, match=message):
        parse_profile(text, "mine.yaml")


def test_an_own_profile_is_read():
    assert parse_profile(GOOD, "mine.yaml").versions == {TlsVersion.TLS_1_3}


def test_an_unknown_profile_judges_nothing_and_says_which_there_are():
    versions = ProtocolVersions(accepted=(TlsVersion.TLS_1_3,), refused=())
    found, message = outcome(VERSIONS_IN_PROFILE, versions, TlsProfileChosen(name="../../etc/passwd"))
    assert found is Outcome.INCONCLUSIVE
    assert "there are ocpi-2026-1, rfc9325-1, sp800-52r2-1" in message


def test_an_undecided_forbidden_version_is_not_a_pass():
    versions = ProtocolVersions(accepted=(TlsVersion.TLS_1_3,), refused=(), undecided=(TlsVersion.SSL_3_0,))
    assert outcome(VERSIONS_IN_PROFILE, versions)[0] is Outcome.INCONCLUSIVE


@pytest.mark.parametrize("more", [{"undecided": ("TLS 1.2 X",)}, {"versions_missing": (TlsVersion.TLS_1_2,)}])
def test_suites_that_were_not_tried_are_not_a_pass(more):
    suites = CipherSuites(accepted=(), offered=3, **more)
    assert outcome(SUITES_IN_PROFILE, suites)[0] is Outcome.INCONCLUSIVE


@pytest.mark.parametrize("suite", ["TLS 1.2 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS 1.0 TLS_RSA_WITH_RC4_128_SHA"])
def test_suites_that_would_change_nothing_may_stay_unclear(suite):
    suites = CipherSuites(accepted=(), offered=3, undecided=(suite,))
    assert outcome(SUITES_IN_PROFILE, suites)[0] is Outcome.NOT_APPLICABLE


def test_inconsistent_robot_answers_are_not_a_pass():
    assert outcome(ROBOT_CLOSED, Robot(result=RobotResult.INCONSISTENT))[0] is Outcome.INCONCLUSIVE
    assert outcome(ROBOT_CLOSED, Robot(result=RobotResult.WEAK_ORACLE))[0] is Outcome.FAIL


def test_addresses_that_were_left_out_are_not_a_pass():
    found, message = outcome(ADDRESSES_ALIKE, ServerAddresses(examined=("192.0.2.1",), left_out=("192.0.2.2",)))
    assert found is Outcome.NOT_TESTED
    assert "192.0.2.2" in message


@pytest.mark.parametrize(
    "what, tls_port, interface, listener",
    [
        (PlaintextOutcome.CLOSED, False, Outcome.PASS, Outcome.PASS),
        (PlaintextOutcome.SILENT, False, Outcome.PASS, Outcome.PASS),
        (PlaintextOutcome.NOT_HTTP, True, Outcome.PASS, Outcome.PASS),
        (PlaintextOutcome.TURNED_AWAY, True, Outcome.PASS, Outcome.PASS),
        (PlaintextOutcome.TURNED_AWAY, False, Outcome.PASS, Outcome.FAIL),
        (PlaintextOutcome.REDIRECTED_TO_TLS, True, Outcome.PASS, Outcome.PASS),
        (PlaintextOutcome.REDIRECTED_TO_TLS, False, Outcome.PASS, Outcome.FAIL),
        (PlaintextOutcome.REDIRECTED, False, Outcome.FAIL, Outcome.NOT_APPLICABLE),
        (PlaintextOutcome.SERVED, True, Outcome.FAIL, Outcome.NOT_APPLICABLE),
    ],
)
def test_a_plaintext_answer_fails_one_check_at_most(what, tls_port, interface, listener):
    answer = PlaintextAnswer(outcome=what, tls_port=tls_port, http_status=400)
    assert outcome(NO_PLAINTEXT_INTERFACE, answer)[0] is interface
    assert outcome(NO_PLAINTEXT_LISTENER, answer)[0] is listener


@pytest.mark.parametrize(
    "status, expected", [(429, "inconclusive"), (500, "inconclusive"), (503, "inconclusive"), (426, "pass")]
)
def test_an_error_of_the_moment_does_not_show_that_nothing_is_served(status, expected):
    answer = PlaintextAnswer(outcome=PlaintextOutcome.TURNED_AWAY, tls_port=False, http_status=status)
    found, message = outcome(NO_PLAINTEXT_INTERFACE, answer)
    assert found == expected
    assert f"HTTP {status}" in message
    assert outcome(NO_PLAINTEXT_LISTENER, answer)[0] is Outcome.FAIL


def chain_of(*certificates: Certificate) -> CertificateDeployments:
    chain = CertificateChain(
        certificates=certificates,
        trusted=True,
        trust_store="test",
        trust_detail="",
        name_asked="ocpi.example.com",
        name_matches=True,
        in_order=True,
    )
    return CertificateDeployments(chains=(chain,))


@pytest.mark.parametrize(
    "trusted, expected", [(True, Outcome.PASS), (False, Outcome.FAIL), (None, Outcome.INCONCLUSIVE)]
)
def test_a_path_that_could_not_be_verified_is_neither_there_nor_missing(trusted, expected):
    (chain,) = chain_of(LEAF).chains
    changed = replace(chain, trusted=trusted, trust_detail="why")
    found, message = outcome(TRUSTED, CertificateDeployments(chains=(chain, changed)))
    assert found is expected
    assert "why" in message


def test_a_weak_signature_counts_on_the_way_but_not_on_the_root():
    weak = replace(LEAF, subject="CN=root", sha256="bb", signature_hash="sha1")
    assert outcome(SIGNATURES, chain_of(LEAF, weak))[0] is Outcome.FAIL
    assert outcome(SIGNATURES, chain_of(LEAF, replace(weak, self_signed=True)))[0] is Outcome.PASS
    assert outcome(SIGNATURES, chain_of(replace(LEAF, signature_hash="sha1", self_signed=True)))[0] is Outcome.FAIL
    assert outcome(SIGNATURES, chain_of(replace(LEAF, signature_hash=None, key_type="Ed25519")))[0] is Outcome.PASS
