"""What a server negotiates: versions, suites, groups, and how the keys are bound to the handshake."""

from enum import StrEnum

from scanner.model.late_dataclass import dataclass


class TlsVersion(StrEnum):
    """Protocol versions, oldest first."""

    SSL_2_0 = "SSL 2.0"
    SSL_3_0 = "SSL 3.0"
    TLS_1_0 = "TLS 1.0"
    TLS_1_1 = "TLS 1.1"
    TLS_1_2 = "TLS 1.2"
    TLS_1_3 = "TLS 1.3"


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
class UndecidedVersion:
    """A version of which nothing became clear, and why, in one sentence."""

    version: TlsVersion
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionGroups:
    """Groups for ECDHE in one version; `accepted` is empty where it has no ECDHE."""

    version: TlsVersion
    accepted: tuple[str, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EllipticGroups:
    """Groups for ECDHE in every version from TLS 1.0 that the server speaks, oldest version first.

    `undecided`: versions where the handshakes gave no clear answer.
    """

    by_version: tuple[VersionGroups, ...]
    undecided: tuple[UndecidedVersion, ...] = ()

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every group of any version, each once, sorted."""
        return tuple(sorted({group for groups in self.by_version for group in groups.accepted}))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendedMasterSecret:
    """In which versions before TLS 1.3 the server takes up `extended_master_secret` (RFC 7627), and in which not.

    TLS 1.3 has no such extension: its keys always depend on the whole handshake. `undecided` as in `EllipticGroups`.
    """

    used: tuple[TlsVersion, ...]
    missing: tuple[TlsVersion, ...] = ()
    undecided: tuple[UndecidedVersion, ...] = ()
