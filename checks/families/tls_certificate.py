"""Whose certificates a server shows: trust, name and dates."""

from collections.abc import Iterable
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

_MAX_SHOWN_NAMES: Final = 4


def certificates_of(case: Case[CertificateDeployments]) -> tuple[Certificate, ...]:
    """Every certificate of every chain, once."""
    found = (certificate for chain in case.driver.fact.chains for certificate in chain.certificates)
    return tuple({certificate.sha256: certificate for certificate in found}.values())


def counted(case: Case[CertificateDeployments], unit: str = "certificate") -> Population:
    """All certificates, or all chains, as the population of a verdict."""
    number = len(case.driver.fact.chains) if unit == "chain" else len(certificates_of(case))
    return Population(examined=number, unit=unit)


def _trusted(case: Case[CertificateDeployments]) -> Iterable[Verdict]:
    chains, population = case.driver.fact.chains, counted(case, "chain")
    broken = [chain for chain in chains if chain.trusted is False]
    unclear = [chain.trust_detail for chain in chains if chain.trusted is None]
    if broken:
        yield case.fails(listed(map(_distrust, broken)), population=population)
    elif unclear:
        yield case.inconclusive(listed(unclear), population=population)
    else:
        yield case.passes(listed(f"{c.trust_detail} ({c.trust_store})" for c in chains), population=population)


def _distrust(chain: CertificateChain) -> str:
    kind = "self-signed certificate" if chain.leaf.self_signed else "certificate"
    length = len(chain.certificates)
    sent = f"{length} certificate{'s' if length > 1 else ''} sent"
    return f"{kind} {chain.leaf.subject} leads to no anchor of the {chain.trust_store} ({sent}): {chain.trust_detail}"


def _named(case: Case[CertificateDeployments]) -> Iterable[Verdict]:
    chains, population = case.driver.fact.chains, counted(case, "chain")
    wrong = [chain for chain in chains if not chain.name_matches]
    if wrong:
        names = listed((n for c in wrong for n in (*c.leaf.dns_names, *c.leaf.ip_addresses)), _MAX_SHOWN_NAMES)
        yield case.fails(f"{wrong[0].name_asked} is not among the names: {names or 'none'}", population=population)
    else:
        yield case.passes(f"the certificate names {chains[0].name_asked}", population=population)


def _in_date(case: Case[CertificateDeployments]) -> Iterable[Verdict]:
    now, certificates = case.one(ScanTime).fact.now, certificates_of(case)
    expired = [f"{c.subject} expired on {c.not_after:%Y-%m-%d}" for c in certificates if c.not_after < now]
    early = [f"{c.subject} is not valid before {c.not_before:%Y-%m-%d}" for c in certificates if c.not_before > now]
    first = min(certificates, key=lambda certificate: certificate.not_after)
    yield case.holds(
        not expired and not early,
        f"valid now, the first to expire on {first.not_after:%Y-%m-%d}",
        listed((*expired, *early)),
        population=counted(case),
    )


@by_profile
def _not_expiring(case: Case[CertificateDeployments], profile: TlsProfile) -> Iterable[Verdict]:
    """An expired certificate is left to the check on dates."""
    now, days = case.one(ScanTime).fact.now, profile.warn_days_before_expiry
    alive = [certificate for certificate in certificates_of(case) if certificate.not_after >= now]
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
CHECKS: Final = (TRUSTED, NAMED, IN_DATE, NOT_EXPIRING)
