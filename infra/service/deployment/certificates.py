"""A private CA, and server certificates as a public one issues them (CA/Browser Forum requirements, RFC 5280)."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from infra.service.deployment.certificate_plan import CertificatePlan, KeyKind

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
_DOMAIN_VALIDATED: Final = x509.ObjectIdentifier("2.23.140.1.2.1")
_CA_LIFETIME: Final = timedelta(days=3650)
_ISSUING_LIFETIME: Final = timedelta(days=1825)
_BACKDATED: Final = timedelta(hours=1)  # clocks differ
_CA_AGE: Final = timedelta(days=365)  # older than every certificate below it, one that has already expired included


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """A certificate that signs others, with its key."""

    certificate: x509.Certificate
    key: PrivateKey

    def key_pem(self) -> bytes:
        """The key, PKCS #8, not encrypted."""
        return key_pem(self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerChain:
    """PEM: the server certificate first, then the issuing CA; and the server's key."""

    chain: bytes
    key: bytes


def make_ca(now: datetime) -> tuple[x509.Certificate, Issuer]:
    """A root certificate, whose key is thrown away, and the issuing CA below it."""
    root_key = ec.generate_private_key(ec.SECP256R1())
    root_name = _name("OCPI reference root CA")
    root = _authority(root_name, root_name, root_key, root_key, None, now, _CA_LIFETIME, path_length=1)
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("OCPI reference issuing CA")
    issuing = _authority(name, root_name, key, root_key, root, now, _ISSUING_LIFETIME, path_length=0)
    return root, Issuer(certificate=issuing, key=key)


def issue(plan: CertificatePlan, issuer: Issuer, now: datetime) -> ServerChain:
    """A new key and its certificate, as planned."""
    key = _generate(plan.key)
    subject = _name(plan.names[0])
    begin = min(now, now + plan.lifetime) - _BACKDATED
    begin = begin - timedelta(days=90) if plan.lifetime <= timedelta(0) else begin
    signer = key if plan.self_signed else issuer.key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if plan.self_signed else issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(now + plan.lifetime - _BACKDATED)
    )
    for extension, critical in _server_extensions(plan, key, signer):
        builder = builder.add_extension(extension, critical)
    certificate = builder.sign(signer, hashes.SHA256())
    chain = pem(certificate) if plan.self_signed else pem(certificate) + pem(issuer.certificate)
    return ServerChain(chain=chain, key=key_pem(key))


def load_issuer(certificate_pem: bytes, private_key_pem: bytes) -> Issuer:
    """The issuing CA from its files. Raises ValueError for another kind of key."""
    key = serialization.load_pem_private_key(private_key_pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise ValueError("the issuing CA's key is neither ECDSA nor RSA")  # noqa: TRY004 - a wrong file
    return Issuer(certificate=x509.load_pem_x509_certificate(certificate_pem), key=key)


def pem(certificate: x509.Certificate) -> bytes:
    """PEM text of a certificate."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def key_pem(key: PrivateKey) -> bytes:
    """PKCS #8 PEM text of a key, not encrypted."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def utc_now() -> datetime:
    """Whole seconds: certificates have no finer ones."""
    return datetime.now(UTC).replace(microsecond=0)


def _authority(  # noqa: PLR0913 - two certificates, each with all of it
    subject: x509.Name,
    issuer: x509.Name,
    key: PrivateKey,
    signer: PrivateKey,
    issued_by: x509.Certificate | None,
    now: datetime,
    lifetime: timedelta,
    *,
    path_length: int,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CA_AGE)
        .not_valid_after(now + lifetime)
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(_key_usage(signing=False, encipherment=False, authority=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if issued_by is not None:
        server_auth = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(server_auth, critical=False).add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    return builder.sign(signer, hashes.SHA256())


def _server_extensions(
    plan: CertificatePlan, key: PrivateKey, signer: PrivateKey
) -> Sequence[tuple[x509.ExtensionType, bool]]:
    encipherment = isinstance(key, rsa.RSAPrivateKey)
    policy = x509.PolicyInformation(_DOMAIN_VALIDATED, None)
    return (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_key_usage(signing=True, encipherment=encipherment, authority=False), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectAlternativeName([_general_name(n) for n in plan.names]), False),
        (x509.CertificatePolicies([policy]), False),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False),
    )


def _key_usage(*, signing: bool, encipherment: bool, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signing,
        key_encipherment=encipherment,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _generate(kind: KeyKind) -> PrivateKey:
    if kind is KeyKind.ECDSA_P256:
        return ec.generate_private_key(ec.SECP256R1())
    bits = 2048 if kind is KeyKind.RSA_2048 else 1024
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)  # 1024: only for the fault of that name


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
