"""Facts of the TLS witness: what a server negotiates, shows and says; a type for whatever can be missing alone.

Subject of all but two: the server (name, port, and the address where one name has several). `PlaintextAnswer` stands
on host and plaintext port, `TlsProfileChosen` on the environment.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

DEFAULT_TLS_PROFILE: Final = "ocpi-2026-1"


class TlsVersion(StrEnum):
    """Protocol versions, oldest first."""

    SSL_2_0 = "SSL 2.0"
    SSL_3_0 = "SSL 3.0"
    TLS_1_0 = "TLS 1.0"
    TLS_1_1 = "TLS 1.1"
    TLS_1_2 = "TLS 1.2"
    TLS_1_3 = "TLS 1.3"


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsProfileChosen:
    """The profile that the servers of this environment are to be judged by, as named in the configuration."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAddresses:
    """What a name resolves to: the addresses that were examined, that refused every connection, that were left out.

    `differing`: the fact types in which the examined addresses are not alike; certificates may differ.
    """

    examined: tuple[str, ...]
    refusing: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolVersions:
    """Versions that can be negotiated, that cannot, and those where the handshakes gave no clear answer."""

    accepted: tuple[TlsVersion, ...]
    refused: tuple[TlsVersion, ...]
    undecided: tuple[TlsVersion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EphemeralKey:
    """The server's key share: group name (`X25519`, `secp256r1`), None for finite-field DH; size in bits."""

    group: str | None
    bits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CipherSuite:
    """One suite in one version. `name` is IANA's; `key_bits` is the symmetric key.

    `key_exchange` is the part of the name before `_WITH_` (`ECDHE_RSA`), `ANY_ECDHE_OR_DHE` in TLS 1.3.
    """

    version: TlsVersion
    name: str
    openssl_name: str
    key_exchange: str
    key_bits: int
    anonymous: bool
    forward_secret: bool
    aead: bool
    ephemeral_key: EphemeralKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CipherSuites:
    """Suites that the server accepted when they were offered alone.

    `offered`: handshakes made. `undecided`: `version name` of suites whose handshake timed out although others were
    answered. `versions_missing`: versions of which no suite could be tried.
    """

    accepted: tuple[CipherSuite, ...]
    offered: int
    undecided: tuple[str, ...] = ()
    versions_missing: tuple[TlsVersion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EllipticGroups:
    """Groups for ECDHE, tried one by one in the highest version that the server speaks; none where it has no ECDHE."""

    version: TlsVersion
    accepted: tuple[str, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One X.509 certificate (RFC 5280).

    `key_type` is RSA, EC, DSA, Ed25519 or Ed448, `key_bits` its size. `signature_hash` is None for signatures that
    need none (EdDSA). `dns_names` and `ip_addresses` are the subjectAltName. `serial` and `sha256` are hexadecimal.
    """

    subject: str
    issuer: str
    serial: str
    sha256: str
    not_before: datetime
    not_after: datetime
    key_type: str
    key_bits: int
    signature_hash: str | None
    dns_names: tuple[str, ...]
    ip_addresses: tuple[str, ...]
    self_signed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateChain:
    """A chain as the server sent it (leaf first) and what came of verifying it.

    `trusted`: a path leads to an anchor of `trust_store`, leaving name and date aside - they are facts of their own;
    `trust_detail` says by which anchor, or why not. `name_matches`: RFC 9525, against `name_asked`.
    `stapled`: the status in a stapled OCSP response, None if there was none.
    """

    certificates: tuple[Certificate, ...]
    trusted: bool
    trust_store: str
    trust_detail: str
    name_asked: str
    name_matches: bool
    in_order: bool
    must_staple: bool = False
    stapled: str | None = None

    @property
    def leaf(self) -> Certificate:
        """The server's own certificate."""
        return self.certificates[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateDeployments:
    """All chains that the server shows; more than one where it has both an RSA and an ECDSA certificate."""

    chains: tuple[CertificateChain, ...]


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


class PlaintextOutcome(StrEnum):
    """What became of an unencrypted HTTP request."""

    CLOSED = "connection refused"
    SILENT = "no connection in time"
    NOT_HTTP = "no HTTP answer"
    TURNED_AWAY = "turned away"  # an HTTP error that is not OCPI's
    REDIRECTED_TO_TLS = "redirected to https"
    REDIRECTED = "redirected in the clear"
    SERVED = "served"  # answered as a platform would: success, a demand for credentials, or an OCPI body


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaintextAnswer:
    """An HTTP request without TLS and with a made-up token; `tls_port`: the same port also speaks TLS."""

    outcome: PlaintextOutcome
    tls_port: bool
    http_status: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HstsPolicy:
    """Strict-Transport-Security (RFC 6797) of the answer with `http_status`; `max_age_s` is None if it cannot be read.

    `header` is the value as sent, None where the header is missing.
    """

    http_status: int
    header: str | None
    max_age_s: int | None = None
    include_subdomains: bool = False


TLS_FACTS: Final[tuple[type, ...]] = (
    TlsProfileChosen,
    ServerAddresses,
    ProtocolVersions,
    CipherSuites,
    EllipticGroups,
    CertificateDeployments,
    TlsCompression,
    Renegotiation,
    Heartbleed,
    Robot,
    CcsInjection,
    FallbackScsv,
    EarlyData,
    PlaintextAnswer,
    HstsPolicy,
)
