"""A client certificate that only looks like ours: who lets it in checks names, or nothing, and no signature."""

import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, SignatureAlgorithmOID

_BY_RSA: Final = frozenset(
    {
        SignatureAlgorithmOID.RSA_WITH_SHA256,
        SignatureAlgorithmOID.RSA_WITH_SHA384,
        SignatureAlgorithmOID.RSA_WITH_SHA512,
        SignatureAlgorithmOID.RSASSA_PSS,
    }
)
_LIFE: Final = timedelta(days=1)
_UNNAMED: Final = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stranger.invalid")])


def load_stranger(context: ssl.SSLContext, like: bytes | None) -> None:
    """Give `context` a certificate with subject and issuer of the first in `like` (PEM), signed by a key of nobody's.

    OpenSSL takes them from a file, which is gone when this returns; the key opens nothing anywhere.

    Raises: ValueError if `like` is no certificate.
    """
    certificate, key = made_up(x509.load_pem_x509_certificate(like) if like else None)
    with tempfile.NamedTemporaryFile(prefix="stranger-", suffix=".pem") as file:
        file.write(certificate + key)
        file.flush()
        context.load_cert_chain(file.name)


def made_up(like: x509.Certificate | None) -> tuple[bytes, bytes]:
    """Certificate and key in PEM; with the names of `like`, or a name of nobody's."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(like.subject if like else _UNNAMED)
        .issuer_name(like.issuer if like else _UNNAMED)
        .public_key(key.public_key())
        .serial_number(like.serial_number if like else x509.random_serial_number())
        .not_valid_before(now - _LIFE)
        .not_valid_after(now + _LIFE)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(_of_nobody(like), hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    return certificate.public_bytes(pem), key.private_bytes(pem, form, serialization.NoEncryption())


def _of_nobody(like: x509.Certificate | None) -> "ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey":
    """Of the kind that signed `like`, so that the signature alone is wrong."""
    by_rsa = like is not None and like.signature_algorithm_oid in _BY_RSA
    return rsa.generate_private_key(65537, 2048) if by_rsa else ec.generate_private_key(ec.SECP256R1())
