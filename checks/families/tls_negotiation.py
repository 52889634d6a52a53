"""What can be negotiated: versions and cipher suites, against the chosen TLS profile; at every address the same."""

from collections.abc import Iterable
from typing import Final

from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from checks.tls_profiles.judging import PROFILE, by_profile, listed
from checks.tls_profiles.profile import TlsProfile
from scanner.model.facts.tls import CipherSuite, CipherSuites, ProtocolVersions, ServerAddresses
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_SMALLEST_SYMMETRIC_KEY: Final = 128  # bits, RFC 9325, section 4.1
_CONTROLS: Final = ("OCPI-TLS-02", "OCPI-TST-16", "OCPI-COM-06")


@by_profile
def _versions(case: Case[ProtocolVersions], profile: TlsProfile) -> Iterable[Verdict]:
    versions = case.driver.fact
    tried = Population(examined=len(versions.accepted) + len(versions.refused), of=6, unit="protocol version")
    outside = [version for version in versions.accepted if version not in profile.versions]
    unclear = [version for version in versions.undecided if version not in profile.versions]
    if outside:
        yield case.fails(
            f"{listed(outside)} can be negotiated; profile {profile.name} does not allow it", population=tried
        )
    elif unclear:
        yield case.inconclusive(f"whether {listed(unclear)} can be negotiated did not become clear", population=tried)
    else:
        yield case.passes(
            f"only {listed(versions.accepted)} can be negotiated (profile {profile.name})", population=tried
        )


@by_profile
def _suites(case: Case[CipherSuites], profile: TlsProfile) -> Iterable[Verdict]:
    """Suites of versions that the profile forbids are left to the check on versions."""
    suites = case.driver.fact
    tried = Population(examined=suites.offered, unit="offered suite")
    judged = [suite for suite in suites.accepted if suite.version in profile.versions]
    outside = [suite for suite in judged if suite.name not in profile.suites[suite.version]]
    unclear = list(_unclear(suites, profile))
    missing = [version for version in suites.versions_missing if version in profile.versions]
    if outside:
        names = listed(f"{suite.name} ({_weakness(suite)})" for suite in outside)
        yield case.fails(f"outside profile {profile.name}: {names}", population=tried)
    elif unclear or missing:
        what = listed((*unclear, *(f"all of {version}" for version in missing)))
        yield case.inconclusive(f"whether the server takes {what} did not become clear", population=tried)
    elif not judged:
        yield case.not_applicable(
            f"no suite of a version that profile {profile.name} allows is accepted", population=tried
        )
    else:
        names = listed(suite.name for suite in judged)
        yield case.passes(f"every accepted suite is in profile {profile.name}: {names}", population=tried)


def _unclear(suites: CipherSuites, profile: TlsProfile) -> Iterable[str]:
    """What would be outside the profile if the server took it."""
    for named in suites.undecided:
        version, _, suite = named.rpartition(" ")
        if any(version == one and suite not in profile.suites[one] for one in profile.versions):
            yield named


def _weakness(suite: CipherSuite) -> str:
    """What is wrong with a suite that is not in the profile, in the field's words."""
    found = (
        ("anonymous", suite.anonymous),
        ("no encryption", "NULL" in suite.name),
        ("RC4", "RC4" in suite.name),
        ("64-bit blocks", "3DES" in suite.name or "IDEA" in suite.name or "_DES" in suite.name),
        (f"{suite.key_bits}-bit key", 0 < suite.key_bits < _SMALLEST_SYMMETRIC_KEY),
        ("no forward secrecy", not suite.forward_secret),
        ("finite-field DHE", suite.key_exchange.startswith("DHE_")),
        ("no authenticated encryption", not suite.aead and "NULL" not in suite.name),
    )
    return ", ".join(name for name, holds in found if holds) or "not listed"


def _addresses(case: Case[ServerAddresses]) -> Iterable[Verdict]:
    addresses = case.driver.fact
    found = len(addresses.examined) + len(addresses.refusing)
    population = Population(examined=found, of=found + len(addresses.left_out), unit="server")
    refusing = f"; nobody listens at {listed(addresses.refusing)}" if addresses.refusing else ""
    if addresses.differing:
        what = f"the addresses {listed(addresses.examined)} differ in {listed(addresses.differing)}"
        yield case.fails(what, population=population)
    elif addresses.left_out:
        why = f"left out to stay within the bound: {listed(addresses.left_out)}{refusing}"
        yield case.not_tested(why, population=population)
    else:
        yield case.passes(f"examined at {listed(addresses.examined)}{refusing}", population=population)


VERSIONS_IN_PROFILE: Final = Check(
    id="tls-versions-in-profile",
    title="Only protocol versions of the profile can be negotiated",
    controls=_CONTROLS,
    severity=Severity.HIGH,
    source="RFC 9325, section 3.1.1; RFC 8996",
    looks_at=Need(fact=ProtocolVersions),
    joins=(PROFILE,),
    judge=_versions,
    claim="tls-minimum-1.2",
    remediation="Negotiate TLS 1.2 and 1.3 only; on AWS choose a security policy that begins at TLS 1.2.",
    witness=Witness.TLS,
)
SUITES_IN_PROFILE: Final = Check(
    id="tls-suites-in-profile",
    title="Only cipher suites of the profile are accepted",
    controls=("OCPI-TLS-02", "OCPI-VUL-19", "OCPI-TST-16", "OCPI-COM-06"),
    severity=Severity.HIGH,
    source="RFC 9325, sections 4.1 and 4.2; RFC 8446, appendix B.4",
    looks_at=Need(fact=CipherSuites),
    joins=(PROFILE,),
    judge=_suites,
    remediation="Enable ECDHE suites with AES-GCM or ChaCha20-Poly1305 only.",
    witness=Witness.TLS,
)
ADDRESSES_ALIKE: Final = Check(
    id="tls-addresses-alike",
    title="Every address of the name negotiates the same",
    controls=("OCPI-TLS-02",),
    severity=Severity.MEDIUM,
    source="RFC 9325, section 3.9",
    looks_at=Need(fact=ServerAddresses),
    judge=_addresses,
    remediation="Configure TLS on all servers of the name from one source, and drop the addresses that are not yours.",
    witness=Witness.TLS,
)
CHECKS: Final = (VERSIONS_IN_PROFILE, SUITES_IN_PROFILE, ADDRESSES_ALIKE)
