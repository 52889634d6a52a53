"""Does a path lead from a server's certificate to a trust anchor? Name and date are left aside: facts of their own.

Verified by `cryptography` (RFC 5280 and the CA/Browser Forum's profile). The key identifiers and key usage that older
private CAs leave out are not demanded, as OpenSSL does not demand them either.
"""

import ssl
import warnings
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

from scanner.model.late_dataclass import dataclass

_UNVERIFIABLE: Final = (
    VerificationError,
    ValueError,
    TypeError,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
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


def verify(chain: Sequence[x509.Certificate], store: TrustStore, now: datetime) -> tuple[bool, str]:
    """Whether a path leads to an anchor, and by which or why not.

    `chain` is as received, leaf first; `now` is used unless the leaf is out of date, then a moment inside its life.
    """
    leaf, *others = chain
    if leaf in store.anchors:
        return True, "the certificate itself is a trust anchor"
    try:
        path = _verifier(leaf, store, now).verify(leaf, others)
    except _UNVERIFIABLE as error:
        return False, _plainly(str(error))
    return True, f"anchored in {path[-1].subject.rfc4514_string()}"


def _plainly(text: str) -> str:
    """The library's message without its wrapping and without the dump of ASN.1 that may follow."""
    said = text.partition(" (encountered processing")[0]
    for wrapping in ("validation failed: ", "candidates exhausted: "):
        said = said.removeprefix(wrapping)
    said = said.partition(": AlgorithmIdentifier")[0]
    return "no issuer of it was found" if said.startswith("all candidates exhausted") else said[:_SHOWN_CHARACTERS]


def _verifier(leaf: x509.Certificate, store: TrustStore, now: datetime) -> "x509.verification.ServerVerifier":
    builder = PolicyBuilder().store(Store(list(store.anchors))).time(_inside_life(leaf, now))
    builder = builder.extension_policies(ca_policy=_ca_policy(), ee_policy=_leaf_policy())
    return builder.build_server_verifier(_own_name(leaf))


def _inside_life(leaf: x509.Certificate, now: datetime) -> datetime:
    if leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
        return now
    return max(leaf.not_valid_before_utc, leaf.not_valid_after_utc - timedelta(seconds=1))


def _own_name(leaf: x509.Certificate) -> x509.DNSName | x509.IPAddress:
    """The first name in the certificate, as the subject to verify it for.

    Raises: ValueError if it has none.
    """
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        raise ValueError("the certificate has no subjectAltName (RFC 9525)") from None
    for dns_name in names.get_values_for_type(x509.DNSName):
        return x509.DNSName(dns_name.replace("*", "a", 1))
    for address in names.get_values_for_type(x509.IPAddress):
        return x509.IPAddress(ip_address(str(address)))
    raise ValueError("the subjectAltName names neither a host nor an address")


def _ca_policy() -> ExtensionPolicy:
    policy = ExtensionPolicy.webpki_defaults_ca()
    for extension in (x509.AuthorityKeyIdentifier, x509.SubjectKeyIdentifier, x509.KeyUsage):
        policy = policy.may_be_present(extension, Criticality.AGNOSTIC, None)
    return policy


def _leaf_policy() -> ExtensionPolicy:
    policy = ExtensionPolicy.webpki_defaults_ee()
    return policy.may_be_present(x509.AuthorityKeyIdentifier, Criticality.AGNOSTIC, None)


def _system_bundle() -> Path:
    """The file that this Python's OpenSSL trusts by default, else where distributions keep it.

    Raises: NoTrustStore.
    """
    default = ssl.get_default_verify_paths().cafile
    for candidate in (default, *_BUNDLES):
        if candidate and Path(candidate).is_file():
            return Path(candidate)
    raise NoTrustStore("this machine has no CA bundle; name one with ca_file")
