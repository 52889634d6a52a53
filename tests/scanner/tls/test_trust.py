from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID

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


def test_without_an_anchor_nothing_is_trusted():
    root = authority("test")
    assert verify([root.certificate], TrustStore(name="other", anchors=()), NOW)[0] is False


@pytest.mark.parametrize("sha1", [True, False])
@pytest.mark.parametrize("issuer, self_signed", [("self", True), ("stranger", False)])
def test_a_root_is_known_as_self_signed_whatever_its_hash(tmp_path, sha1, issuer, self_signed):
    found = describe(leaf(tmp_path, key="rsa-2048", issuer=issuer, sha1=sha1))
    assert (found.signature_hash, found.self_signed) == ("sha1" if sha1 else "sha256", self_signed)


def test_a_sha1_signature_of_somebody_else_is_not_ones_own(tmp_path):
    genuine = leaf(tmp_path, key="rsa-2048", issuer="self", sha1=True)
    der = genuine.public_bytes(serialization.Encoding.DER)
    forged = x509.load_der_x509_certificate(der[:-1] + bytes([der[-1] ^ 1]))
    assert not describe(forged).self_signed


Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def signed(
    issuer: str, key: Key, subject: str = "localhost", extensions: Mapping[x509.ExtensionType, bool] | None = None
) -> x509.Certificate:
    """A certificate of that issuer; `extensions`: with whether they are critical."""
    own = ec.generate_private_key(ec.SECP256R1()) if issuer != subject else key
    builder = x509.CertificateBuilder(name(issuer), name(subject), own.public_key(), 9)
    builder = builder.not_valid_before(NOW - timedelta(days=1)).not_valid_after(NOW + timedelta(days=30))
    for extension, critical in (extensions or {}).items():
        builder = builder.add_extension(extension, critical)
    return builder.sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())


def name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)] if common_name else [])


CA = x509.BasicConstraints(ca=True, path_length=None)


def named(*names: str) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([x509.DNSName(one) for one in names])


@pytest.mark.parametrize(
    "subject, extensions",
    [
        ("localhost", {}),
        ("localhost", {named("localhost"): True}),
        ("", {named("localhost"): False}),
        ("localhost", {named("localhost"): False, CA: True}),
        ("localhost", {named("under_score.example", "localhost"): False}),
        ("localhost", {named("w*.example", "localhost"): False}),
        ("localhost", {named("*"): False}),
    ],
)
def test_what_a_certificate_says_of_itself_does_not_break_its_path(subject, extensions):
    key = ec.generate_private_key(ec.SECP256R1())
    root = signed("root", key, "root", {CA: True})
    below = signed("root", key, subject, extensions)
    assert verify([below], TrustStore(name="own", anchors=(root,)), NOW) == (True, "anchored in CN=root")


@pytest.mark.parametrize(
    "usage, trusted", [(ExtendedKeyUsageOID.SERVER_AUTH, True), (ExtendedKeyUsageOID.CLIENT_AUTH, False)]
)
def test_a_certificate_for_something_else_is_not_trusted_nor_is_what_such_a_ca_signs(usage, trusted):
    key = ec.generate_private_key(ec.SECP256R1())
    purpose: dict[x509.ExtensionType, bool] = {x509.ExtendedKeyUsage([usage]): False}
    root = signed("root", key, "root", {CA: True})
    other_root = signed("root", key, "root", {CA: True, **purpose})
    found = [
        verify([signed("root", key, extensions=purpose)], TrustStore(name="own", anchors=(root,)), NOW),
        verify([signed("root", key)], TrustStore(name="own", anchors=(other_root,)), NOW),
    ]
    assert [one for one, _ in found] == [trusted, trusted]
    assert all(trusted or "not for servers" in detail for _, detail in found)


def usage(**granted: bool) -> x509.KeyUsage:
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    more = ("key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**(dict.fromkeys((*names, *more), False) | granted))


@pytest.mark.parametrize(
    "of_root, of_leaf, said",
    [
        ("key_cert_sign", "digital_signature", "anchored in CN=root"),
        ("key_cert_sign", "key_encipherment", "anchored in CN=root"),
        ("key_cert_sign", "key_agreement", "anchored in CN=root"),
        ("key_cert_sign", "key_cert_sign", "it is not for handshakes (key usage)"),
        ("crl_sign", "digital_signature", "its issuer may not sign certificates (key usage)"),
    ],
)
def test_a_key_is_used_for_what_it_is_there_for(of_root, of_leaf, said):
    key = ec.generate_private_key(ec.SECP256R1())
    root = signed("root", key, "root", {CA: True, usage(**{of_root: True}): True})
    below = signed("root", key, extensions={usage(**{of_leaf: True}): True})
    found = verify([below], TrustStore(name="own", anchors=(root,)), NOW)
    assert found == (said.startswith("anchored"), said)


def test_a_name_that_the_ca_may_not_give_breaks_the_path():
    key = ec.generate_private_key(ec.SECP256R1())
    only = x509.NameConstraints([x509.DNSName("example.com")], None)
    root = signed("root", key, "root", {CA: True, only: True})
    store = TrustStore(name="own", anchors=(root,))
    assert verify([signed("root", key, extensions={named("localhost"): False})], store, NOW)[0] is False
    assert verify([signed("root", key, extensions={named("a.example.com"): False})], store, NOW)[0] is True


def test_a_ca_with_a_key_that_cannot_be_verified_is_neither_trusted_nor_not():
    key = ed25519.Ed25519PrivateKey.generate()
    root = signed("root", key, "root", {CA: True})
    trusted, detail = verify([signed("root", key)], TrustStore(name="own", anchors=(root,)), NOW)
    assert trusted is None
    assert "cannot be verified here" in detail
    assert verify([signed("root", key), root], STORE, NOW)[0] is False  # a stranger's, whatever its key
    same_name = signed("root", ec.generate_private_key(ec.SECP256R1()), "root", {CA: True})
    for of_stranger in ([signed("root", key), root], [signed("root", key)]):
        assert verify(of_stranger, TrustStore(name="own", anchors=(same_name,)), NOW)[0] is False


def test_a_way_through_a_key_that_cannot_be_verified_is_followed_by_its_signatures():
    above, below = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
    root = signed("root", above, "root", {CA: True})
    builder = x509.CertificateBuilder(name("root"), name("middle"), below.public_key(), 9)
    builder = builder.not_valid_before(NOW - timedelta(days=1)).not_valid_after(NOW + timedelta(days=30))
    middle = builder.add_extension(CA, critical=True).sign(above, hashes.SHA256())
    leaf_below, store = signed("middle", below), TrustStore(name="own", anchors=(root,))
    assert verify([leaf_below, root, middle, middle], store, NOW)[0] is None
    assert verify([leaf_below, signed("middle", below, "middle", {CA: True})], store, NOW)[0] is False
