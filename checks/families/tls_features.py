"""Features of TLS that are better switched off, or on: each is one question with one answer of sslyze."""

from collections.abc import Iterable
from typing import Final

from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from scanner.model.facts.tls import (
    EarlyData,
    FallbackScsv,
    ProtocolVersions,
    Renegotiation,
    TlsCompression,
    TlsVersion,
)
from scanner.model.severity import Severity
from scanner.model.witness import Witness


def _compression(case: Case[TlsCompression]) -> Iterable[Verdict]:
    yield case.holds(
        not case.driver.fact.negotiated, "no TLS compression is negotiated", "TLS compression is negotiated (CRIME)"
    )


def _secure_renegotiation(case: Case[Renegotiation]) -> Iterable[Verdict]:
    yield case.holds(
        case.driver.fact.secure,
        "renegotiation_info is acknowledged, or there is nothing to renegotiate",
        "renegotiation_info is not acknowledged: data can be injected in front of a client's (CVE-2009-3555)",
    )


def _client_renegotiation(case: Case[Renegotiation]) -> Iterable[Verdict]:
    yield case.holds(
        not case.driver.fact.client_initiated,
        "a client's wish to renegotiate is refused",
        "the server renegotiates as often as a client asks, which costs it far more than the client",
    )


def _fallback(case: Case[FallbackScsv]) -> Iterable[Verdict]:
    """Only where there is an older version to fall back to; TLS 1.3 protects its own downgrade."""
    versions = case.one(ProtocolVersions).fact
    older = [version for version in versions.accepted if version is not TlsVersion.TLS_1_3]
    if len(older) < 2:  # noqa: PLR2004 - a fallback goes from one version to another
        yield case.not_applicable("looked for two versions before TLS 1.3 to fall back between; there are not two")
    else:
        yield case.holds(
            case.driver.fact.supported,
            "a signalled fallback is refused",
            "a signalled fallback is not refused: an attacker can force an older version",
        )


def _early_data(case: Case[EarlyData]) -> Iterable[Verdict]:
    yield case.holds(
        not case.driver.fact.accepted,
        "early data is not taken",
        "early data is taken: a recorded request can be replayed, and OCPI does not say how that would be safe",
    )


COMPRESSION_OFF: Final = Check(
    id="tls-compression-off",
    title="TLS compression is off",
    controls=("OCPI-EXT-17", "OCPI-TST-16"),
    severity=Severity.MEDIUM,
    source="RFC 9325, section 3.3; SP 800-52r2",
    looks_at=Need(fact=TlsCompression),
    judge=_compression,
    remediation="Switch TLS compression off.",
    witness=Witness.TLS,
)
RENEGOTIATION_SECURE: Final = Check(
    id="tls-renegotiation-secure",
    title="Renegotiation is protected",
    controls=("OCPI-EXT-17",),
    severity=Severity.HIGH,
    source="RFC 9325, section 3.5; RFC 5746",
    looks_at=Need(fact=Renegotiation),
    judge=_secure_renegotiation,
    remediation="Update the TLS library: it must acknowledge renegotiation_info.",
    witness=Witness.TLS,
)
RENEGOTIATION_NOT_BY_CLIENT: Final = Check(
    id="tls-renegotiation-not-by-client",
    title="Clients cannot start a renegotiation",
    controls=("OCPI-EXT-17",),
    severity=Severity.MEDIUM,
    source="RFC 7457 (denial of service); SP 800-52r2",
    looks_at=Need(fact=Renegotiation),
    judge=_client_renegotiation,
    remediation="Refuse renegotiation that a client starts (OpenSSL: SSL_OP_NO_RENEGOTIATION), or speak TLS 1.3 only.",
    witness=Witness.TLS,
)
FALLBACK_SIGNALLED: Final = Check(
    id="tls-fallback-refused",
    title="A signalled fallback to an older version is refused",
    controls=("OCPI-EXT-17", "OCPI-TLS-02"),
    severity=Severity.MEDIUM,
    source="RFC 7507; RFC 9325, section 3.1.3; SP 800-52r2",
    looks_at=Need(fact=FallbackScsv),
    joins=(Need(fact=ProtocolVersions),),
    judge=_fallback,
    remediation="Allow TLS 1.2 and 1.3 only, or update the TLS library until it knows TLS_FALLBACK_SCSV.",
    witness=Witness.TLS,
)
EARLY_DATA_OFF: Final = Check(
    id="tls-early-data-off",
    title="TLS 1.3 early data is off",
    controls=("OCPI-EXT-17",),
    severity=Severity.MEDIUM,
    source="RFC 9325, section 3.10; RFC 8446, section 8 and appendix E.5; SP 800-52r2",
    looks_at=Need(fact=EarlyData),
    judge=_early_data,
    remediation="Switch early data (0-RTT) off.",
    witness=Witness.TLS,
)
CHECKS: Final = (COMPRESSION_OFF, RENEGOTIATION_SECURE, RENEGOTIATION_NOT_BY_CLIENT, FALLBACK_SIGNALLED, EARLY_DATA_OFF)
