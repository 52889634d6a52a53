"""Features and flaws that sslyze tests with one command each."""

from typing import Final

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
)
from scanner.model.observation import Reason
from scanner.tls.older_versions import OlderVersions
from scanner.tls.sslyze_document import NoAnswer, ServerScan

_ROBOT_RESULTS: Final = {
    "NOT_VULNERABLE_RSA_NOT_SUPPORTED": RobotResult.NO_RSA,
    "NOT_VULNERABLE_NO_ORACLE": RobotResult.NO_ORACLE,
    "VULNERABLE_WEAK_ORACLE": RobotResult.WEAK_ORACLE,
    "VULNERABLE_STRONG_ORACLE": RobotResult.STRONG_ORACLE,
    "UNKNOWN_INCONSISTENT_RESULTS": RobotResult.INCONSISTENT,
}


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
    if older.unseen_by_old_client and not negotiated:
        raise older.unseen_by_old_client
    return TlsCompression(negotiated=negotiated)


def renegotiation(scan: ServerScan, older: OlderVersions) -> Renegotiation:
    """Secure and client-initiated renegotiation, in TLS 1.2 or the highest older version.

    Raises: NoAnswer, also where none can be seen.
    """
    answer = scan.answer("session_renegotiation", _Renegotiation)
    secure, obeys = answer.supports_secure_renegotiation, answer.is_vulnerable_to_client_renegotiation_dos
    if older.unseen_by_old_client and secure and not obeys:
        raise older.unseen_by_old_client
    return Renegotiation(secure=secure, client_initiated=obeys)


def heartbleed(scan: ServerScan) -> Heartbleed:
    """CVE-2014-0160. Raises: NoAnswer."""
    return Heartbleed(vulnerable=scan.answer("heartbleed", _Heartbleed).is_vulnerable_to_heartbleed)


def robot(scan: ServerScan) -> Robot:
    """ROBOT. Raises: NoAnswer, also for a result that we do not know."""
    said = scan.answer("robot", _Robot).robot_result
    if said not in _ROBOT_RESULTS:
        raise NoAnswer(Reason.UNPARSABLE, f"sslyze names an unknown ROBOT result: {said[:80]!r}")
    return Robot(result=_ROBOT_RESULTS[said])


def ccs_injection(scan: ServerScan) -> CcsInjection:
    """CVE-2014-0224. Raises: NoAnswer."""
    return CcsInjection(vulnerable=scan.answer("openssl_ccs_injection", _Ccs).is_vulnerable_to_ccs_injection)


def fallback_scsv(scan: ServerScan) -> FallbackScsv:
    """TLS_FALLBACK_SCSV. Raises: NoAnswer."""
    return FallbackScsv(supported=scan.answer("tls_fallback_scsv", _Fallback).supports_fallback_scsv)


def early_data(scan: ServerScan) -> EarlyData:
    """TLS 1.3 early data. Raises: NoAnswer."""
    return EarlyData(accepted=scan.answer("tls_1_3_early_data", _EarlyData).supports_early_data)
