"""The certificates that a server shows: trust, name, dates, keys and signatures."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from checks.tls_profiles.judging import PROFILE, by_profile, listed
from checks.tls_profiles.profile import TlsProfile
from scanner.model.facts.run import ScanTime
from scanner.model.facts.tls import Certificate, CertificateChain, CertificateDeployments
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_LIFETIME_SLACK: Final = timedelta(days=1)  # CAs count the last second, some the last day
_MAX_SHOWN_NAMES: Final = 4


def _certificates(case: Case[CertificateDeployments]) -> tuple[Certificate, ...]:
    """Every certificate of every chain, once."""
    found = (certificate for chain in case.driver.fact.chains for certificate in chain.certificates)
    return tuple({certificate.sha256: certificate for certificate in found}.values())


def _counted(case: Case[CertificateDeployments], unit: str = "certificate") -> Population:
    number = len(case.driver.fact.chains) if unit == "chain" else len(_certificates(case))
    return Population(examined=number, unit=unit)


def _leaves(case: Case[CertificateDeployments]) -> tuple[Certificate, ...]:
    return tuple(chain.leaf for chain in case.driver.fact.chains)


def _trusted(case: Case[CertificateDeployments]) -> Iterable[Verdict]:
    chains, population = case.driver.fact.chains, _counted(case, "chain")
    broken = [chain for chain in chains if not chain.trusted]
    if broken:
        yield case.fails(listed(map(_distrust, broken)), population=population)
    else:
        yield case.passes(listed(f"{c.trust_detail} ({c.trust_store})" for c in chains), population=population)


def _distrust(chain: CertificateChain) -> str:
    kind = "self-signed certificate" if chain.leaf.self_signed else "certificate"
    length = len(chain.certificates)
    sent = f"{length} certificate{'s' if length > 1 else ''} sent"
    return f"{kind} {chain.leaf.subject} leads to no anchor of the {chain.trust_store} ({sent}): {chain.trust_detail}"


def _named(case: Case[CertificateDeployments]) -> Iterable[Verdict]:
    chains, population = case.driver.fact.chains, _counted(case, "chain")
    wrong = [chain for chain in chains if not chain.name_matches]
    if wrong:
        names = listed((n for c in wrong for n in (*c.leaf.dns_names, *c.leaf.ip_addresses)), _MAX_SHOWN_NAMES)
        yield case.fails(f"{wrong[0].name_asked} is not among the names: {names or 'none'}", population=population)
    else:
        yield case.passes(f"the certificate names {chains[0].name_asked}", population=population)


def _in_date(case: Case[CertificateDeployments]) -> Iterable[Verdict]:
    now, certificates = case.one(ScanTime).fact.now, _certificates(case)
    expired = [f"{c.subject} expired on {c.not_after:%Y-%m-%d}" for c in certificates if c.not_after < now]
    early = [f"{c.subject} is not valid before {c.not_before:%Y-%m-%d}" for c in certificates if c.not_before > now]
    first = min(certificates, key=lambda certificate: certificate.not_after)
    yield case.holds(
        not expired and not early,
        f"valid now, the first to expire on {first.not_after:%Y-%m-%d}",
        listed((*expired, *early)),
        population=_counted(case),
    )


@by_profile
def _not_expiring(case: Case[CertificateDeployments], profile: TlsProfile) -> Iterable[Verdict]:
    """An expired certificate is left to the check on dates."""
    now, days = case.one(ScanTime).fact.now, profile.warn_days_before_expiry
    alive = [certificate for certificate in _certificates(case) if certificate.not_after >= now]
    soon = [c for c in alive if c.not_after < now + timedelta(days=days)]
    if not alive:
        yield case.not_applicable("looked for certificates that have not expired and found none")
        return
    yield case.holds(
        not soon,
        f"nothing expires within {days} days (profile {profile.name})",
        listed(f"{c.subject} expires on {c.not_after:%Y-%m-%d}, within {days} days" for c in soon),
        population=Population(examined=len(alive), unit="certificate"),
    )


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
    certificates = _certificates(case)
    weak = [certificate for certificate in certificates if not strong(certificate)]
    return case.holds(
        not weak,
        f"{what} are strong enough for profile {profile.name}: {listed(map(words, certificates))}",
        f"below profile {profile.name}: {listed(f'{c.subject} has {words(c)}' for c in weak)}",
        population=_counted(case),
    )


TRUSTED: Final = Check(
    id="tls-certificate-trusted",
    title="A path leads from the certificate to a trusted CA",
    controls=("OCPI-TLS-02",),
    severity=Severity.CRITICAL,
    source="RFC 5280, section 6; RFC 9325, section 7.1; OCPI 2.2.1, transport_and_format",
    looks_at=Need(fact=CertificateDeployments),
    judge=_trusted,
    remediation=(
        "Serve a certificate of a CA that partners trust, with every intermediate certificate, leaf first; "
        "or name the private CA in the configuration (ca_file)."
    ),
    witness=Witness.TLS,
)
NAMED: Final = Check(
    id="tls-certificate-names-the-host",
    title="The certificate names the host",
    controls=("OCPI-TLS-02",),
    severity=Severity.CRITICAL,
    source="RFC 9525, section 6; RFC 9325, section 7.1",
    looks_at=Need(fact=CertificateDeployments),
    judge=_named,
    remediation="Have the certificate issued for every name of the versions URL, as subjectAltName.",
    witness=Witness.TLS,
)
IN_DATE: Final = Check(
    id="tls-certificate-in-date",
    title="Every certificate is valid now",
    controls=("OCPI-TLS-02",),
    severity=Severity.HIGH,
    source="RFC 5280, section 4.1.2.5",
    looks_at=Need(fact=CertificateDeployments),
    joins=(Need(fact=ScanTime),),
    judge=_in_date,
    remediation="Renew the certificate, and automate it (ACME, AWS Certificate Manager).",
    witness=Witness.TLS,
)
NOT_EXPIRING: Final = Check(
    id="tls-certificate-not-expiring",
    title="No certificate expires soon",
    controls=("OCPI-TLS-02",),
    severity=Severity.MEDIUM,
    source="RFC 5280, section 4.1.2.5; the days are those of the TLS profile",
    looks_at=Need(fact=CertificateDeployments),
    joins=(Need(fact=ScanTime), PROFILE),
    judge=_not_expiring,
    remediation="Renew the certificate now, and find out why its renewal is late.",
    witness=Witness.TLS,
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
    source="RFC 9325, section 4.5; SP 800-52r2, section 3.2.1",
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
CHECKS: Final = (TRUSTED, NAMED, IN_DATE, NOT_EXPIRING, LIFETIME, KEYS, SIGNATURES)
