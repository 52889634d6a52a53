"""The certificates that a server shows."""

from datetime import datetime

from scanner.model.late_dataclass import dataclass


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
    None: that could not be verified. `trust_detail` says by which anchor, or why not. `name_matches`: RFC 9525, against
    `name_asked`.
    `stapled`: the status in a stapled OCSP response, None if there was none.
    """

    certificates: tuple[Certificate, ...]
    trusted: bool | None
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
