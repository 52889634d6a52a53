"""How strong the certificates of a server are: keys and signatures, and how long they were issued for."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

from checks.families.tls_certificate import certificates_of, counted
from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from checks.tls_profiles.judging import PROFILE, by_profile, listed
from checks.tls_profiles.profile import TlsProfile
from scanner.model.facts.tls import Certificate, CertificateDeployments
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_LIFETIME_SLACK: Final = timedelta(days=1)  # CAs count the last second, some the last day


def _leaves(case: Case[CertificateDeployments]) -> tuple[Certificate, ...]:
    return tuple(chain.leaf for chain in case.driver.fact.chains)


@by_profile
def _lifetime(case: Case[CertificateDeployments], profile: TlsProfile) -> Iterable[Verdict]:
    if profile.maximum_lifetime_days is None:
        yield case.not_applicable(f"profile {profile.name} sets no longest lifetime")
        return
    longest = timedelta(days=profile.maximum_lifetime_days)
    long_lived = [c for c in _leaves(case) if c.not_after - c.not_before > longest + _LIFETIME_SLACK]
    yield case.holds(
        not long_lived,
        f"issued for at most {longest.days} days (profile {profile.name})",
        listed(f"{c.subject} lives {(c.not_after - c.not_before).days} days" for c in long_lived)
        + f"; profile {profile.name} allows {longest.days}",
        population=Population(examined=len(_leaves(case)), unit="certificate"),
    )


@by_profile
def _keys(case: Case[CertificateDeployments], profile: TlsProfile) -> Iterable[Verdict]:
    def strong(certificate: Certificate) -> bool:
        smallest = profile.minimum_bits.get(certificate.key_type)
        return smallest is not None and certificate.key_bits >= smallest

    yield _each(case, strong, lambda c: f"{c.key_type} {c.key_bits}", "keys", profile)


@by_profile
def _signatures(case: Case[CertificateDeployments], profile: TlsProfile) -> Iterable[Verdict]:
    """The signature of a trust anchor upon itself proves nothing to anybody, so it is left out."""

    def strong(certificate: Certificate) -> bool:
        hashed = certificate.signature_hash
        return hashed is None or hashed in profile.signature_hashes or _is_root(case, certificate)

    yield _each(case, strong, lambda c: c.signature_hash or c.key_type, "signatures", profile)


def _is_root(case: Case[CertificateDeployments], certificate: Certificate) -> bool:
    return certificate.self_signed and certificate not in _leaves(case)


def _each(
    case: Case[CertificateDeployments],
    strong: Callable[[Certificate], bool],
    words: Callable[[Certificate], str],
    what: str,
    profile: TlsProfile,
) -> Verdict:
    certificates = certificates_of(case)
    weak = [certificate for certificate in certificates if not strong(certificate)]
    return case.holds(
        not weak,
        f"{what} are strong enough for profile {profile.name}: {listed(map(words, certificates))}",
        f"below profile {profile.name}: {listed(f'{c.subject} has {words(c)}' for c in weak)}",
        population=counted(case),
    )


LIFETIME: Final = Check(
    id="tls-certificate-lifetime",
    title="The certificate was issued for no longer than the profile allows",
    controls=("OCPI-TLS-02",),
    severity=Severity.LOW,
    source="CA/Browser Forum baseline requirements, section 6.3.2",
    looks_at=Need(fact=CertificateDeployments),
    joins=(PROFILE,),
    judge=_lifetime,
    remediation="Have short-lived certificates issued, renewed by machine.",
    witness=Witness.TLS,
)
KEYS: Final = Check(
    id="tls-certificate-keys-strong",
    title="Keys of certificates are long enough",
    controls=("OCPI-TLS-02", "OCPI-VUL-19"),
    severity=Severity.HIGH,
    source="RFC 9325, section 4.5; SP 800-52r2",
    looks_at=Need(fact=CertificateDeployments),
    joins=(PROFILE,),
    judge=_keys,
    remediation="Use an ECDSA key on P-256 or an RSA key of 2048 bits and more.",
    witness=Witness.TLS,
)
SIGNATURES: Final = Check(
    id="tls-certificate-signatures-strong",
    title="Certificates are signed with a strong hash",
    controls=("OCPI-TLS-02", "OCPI-VUL-19"),
    severity=Severity.HIGH,
    source="RFC 9325, section 4.5; RFC 9155",
    looks_at=Need(fact=CertificateDeployments),
    joins=(PROFILE,),
    judge=_signatures,
    remediation="Have the certificate issued anew, signed with SHA-256 or better.",
    witness=Witness.TLS,
)
CHECKS: Final = (LIFETIME, KEYS, SIGNATURES)
