"""Certificates that are wrong in exactly one way, and one that holds; made for a scan, whose scratch no key leaves."""

import ipaddress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from scanner.model.late_dataclass import dataclass
from scanner.ocpi.rogue.scenario import Face

_Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
NEEDS_ISSUER: Final = frozenset({Face.OF_TEST_CA, Face.EXPIRED, Face.WRONG_NAME, Face.WRONG_USAGE, Face.WEAK_KEY})
"""Without a CA that the target trusts, these would be refused for another reason: that nobody knows their CA. Whether
it does shows with the one that holds (`Face.OF_TEST_CA`)."""
MADE: Final = NEEDS_ISSUER | {Face.SELF_SIGNED, Face.UNKNOWN_CA}
_ANOTHER_NAME: Final = "another-name.invalid"
_WEAK_BITS: Final = 1024
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """A CA: its certificates as PEM, its own first, and its key."""

    pem: bytes
    certificate: x509.Certificate
    key: _Key


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFiles:
    """A chain and its key, both PEM."""

    certificate_file: Path
    key_file: Path


def read_issuer(certificate: Path, key: Path) -> Issuer:
    """The test CA of the configuration.

    Raises: OSError if a file cannot be read, ValueError if it is none, or none of a kind that signs here.
    """
    pem = certificate.read_bytes()
    loaded = serialization.load_pem_private_key(key.read_bytes(), password=None)
    if not isinstance(loaded, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise ValueError("the key of the test CA is neither ECDSA nor RSA")  # noqa: TRY004 - a wrong file
    return Issuer(pem=pem, certificate=x509.load_pem_x509_certificate(pem), key=loaded)


def make_face(face: Face, host: str, issuer: Issuer | None, folder: Path, now: datetime) -> ServerFiles:
    """Files of one face for a server called `host`.

    Raises: ValueError for a face that needs an issuer where there is none, or has no certificate of its own.
    """
    if face not in MADE or (face in NEEDS_ISSUER and issuer is None):
        raise ValueError(f"no certificate can be made for {face}")
    key = rsa.generate_private_key(65537, _WEAK_BITS) if face is Face.WEAK_KEY else _new_key()
    signer = _unknown_ca(now) if face is Face.UNKNOWN_CA else issuer
    signer = None if face is Face.SELF_SIGNED else signer
    chain = _pem(_certificate(face, host, key, signer, now)) + (signer.pem if signer else b"")
    return _written(folder / face.name.lower(), chain, key)


def _certificate(face: Face, host: str, key: _Key, issuer: Issuer | None, now: datetime) -> x509.Certificate:
    name = _ANOTHER_NAME if face is Face.WRONG_NAME else host
    ends = now - _DAY if face is Face.EXPIRED else now + 7 * _DAY
    usage = ExtendedKeyUsageOID.CLIENT_AUTH if face is Face.WRONG_USAGE else ExtendedKeyUsageOID.SERVER_AUTH
    signing = issuer.key if issuer else key
    authority = issuer.certificate.public_key() if issuer else key.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer.certificate.subject if issuer else _name(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 30 * _DAY)
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([_general_name(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_authority_identifier(authority), critical=False)
    )
    return builder.sign(signing, hashes.SHA256())


def _unknown_ca(now: datetime) -> Issuer:
    key = _new_key()
    name = _name("A CA that nobody knows")
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 60 * _DAY)
        .not_valid_after(now + 60 * _DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Issuer(pem=_pem(certificate), certificate=certificate, key=key)


def _authority_identifier(key: object) -> x509.AuthorityKeyIdentifier:
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        raise ValueError("the key of the CA is neither ECDSA nor RSA")  # noqa: TRY004 - a wrong file
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key)


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        return x509.DNSName(name)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _written(at: Path, chain: bytes, key: _Key) -> ServerFiles:
    files = ServerFiles(certificate_file=at.with_suffix(".pem"), key_file=at.with_suffix(".key"))
    files.certificate_file.write_bytes(chain)
    files.key_file.touch(mode=0o600)
    files.key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files
