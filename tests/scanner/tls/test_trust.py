from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from scanner.tls.certificates import describe
from scanner.tls.trust import NoTrustStore, TrustStore, load_certificates, trust_store, verify
from tests.targets.tls_certificates import CertificatePlan, authority, issue

NOW = datetime.now(UTC)
STORE = TrustStore(name="test", anchors=(authority("test").certificate,))


def leaf(tmp_path: Path, **plan: object) -> x509.Certificate:
    chain, _ = issue(CertificatePlan(**plan), tmp_path, "leaf")  # type: ignore[arg-type] # a table of cases
    (certificate,) = load_certificates(chain.read_bytes())
    return certificate


def test_a_certificate_of_the_configured_ca_is_anchored_there(tmp_path):
    assert verify([leaf(tmp_path)], STORE, NOW) == (True, "anchored in CN=Root CA test")


@pytest.mark.parametrize("before, after", [(30, -1), (-1, 60)])
def test_dates_do_not_decide_on_trust(tmp_path, before, after):
    assert verify([leaf(tmp_path, days_before=before, days_after=after)], STORE, NOW)[0]


def test_names_do_not_decide_on_trust(tmp_path):
    assert verify([leaf(tmp_path, names=("*.elsewhere.example",))], STORE, NOW)[0]


@pytest.mark.parametrize("issuer", ["self", "stranger"])
def test_a_certificate_of_nobody_we_know_is_not_trusted(tmp_path, issuer):
    assert verify([leaf(tmp_path, issuer=issuer)], STORE, NOW) == (False, "no issuer of it was found")


def test_a_self_signed_certificate_that_is_the_configured_ca_is_trusted(tmp_path):
    own = leaf(tmp_path, issuer="self")
    assert verify([own], TrustStore(name="own", anchors=(own,)), NOW)[0]
    assert describe(own).self_signed


def intermediate() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    root, key = authority("test"), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Intermediate")])
    builder = x509.CertificateBuilder(root.certificate.subject, name, key.public_key(), 7)
    builder = builder.not_valid_before(NOW - timedelta(days=1)).not_valid_after(NOW + timedelta(days=90))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.sign(root.key, hashes.SHA256()), key


def test_a_missing_intermediate_breaks_the_chain(tmp_path):
    middle, key = intermediate()
    own = leaf(tmp_path)
    builder = x509.CertificateBuilder(middle.subject, own.subject, own.public_key(), 8)
    builder = builder.not_valid_before(NOW - timedelta(days=1)).not_valid_after(NOW + timedelta(days=30))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    below = builder.sign(key, hashes.SHA256())
    assert verify([below, middle], STORE, NOW)[0]
    assert verify([below], STORE, NOW) == (False, "no issuer of it was found")


def test_the_system_store_is_read_where_no_ca_is_configured():
    try:
        store = trust_store(None)
    except NoTrustStore as missing:
        assert "ca_file" in str(missing)  # noqa: PT017 - a machine without CA bundle says so
    else:
        assert store.name == "system store"
        assert store.anchors


def test_a_ca_file_that_cannot_be_used_is_named(tmp_path):
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing here")
    with pytest.raises(NoTrustStore, match=r"empty\.pem holds no certificate"):
        trust_store(empty)
    with pytest.raises(NoTrustStore, match=r"absent\.pem cannot be read: No such file"):
        trust_store(tmp_path / "absent.pem")


def test_a_certificate_without_names_is_not_verified():
    root = authority("test")
    assert verify([root.certificate], TrustStore(name="other", anchors=()), NOW)[0] is False
