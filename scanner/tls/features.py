"""Features and flaws that sslyze tests with one command each.

It takes a handshake that does not come up for a refusal, and that for the absence of a flaw; so an absence counts only
where the server was seen to take handshakes steadily. A flaw that was seen counts always.
"""

from typing import Any, Final

import msgspec

from scanner.model.facts.tls import (
    CcsInjection,
    EarlyData,
    FallbackScsv,
    Heartbleed,
    Renegotiation,
    Robot,
    RobotResult,
    TlsCompression,
    TlsVersion,
)
from scanner.model.observation import Reason
from scanner.tls.enumeration import enumeration
from scanner.tls.older_versions import OlderVersions
from scanner.tls.sslyze_document import NoAnswer, ServerScan

_ROBOT_RESULTS: Final = {
    "NOT_VULNERABLE_RSA_NOT_SUPPORTED": RobotResult.NO_RSA,
    "NOT_VULNERABLE_NO_ORACLE": RobotResult.NO_ORACLE,
    "VULNERABLE_WEAK_ORACLE": RobotResult.WEAK_ORACLE,
    "VULNERABLE_STRONG_ORACLE": RobotResult.STRONG_ORACLE,
    "UNKNOWN_INCONSISTENT_RESULTS": RobotResult.INCONSISTENT,
}


class _CertificateInfo(msgspec.Struct):
    certificate_deployment_with_sni_disabled: dict[str, Any] | None = None


class _Compression(msgspec.Struct):
    supports_compression: bool


class _Renegotiation(msgspec.Struct):
    supports_secure_renegotiation: bool
    is_vulnerable_to_client_renegotiation_dos: bool


class _Heartbleed(msgspec.Struct):
    is_vulnerable_to_heartbleed: bool


class _Robot(msgspec.Struct):
    robot_result: str


class _Ccs(msgspec.Struct):
    is_vulnerable_to_ccs_injection: bool


class _Fallback(msgspec.Struct):
    supports_fallback_scsv: bool


class _EarlyData(msgspec.Struct):
    supports_early_data: bool


def compression(scan: ServerScan, older: OlderVersions) -> TlsCompression:
    """TLS-level compression, in TLS 1.2 or the highest older version. Raises: NoAnswer, also where none can be seen."""
    negotiated = scan.answer("tls_compression", _Compression).supports_compression
    if not negotiated:
        _demand(_unsteady(scan), older.unseen_by_old_client)
    return TlsCompression(negotiated=negotiated)


def renegotiation(scan: ServerScan, older: OlderVersions) -> Renegotiation:
    """Secure and client-initiated renegotiation, in TLS 1.2 or the highest older version.

    Raises: NoAnswer, also where none can be seen.
    """
    answer = scan.answer("session_renegotiation", _Renegotiation)
    secure, obeys = answer.supports_secure_renegotiation, answer.is_vulnerable_to_client_renegotiation_dos
    if secure and not obeys:
        _demand(_unsteady(scan), older.unseen_by_old_client)
    return Renegotiation(secure=secure, client_initiated=obeys)


def heartbleed(scan: ServerScan) -> Heartbleed:
    """CVE-2014-0160; no TLS library that speaks TLS 1.3 has it. Raises: NoAnswer."""
    vulnerable = scan.answer("heartbleed", _Heartbleed).is_vulnerable_to_heartbleed
    if not vulnerable and not _is_recent(scan):
        _demand(_unsteady(scan), _nameless(scan))
    return Heartbleed(vulnerable=vulnerable)


def robot(scan: ServerScan) -> Robot:
    """ROBOT. Raises: NoAnswer, also for a result that we do not know."""
    said = scan.answer("robot", _Robot).robot_result
    if said not in _ROBOT_RESULTS:
        raise NoAnswer(Reason.UNPARSABLE, f"sslyze names an unknown ROBOT result: {said[:80]!r}")
    result = _ROBOT_RESULTS[said]
    if result in {RobotResult.NO_RSA, RobotResult.NO_ORACLE}:
        _demand(_unsteady(scan), _untried(scan) if result is RobotResult.NO_RSA else None)
    return Robot(result=result)


def ccs_injection(scan: ServerScan) -> CcsInjection:
    """CVE-2014-0224; no TLS library that speaks TLS 1.3 has it. Raises: NoAnswer."""
    vulnerable = scan.answer("openssl_ccs_injection", _Ccs).is_vulnerable_to_ccs_injection
    if not vulnerable and not _is_recent(scan):
        _demand(_unsteady(scan), _nameless(scan))
    return CcsInjection(vulnerable=vulnerable)


def fallback_scsv(scan: ServerScan) -> FallbackScsv:
    """TLS_FALLBACK_SCSV. Raises: NoAnswer."""
    supported = scan.answer("tls_fallback_scsv", _Fallback).supports_fallback_scsv
    if supported:
        _demand(_unsteady(scan), _unsignalled(scan))
    return FallbackScsv(supported=supported)


def early_data(scan: ServerScan) -> EarlyData:
    """TLS 1.3 early data. Raises: NoAnswer."""
    accepted = scan.answer("tls_1_3_early_data", _EarlyData).supports_early_data
    if not accepted:
        _demand(_unsteady(scan))
    return EarlyData(accepted=accepted)


def _unsteady(scan: ServerScan) -> NoAnswer | None:
    """Why a handshake that did not come up is no refusal; sslyze takes it for one, and so for the absence of a flaw."""
    return enumeration(scan).unsteady


def _untried(scan: ServerScan) -> NoAnswer | None:
    """The suite with RSA key exchange that sslyze has overlooked: for ROBOT it offers only those of its old client."""
    found = (suite.name for one in enumeration(scan).tried.values() for suite in one.accepted)
    name = next((name for name in found if name.startswith("TLS_RSA_WITH_")), None)
    if name is None:
        return None
    return NoAnswer(Reason.NOT_EVALUATED, f"sslyze does not try {name}, which the server takes, for ROBOT")


def _unsignalled(scan: ServerScan) -> NoAnswer | None:
    """Why no signal was heard: sslyze sends it in the version before TLS 1.2 alone, or before an older highest one."""
    older = {suite.version for one in enumeration(scan).tried.values() for suite in one.accepted} - {TlsVersion.TLS_1_3}
    if len(older) < 2:  # noqa: PLR2004 - nothing to fall back between
        return None
    versions = list(TlsVersion)
    signalled = versions[versions.index(max(older, key=versions.index)) - 1]
    if signalled in older:
        return None
    said = f"sslyze signals a fallback with {signalled} only, which the server does not speak"
    return NoAnswer(Reason.NOT_EVALUATED, f"{said}: whether it heeds the signal was not seen")


def _nameless(scan: ServerScan) -> NoAnswer | None:
    """Why an attack that sslyze tries without a server name (SNI) cannot have been tried."""
    if scan.answer("certificate_info", _CertificateInfo).certificate_deployment_with_sni_disabled is not None:
        return None
    return NoAnswer(
        Reason.CONTROL_FAILED, "the server answers nobody without SNI, and that is how sslyze asks for this"
    )


def _is_recent(scan: ServerScan) -> bool:
    """True where sslyze decides by the version alone."""
    return scan.highest_version == TlsVersion.TLS_1_3.name


def _demand(*doubts: NoAnswer | None) -> None:
    """Raise the first doubt of what sslyze says, if there is one."""
    for doubt in doubts:
        if doubt is not None:
            raise doubt
