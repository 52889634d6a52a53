"""Features and flaws of a TLS implementation, one type for each question."""

from enum import StrEnum

from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsCompression:
    """Whether the server negotiates TLS-level compression (CRIME)."""

    negotiated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Renegotiation:
    """`secure`: renegotiation_info is acknowledged (RFC 5746). `client_initiated`: the server obeys a client's wish."""

    secure: bool
    client_initiated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbleed:
    """CVE-2014-0160."""

    vulnerable: bool


class RobotResult(StrEnum):
    """What the server's answers to malformed RSA key exchanges give away (ROBOT)."""

    NO_RSA = "no RSA key exchange"
    NO_ORACLE = "no oracle"
    WEAK_ORACLE = "weak oracle"
    STRONG_ORACLE = "strong oracle"
    INCONSISTENT = "inconsistent answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Robot:
    """Return Of Bleichenbacher's Oracle Threat."""

    result: RobotResult


@dataclass(frozen=True, slots=True, kw_only=True)
class CcsInjection:
    """CVE-2014-0224."""

    vulnerable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FallbackScsv:
    """Whether a fallback is refused when the client signals it (RFC 7507)."""

    supported: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyData:
    """Whether the server takes TLS 1.3 early data (0-RTT, RFC 8446, section 2.3)."""

    accepted: bool
