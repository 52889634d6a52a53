"""Whom our client trusts: the same on every Python, whose defaults changed with 3.13."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from scanner.gate.tls_context import verifying_context

NOW = datetime.now(UTC)
LAX, STRICT = ssl.VerifyFlags(0), ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN  # of 3.11, of 3.13


@pytest.fixture(params=[LAX, STRICT], ids=["3.11", "3.13"])
def defaults_of_python(request, monkeypatch):
    usual = ssl.create_default_context

    def made(*args, **words):
        context = usual(*args, **words)
        context.verify_flags = ssl.VERIFY_X509_TRUSTED_FIRST | request.param
        return context

    monkeypatch.setattr(ssl, "create_default_context", made)
    verifying_context.cache_clear()
    yield
    verifying_context.cache_clear()


def certified(subject, key, issuer, signer, *extensions):
    """No key identifiers and no key usage, as older private CAs do it."""
    builder = x509.CertificateBuilder(_name(issuer), _name(subject), key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(NOW - timedelta(days=1)).not_valid_after(NOW + timedelta(days=9))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
    return builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _name(common_name):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])


@pytest.fixture
def files(tmp_path):
    """A root, an intermediate CA and a server below it."""
    root, middle, leaf = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    is_ca = x509.BasicConstraints(ca=True, path_length=None)
    pems = {
        "root": certified("root", root, "root", root, is_ca),
        "middle": certified("middle", middle, "root", root, is_ca),
        "stranger": certified("middle", leaf, "root", leaf, is_ca),
        "nameless": certified("localhost", leaf, "middle", middle),
        "leaf": certified("x", leaf, "middle", middle, x509.SubjectAlternativeName([x509.DNSName("localhost")])),
    }
    for name, pem in pems.items():
        (tmp_path / f"{name}.pem").write_bytes(pem)
    for name in ("leaf", "nameless"):
        (tmp_path / f"chain-of-{name}.pem").write_bytes(pems[name] + pems["middle"])
    form = serialization.PrivateFormat.PKCS8
    (tmp_path / "leaf.key").write_bytes(
        leaf.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    )
    return tmp_path


def shakes_hands(files, ca, name="localhost", shown="leaf"):
    """Raises: ssl.SSLCertVerificationError."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files / f"chain-of-{shown}.pem", files / "leaf.key")
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    there = server.wrap_bio(to_server, to_client, server_side=True)
    here = verifying_context(files / f"{ca}.pem").wrap_bio(to_client, to_server, server_hostname=name)
    for end in (here, there):
        with pytest.raises(ssl.SSLWantReadError):
            end.do_handshake()
    here.do_handshake()


@pytest.mark.usefixtures("defaults_of_python")
@pytest.mark.parametrize("ca", ["root", "middle", "leaf"])
def test_what_is_configured_is_an_anchor_without_key_identifiers_too(files, ca):
    shakes_hands(files, ca)


@pytest.mark.usefixtures("defaults_of_python")
@pytest.mark.parametrize("ca, name", [("stranger", "localhost"), ("root", "other.example")])
def test_a_stranger_and_a_wrong_name_are_refused(files, ca, name):
    with pytest.raises(ssl.SSLCertVerificationError):
        shakes_hands(files, ca, name)


def test_a_common_name_names_no_server(files):
    with pytest.raises(ssl.SSLCertVerificationError, match="not valid for 'localhost'"):
        shakes_hands(files, "root", shown="nameless")
