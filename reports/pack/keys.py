"""Keys that sign packs: PEM files, and the key services that securesystemslib knows by their URI."""

import re
from collections.abc import Callable
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.signer import SIGNER_FOR_URI_SCHEME, AWSSigner, CryptoSigner, Signer, SSlibKey

_RSA_SCHEMES: Final = tuple(
    f"{padding}-sha{bits}" for padding in ("rsassa-pss", "rsa-pkcs1v15") for bits in (256, 384, 512)
)
_FILES: Final = CryptoSigner.SCHEME
_OWN_KEY_FORM: Final = "gnupg"  # its public keys are no PEM
_URI: Final = re.compile(r"[a-z][a-z0-9]+(?=:)")


class UnusableKey(ValueError):
    """A key that cannot sign or verify; the text never holds any of it."""


def service_schemes() -> tuple[str, ...]:
    """The schemes of URIs that name a key in a key service."""
    return tuple(sorted(set(SIGNER_FOR_URI_SCHEME) - {_FILES, _OWN_KEY_FORM}))


def is_service(key: str) -> bool:
    """True for a URI of a key service, false for a path."""
    match = _URI.match(key)
    return match is not None and match[0] in service_schemes()


def public_keys(pem: bytes) -> tuple[SSlibKey, ...]:
    """A public key (SubjectPublicKeyInfo, PEM): once, or once for each way in which an RSA key may sign.

    Raises: UnusableKey.
    """
    if b"PRIVATE KEY" in pem:
        raise UnusableKey("it is a private key; verifying takes the public one, which can be shown to anybody")
    try:
        key = load_pem_public_key(pem)
        if isinstance(key, RSAPublicKey):
            return tuple(SSlibKey.from_crypto(key, scheme=scheme) for scheme in _RSA_SCHEMES)
        return (SSlibKey.from_crypto(key),)
    except (ValueError, UnsupportedAlgorithm):
        raise UnusableKey("it is no public key in PEM of a kind that signs packs (Ed25519, ECDSA, RSA)") from None


def file_signer(pem: bytes, passphrase: Callable[[], bytes | None]) -> CryptoSigner:
    """A signer with a private key (PKCS#8, PEM); `passphrase` is asked only for a key that is encrypted.

    Raises: UnusableKey.
    """
    try:
        return CryptoSigner(load_pem_private_key(pem, passphrase() if b"ENCRYPTED" in pem else None))
    except TypeError:
        raise UnusableKey("it is encrypted; name its passphrase with --passphrase") from None
    except (ValueError, UnsupportedAlgorithm):
        raise UnusableKey(
            "it is no private key in PEM of a kind that signs packs, or the passphrase is wrong"
        ) from None


def service_signer(uri: str, public_pem: bytes | None) -> Signer:
    """A signer with a key in a key service (`awskms:`, ..); AWS tells the public key itself.

    Raises: UnusableKey, and whatever the service's own client raises.
    """
    if public_pem is not None:
        return Signer.from_priv_key_uri(uri, public_keys(public_pem)[0])
    if not uri.startswith(f"{AWSSigner.SCHEME}:"):
        raise UnusableKey("this key service needs the public key beside the URI: --public-key")
    private, public = AWSSigner.import_(uri.partition(":")[2])
    return Signer.from_priv_key_uri(private, public)


def new_key() -> tuple[bytes, bytes]:
    """A new Ed25519 key, as PEM: private (PKCS#8, not encrypted), public."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
