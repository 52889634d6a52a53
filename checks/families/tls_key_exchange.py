"""How keys are agreed on: the groups in every version, and whether the keys depend on the whole handshake."""

from collections.abc import Iterable
from typing import Final

from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from checks.tls_profiles.judging import PROFILE, by_profile, listed
from checks.tls_profiles.profile import TlsProfile
from scanner.model.facts.tls import (
    CipherSuites,
    EllipticGroups,
    EphemeralKey,
    ExtendedMasterSecret,
    UndecidedVersion,
)
from scanner.model.severity import Severity
from scanner.model.witness import Witness


@by_profile
def _groups(case: Case[EllipticGroups], profile: TlsProfile) -> Iterable[Verdict]:
    """Groups of every version, and the key shares that came with the accepted suites."""
    groups, suites = case.driver.fact, case.one(CipherSuites).fact
    shares = [suite.ephemeral_key for suite in suites.accepted if suite.ephemeral_key]
    weak, named = list(_weak(groups, shares, profile)), _named(groups, shares)
    tried = sum(len(one.accepted) + len(one.refused) for one in groups.by_version) + len(shares)
    population = Population(examined=tried, unit="key exchange")
    if weak:
        yield case.fails(f"key exchange outside profile {profile.name}: {listed(weak)}", population=population)
    elif unclear := _unclear(groups.undecided, profile):
        yield case.inconclusive(f"which groups the server takes did not become clear in {unclear}")
    elif not named and not shares:
        yield case.not_applicable("looked for ephemeral key exchange and found none", population=population)
    else:
        used = listed(named) or "finite-field DH"
        yield case.passes(f"key exchange by {used}, all in profile {profile.name}", population=population)


def _named(groups: EllipticGroups, shares: Iterable[EphemeralKey]) -> list[str]:
    return sorted({*groups.accepted, *(share.group for share in shares if share.group)})


def _weak(groups: EllipticGroups, shares: list[EphemeralKey], profile: TlsProfile) -> Iterable[str]:
    """Groups outside the profile with the versions that take them, then finite-field groups that are too small."""
    for name in _named(groups, shares):
        if name not in profile.groups:
            versions = [one.version.value for one in groups.by_version if name in one.accepted]
            yield f"{name} ({', '.join(versions)})" if versions else name
    smallest = profile.minimum_bits.get("DH", 0)
    yield from sorted({f"{share.bits}-bit DH" for share in shares if share.group is None and share.bits < smallest})


def _unclear(undecided: Iterable[UndecidedVersion], profile: TlsProfile) -> str:
    """Versions that the profile forbids are left to the check on versions."""
    return listed(f"{one.version} ({one.why})" for one in undecided if one.version in profile.versions)


@by_profile
def _master_secret(case: Case[ExtendedMasterSecret], profile: TlsProfile) -> Iterable[Verdict]:
    """Versions that the profile forbids are left to the check on versions."""
    secret = case.driver.fact
    used = [version for version in secret.used if version in profile.versions]
    missing = [version for version in secret.missing if version in profile.versions]
    population = Population(examined=len(used) + len(missing), unit="protocol version")
    if missing:
        danger = "an attacker can make two sessions share their keys (Triple Handshake)"
        yield case.fails(f"{listed(missing)} without extended_master_secret: {danger}", population=population)
    elif unclear := _unclear(secret.undecided, profile):
        yield case.inconclusive(f"whether extended_master_secret is used did not become clear in {unclear}")
    elif used:
        yield case.passes(f"extended_master_secret is used in {listed(used)}", population=population)
    else:
        yield case.not_applicable(
            f"looked for versions before TLS 1.3 that profile {profile.name} allows, and none is spoken"
        )


GROUPS_IN_PROFILE: Final = Check(
    id="tls-groups-in-profile",
    title="Key exchange uses only strong groups",
    controls=("OCPI-TLS-02", "OCPI-VUL-19", "OCPI-TST-16"),
    severity=Severity.HIGH,
    source="RFC 9325, sections 4.2.1 and 4.5",
    looks_at=Need(fact=EllipticGroups),
    joins=(Need(fact=CipherSuites), PROFILE),
    judge=_groups,
    remediation="Offer X25519 and P-256 (P-384, P-521); drop curves below 256 bits and finite-field groups below 2048.",
    witness=Witness.TLS,
)
EXTENDED_MASTER_SECRET: Final = Check(
    id="tls-extended-master-secret",
    title="Keys of TLS 1.2 depend on the whole handshake (extended master secret)",
    controls=("OCPI-EXT-17",),
    severity=Severity.MEDIUM,
    source="RFC 7627; RFC 9325, section 3.5",
    looks_at=Need(fact=ExtendedMasterSecret),
    joins=(PROFILE,),
    judge=_master_secret,
    remediation="Update the TLS library and leave extended_master_secret on, or speak TLS 1.3 only.",
    witness=Witness.TLS,
)
CHECKS: Final = (GROUPS_IN_PROFILE, EXTENDED_MASTER_SECRET)
