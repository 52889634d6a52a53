"""Keys of each kind, signing and verifying."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from reports.pack.keys import UnusableKey, file_signer, is_service, public_keys, service_schemes, service_signer
from tests.reports.pack.packs import PRIVATE, keys, no_passphrase, pack, seen


def pems(key: PrivateKeyTypes, encryption: KeySerializationEncryption | None = None) -> tuple[bytes, bytes]:
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    "key",
    [
        ed25519.Ed25519PrivateKey.generate(),
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP384R1()),
        rsa.generate_private_key(public_exponent=65537, key_size=2048),
    ],
    ids=["ed25519", "p256", "p384", "rsa"],
)
def test_a_pack_signed_with_a_key_of_any_kind_is_verified_with_its_public_half(key):
    private, public = pems(key)
    assert seen(pack(signed_by=(private,)), keys=keys(public)).problems == ()


def test_only_ed25519_signs_the_same_twice():
    private, _ = pems(ec.generate_private_key(ec.SECP256R1()))
    assert pack() == pack()
    assert pack(signed_by=(private,)) != pack(signed_by=(private,))


def test_an_encrypted_key_asks_for_its_passphrase():
    private, public = pems(ed25519.Ed25519PrivateKey.generate(), BestAvailableEncryption(b"correct horse"))
    with pytest.raises(UnusableKey, match="encrypted"):
        file_signer(private, no_passphrase)
    with pytest.raises(UnusableKey, match="passphrase is wrong"):
        file_signer(private, lambda: b"wrong")
    assert file_signer(private, lambda: b"correct horse").public_key.keyid == public_keys(public)[0].keyid


@pytest.mark.parametrize("pem", [b"", b"no key", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
def test_what_is_no_key_is_refused_in_a_sentence(pem):
    with pytest.raises(UnusableKey):
        public_keys(pem)
    with pytest.raises(UnusableKey):
        file_signer(pem, no_passphrase)


def test_a_private_key_is_never_taken_for_verifying():
    with pytest.raises(UnusableKey, match="private key"):
        public_keys(PRIVATE)


def test_curves_that_packs_are_not_signed_with_are_refused():
    private, public = pems(ec.generate_private_key(ec.SECP256K1()))
    with pytest.raises(UnusableKey):
        public_keys(public)
    with pytest.raises(UnusableKey):
        file_signer(private, no_passphrase)


def test_key_services_are_told_from_files():
    assert {"awskms", "azurekms", "gcpkms", "hsm"} <= set(service_schemes())
    assert is_service("awskms:alias/posture")
    assert not is_service("keys/posture.pem")
    assert not is_service("file2:posture.pem")


def test_a_service_that_does_not_tell_its_public_key_needs_it_given():
    with pytest.raises(UnusableKey, match="--public-key"):
        service_signer("gcpkms:projects/x", None)
