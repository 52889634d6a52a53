"""Certificate facts, from the chains that sslyze received; verified here against the store of the endpoint.

sslyze's own path validation mixes trust, name and date into one text and takes one CA file for a whole process, so
only the received certificates and the OCSP answer are taken from it.
"""

from datetime import datetime

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.x509.oid import SignatureAlgorithmOID

from scanner.model.facts.tls import Certificate, CertificateChain, CertificateDeployments
from scanner.model.observation import Reason
from scanner.tls.names import certificate_names
from scanner.tls.sslyze_document import NoAnswer, ServerScan
from scanner.tls.trust import TrustStore, load_certificates, verify


class _Pem(msgspec.Struct):
    as_pem: str


class _Ocsp(msgspec.Struct):
    response_status: str
    certificate_status: str | None = None


class _Deployment(msgspec.Struct):
    received_certificate_chain: list[_Pem]
    received_chain_has_valid_order: bool | None = None
    leaf_certificate_has_must_staple_extension: bool = False
    ocsp_response: _Ocsp | None = None


class _CertificateInfo(msgspec.Struct):
    certificate_deployments: list[_Deployment]


def certificate_deployments(scan: ServerScan, store: TrustStore, now: datetime) -> CertificateDeployments:
    """Every chain that the server shows, verified.

    Raises: NoAnswer if there is no chain to read.
    """
    info = scan.answer("certificate_info", _CertificateInfo)
    if not info.certificate_deployments:
        raise NoAnswer(Reason.NOT_EVALUATED, "sslyze received no certificate")
    chains = tuple(_chain(deployment, scan.host, store, now) for deployment in info.certificate_deployments)
    return CertificateDeployments(chains=chains)


def _chain(deployment: _Deployment, host: str, store: TrustStore, now: datetime) -> CertificateChain:
    texts = [entry.as_pem.encode() for entry in deployment.received_certificate_chain]
    loaded = [certificate for text in texts for certificate in load_certificates(text)]
    if not loaded or len(loaded) != len(texts):
        raise NoAnswer(Reason.UNPARSABLE, "the server sent a certificate that cannot be parsed")
    try:
        certificates = tuple(describe(certificate) for certificate in loaded)
    except (ValueError, UnsupportedAlgorithm, x509.UnsupportedGeneralNameType) as error:
        raise NoAnswer(Reason.UNPARSABLE, f"the server sent a certificate that cannot be read: {error}") from None
    trusted, detail = verify(loaded, store, now)
    leaf = certificates[0]
    return CertificateChain(
        certificates=certificates,
        trusted=trusted,
        trust_store=store.name,
        trust_detail=detail,
        name_asked=host,
        name_matches=certificate_names(host, leaf.dns_names, leaf.ip_addresses),
        in_order=deployment.received_chain_has_valid_order is True,
        must_staple=deployment.leaf_certificate_has_must_staple_extension,
        stapled=_stapled(deployment.ocsp_response),
    )


def describe(certificate: x509.Certificate) -> Certificate:
    """One certificate as a fact.

    Raises: ValueError, UnsupportedAlgorithm or UnsupportedGeneralNameType if a field cannot be read.
    """
    key_type, key_bits = _key(certificate)
    dns_names, ip_addresses = alternative_names(certificate)
    return Certificate(
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        serial=f"{certificate.serial_number:x}",
        sha256=certificate.fingerprint(hashes.SHA256()).hex(),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key_type=key_type,
        key_bits=key_bits,
        signature_hash=_signature_hash(certificate),
        dns_names=dns_names,
        ip_addresses=ip_addresses,
        self_signed=_self_signed(certificate),
    )


def _key(certificate: x509.Certificate) -> tuple[str, int]:
    key = certificate.public_key()
    match key:
        case rsa.RSAPublicKey():
            return "RSA", key.key_size
        case ec.EllipticCurvePublicKey():
            return "EC", key.key_size
        case dsa.DSAPublicKey():
            return "DSA", key.key_size
        case ed25519.Ed25519PublicKey():
            return "Ed25519", 256
        case ed448.Ed448PublicKey():
            return "Ed448", 456
        case _:
            raise ValueError(f"a public key of an unexpected kind: {type(key).__name__}")


def alternative_names(certificate: x509.Certificate) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The DNS names and the IP addresses for which a certificate stands (RFC 5280, 4.2.1.6); none where it names none.

    Raises: ValueError or UnsupportedGeneralNameType if they cannot be read.
    """
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return (), ()
    addresses = tuple(str(address) for address in names.get_values_for_type(x509.IPAddress))
    return tuple(names.get_values_for_type(x509.DNSName)), addresses


def _signature_hash(certificate: x509.Certificate) -> str | None:
    algorithm = certificate.signature_hash_algorithm
    return algorithm.name if algorithm else None


def _self_signed(certificate: x509.Certificate) -> bool:
    """Also with a hash that no verifier follows any more: roots of the first years are signed with SHA-1."""
    if certificate.issuer != certificate.subject:
        return False
    try:
        _verify_by_own_key(certificate)
    except (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError):
        return False
    return True


def _verify_by_own_key(certificate: x509.Certificate) -> None:
    """Raises: InvalidSignature, UnsupportedAlgorithm, TypeError or ValueError."""
    key = certificate.public_key()
    if certificate.signature_algorithm_oid == SignatureAlgorithmOID.RSA_WITH_SHA1 and isinstance(key, rsa.RSAPublicKey):
        signed, sha1 = certificate.tbs_certificate_bytes, hashes.SHA1()  # noqa: S303 - theirs, and it decides no trust
        key.verify(certificate.signature, signed, padding.PKCS1v15(), sha1)
    else:
        certificate.verify_directly_issued_by(certificate)


def _stapled(response: _Ocsp | None) -> str | None:
    return None if response is None else (response.certificate_status or response.response_status)
