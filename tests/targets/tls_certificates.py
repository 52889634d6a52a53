"""Certificates for TLS targets, made on the spot: sound ones, and each kind of unsound one."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SHA256_RSA = bytes.fromhex("2a864886f70d01010b")  # 1.2.840.113549.1.1.11
SHA1_RSA = bytes.fromhex("2a864886f70d010105")  # 1.2.840.113549.1.1.5, of equal length


@dataclass(frozen=True, kw_only=True)
class CertificatePlan:
    """What to issue. `days_before` and `days_after` place now inside (or outside) its life."""

    names: tuple[str, ...] = ("127.0.0.1", "localhost")
    key: str = "ec-256"
    issuer: str = "test"  # a CA of that name, or `self`
    days_before: float = 1.0
    days_after: float = 60.0
    sha1: bool = False
    of_client: bool = False  # for a caller, not for a server


@dataclass(frozen=True, kw_only=True)
class Authority:
    """A root CA."""

    certificate: x509.Certificate
    key: CertificateIssuerPrivateKeyTypes

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


@cache
def authority(name: str) -> Authority:
    """The CA of that name, one a process; RSA, so that it can sign with SHA-1 as well."""
    key = rsa.generate_private_key(65537, 2048)
    subject, now = _name(f"Root CA {name}"), datetime.now(UTC)
    builder = _builder(subject, subject, key, now - timedelta(days=2), now + timedelta(days=2000))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return Authority(certificate=builder.sign(key, hashes.SHA256()), key=key)


def issue(plan: CertificatePlan, folder: Path, stem: str) -> tuple[Path, Path]:
    """Write the certificate and its key as PEM; gives their paths."""
    key = _key(plan.key)
    certificate = _sha1_signed(plan, key) if plan.sha1 else _signed(plan, key).public_bytes(serialization.Encoding.DER)
    chain, key_file = folder / f"{stem}.pem", folder / f"{stem}.key"
    loaded = x509.load_der_x509_certificate(certificate)
    chain.write_bytes(loaded.public_bytes(serialization.Encoding.PEM))
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    key_file.write_bytes(key.private_bytes(encoding, form, serialization.NoEncryption()))
    return chain, key_file


def _signed(plan: CertificatePlan, key: CertificateIssuerPrivateKeyTypes) -> x509.Certificate:
    now, subject = datetime.now(UTC), _name(plan.names[0])
    signer = key if plan.issuer == "self" else authority(plan.issuer).key
    issuer = subject if plan.issuer == "self" else authority(plan.issuer).certificate.subject
    begins, ends = now - timedelta(days=plan.days_before), now + timedelta(days=plan.days_after)
    builder = _builder(subject, issuer, key, begins, ends)
    builder = builder.add_extension(x509.SubjectAlternativeName([_general_name(n) for n in plan.names]), critical=False)
    purpose = ExtendedKeyUsageOID.CLIENT_AUTH if plan.of_client else ExtendedKeyUsageOID.SERVER_AUTH
    usage = x509.ExtendedKeyUsage([purpose])
    return builder.add_extension(usage, critical=False).sign(signer, hashes.SHA256())


def _sha1_signed(plan: CertificatePlan, key: CertificateIssuerPrivateKeyTypes) -> bytes:
    """The library no longer signs certificates with SHA-1: name the algorithm in the DER, and sign it by hand."""
    certificate, signer = _signed(plan, key), key if plan.issuer == "self" else authority(plan.issuer).key
    assert isinstance(signer, rsa.RSAPrivateKey)
    weak = certificate.tbs_certificate_bytes.replace(SHA256_RSA, SHA1_RSA)
    whole = certificate.public_bytes(serialization.Encoding.DER).replace(SHA256_RSA, SHA1_RSA)
    return whole.replace(certificate.signature, signer.sign(weak, padding.PKCS1v15(), hashes.SHA1()))


def _key(kind: str) -> CertificateIssuerPrivateKeyTypes:
    family, _, bits = kind.partition("-")
    if family == "rsa":
        return rsa.generate_private_key(65537, int(bits))
    return ec.generate_private_key({"256": ec.SECP256R1(), "224": ec.SECP224R1()}[bits])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: CertificateIssuerPrivateKeyTypes, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
