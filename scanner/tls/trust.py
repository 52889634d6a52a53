"""Does a path lead from a server's certificate to a trust anchor? Name and date are left aside: facts of their own.

Verified by `cryptography` (RFC 5280 and the CA/Browser Forum's profile for CAs). What older private CAs leave out or do
in their own way is not held against them, as OpenSSL does not do it either: missing key identifiers and key usage, and
all in the server's own certificate but what it is for. So it is verified as a client's would be: there is no name to
match.
"""

import ssl
import warnings
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import (
    ClientVerifier,
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from scanner.model.late_dataclass import dataclass

_UNVERIFIABLE: Final = (
    VerificationError,
    ValueError,
    TypeError,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
_FORBIDDEN_KEY: Final = "Forbidden public key algorithm"
_UNKNOWN_KEY: Final = (
    "an issuer has a key of a kind that cannot be verified here (only RSA, P-256, P-384 and P-521 can)"
)
_SHOWN_CHARACTERS: Final = 200
_PEM_END: Final = b"-----END CERTIFICATE-----"
_BUNDLES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


class NoTrustStore(Exception):
    """The trust store cannot be read, so no chain can be verified; the text says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustStore:
    """Trust anchors, and where they come from, for people."""

    name: str
    anchors: tuple[x509.Certificate, ...]


@lru_cache(maxsize=64)
def trust_store(ca_file: Path | None) -> TrustStore:
    """The configured CA file, or the system's store where none is configured.

    Raises: NoTrustStore.
    """
    path = ca_file or _system_bundle()
    try:
        anchors = load_certificates(path.read_bytes())
    except OSError as error:
        raise NoTrustStore(f"the CA file {path} cannot be read: {error.strerror}") from None
    if not anchors:
        raise NoTrustStore(f"the CA file {path} holds no certificate")
    return TrustStore(name=f"configured CA ({path.name})" if ca_file else "system store", anchors=anchors)


def load_certificates(pem: bytes) -> tuple[x509.Certificate, ...]:
    """All readable certificates of a PEM bundle; what cannot be parsed cannot be an anchor either, and is left out."""
    found = []
    for block in pem.split(_PEM_END)[:-1]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            try:
                found.append(x509.load_pem_x509_certificate(block + _PEM_END))
            except ValueError:
                continue
    return tuple(found)


def verify(chain: Sequence[x509.Certificate], store: TrustStore, now: datetime) -> tuple[bool | None, str]:
    """Whether a path leads to an anchor, and by which or why not; None where that cannot be verified here.

    `chain` is as received, leaf first; `now` is used unless the leaf is out of date, then a moment inside its life.
    """
    leaf, *others = chain
    if leaf in store.anchors:
        return True, "the certificate itself is a trust anchor"
    try:
        path = _verifier(leaf, store, now).verify(leaf, others).chain
    except _UNVERIFIABLE as error:
        said = _plainly(str(error))
        unverifiable = said == _FORBIDDEN_KEY and _leads_on(chain, store)
        return (None, _UNKNOWN_KEY) if unverifiable else (False, said)
    return True, f"anchored in {path[-1].subject.rfc4514_string()}"


def _leads_on(chain: Sequence[x509.Certificate], store: TrustStore) -> bool:
    """True where signatures, each looked at by itself, lead from the leaf to an anchor."""
    path: list[x509.Certificate] = []
    pending = [chain[0]]
    while pending:
        one = pending.pop()
        path.append(one)
        pending += [other for other in chain if other not in (*path, *pending) and _may_have_signed(other, one)]
    return any(_may_have_signed(anchor, one) for anchor in store.anchors for one in path)


def _may_have_signed(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """False where it is known that it has not: by another name, or a signature that its key did not make."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError):
        return False
    except (UnsupportedAlgorithm, TypeError):
        return True
    return True


def _plainly(text: str) -> str:
    """The library's message without its wrapping and without the dump of ASN.1 that may follow."""
    said = text.partition(" (encountered processing")[0]
    for wrapping in (
        "validation failed: ",
        "candidates exhausted: ",
        "Python extension validator failed: ValueError: ",
    ):
        said = said.removeprefix(wrapping)
    said = said.partition(": AlgorithmIdentifier")[0]
    return "no issuer of it was found" if said.startswith("all candidates exhausted") else said[:_SHOWN_CHARACTERS]


def _verifier(leaf: x509.Certificate, store: TrustStore, now: datetime) -> ClientVerifier:
    builder = PolicyBuilder().store(Store(list(store.anchors))).time(_inside_life(leaf, now))
    return builder.extension_policies(ca_policy=_ca_policy(), ee_policy=_leaf_policy()).build_client_verifier()


def _inside_life(leaf: x509.Certificate, now: datetime) -> datetime:
    if leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
        return now
    return max(leaf.not_valid_before_utc, leaf.not_valid_after_utc - timedelta(seconds=1))


def _ca_policy() -> ExtensionPolicy:
    policy = ExtensionPolicy.webpki_defaults_ca()
    for extension in (x509.AuthorityKeyIdentifier, x509.SubjectKeyIdentifier):
        policy = policy.may_be_present(extension, Criticality.AGNOSTIC, None)
    policy = policy.may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _signs_certificates)
    return policy.may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _for_servers)


def _leaf_policy() -> ExtensionPolicy:
    policy = ExtensionPolicy.permit_all().may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _proves_itself)
    return policy.may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _for_servers)


def _signs_certificates(_policy: Policy, _certificate: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    """Raises: ValueError if a CA names what its key is for, and certificates are none of it."""
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("its issuer may not sign certificates (key usage)")


def _proves_itself(_policy: Policy, _certificate: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    """Raises: ValueError if a certificate names what its key is for, and no handshake is possible with that."""
    if usage is not None and not (usage.digital_signature or usage.key_encipherment or usage.key_agreement):
        raise ValueError("it is not for handshakes (key usage)")


def _for_servers(_policy: Policy, _certificate: x509.Certificate, usage: x509.ExtendedKeyUsage | None) -> None:
    """Raises: ValueError if a certificate names its purposes, and servers are none of them."""
    if usage is not None and ExtendedKeyUsageOID.SERVER_AUTH not in usage:
        raise ValueError("it is not for servers (extended key usage)")


def _system_bundle() -> Path:
    """The file that this Python's OpenSSL trusts by default, else where distributions keep it.

    Raises: NoTrustStore.
    """
    default = ssl.get_default_verify_paths().cafile
    for candidate in (default, *_BUNDLES):
        if candidate and Path(candidate).is_file():
            return Path(candidate)
    raise NoTrustStore("this machine has no CA bundle; name one with ca_file")
