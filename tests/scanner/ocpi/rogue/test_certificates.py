"""Certificates for bait: wrong in the way that their face says, and in no other."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from scanner.model.target import PartnerServer
from scanner.ocpi.rogue.certificates import MADE, NEEDS_ISSUER, make_face, read_issuer
from scanner.ocpi.rogue.scenario import Face
from scanner.ocpi.rogue.wardrobe import Wardrobe
from tests.targets.reference_service import prepared_folder

NOW = datetime(2027, 1, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def issuer():
    return read_issuer(*prepared_folder().issuing_ca)


def wrong_with(face, issuer, folder):
    files = make_face(face, "partner.example.com", issuer, folder, NOW)
    assert files.key_file.stat().st_mode & 0o777 == 0o600
    certificate = x509.load_pem_x509_certificate(files.certificate_file.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    public = certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
    return {
        Face.EXPIRED: certificate.not_valid_after_utc < NOW,
        Face.WRONG_NAME: names.get_values_for_type(x509.DNSName) != ["partner.example.com"],
        Face.SELF_SIGNED: certificate.issuer == certificate.subject,
        Face.UNKNOWN_CA: certificate.issuer not in {issuer.certificate.subject, certificate.subject},
        Face.WRONG_USAGE: ExtendedKeyUsageOID.SERVER_AUTH not in usage,
        Face.WEAK_KEY: public.key_size == 1024,
    }


def test_the_one_that_shows_whether_the_test_ca_is_trusted_is_wrong_in_no_way(issuer, tmp_path):
    assert not any(wrong_with(Face.OF_TEST_CA, issuer, tmp_path).values())


@pytest.mark.parametrize("face", sorted(MADE - {Face.OF_TEST_CA}))
def test_a_certificate_is_wrong_in_one_way_only(face, issuer, tmp_path):
    assert [wrong for wrong, is_so in wrong_with(face, issuer, tmp_path).items() if is_so] == [face]


@pytest.mark.parametrize("face", sorted(MADE))
def test_clocks_that_are_half_a_day_apart_change_nothing(face, issuer, tmp_path):
    files = make_face(face, "partner.example.com", issuer, tmp_path, NOW)
    made = x509.load_pem_x509_certificate(files.certificate_file.read_bytes())
    for theirs in (NOW - timedelta(hours=12), NOW + timedelta(hours=12)):
        assert (made.not_valid_before_utc < theirs < made.not_valid_after_utc) is (face is not Face.EXPIRED)


@pytest.mark.parametrize("face", sorted(NEEDS_ISSUER))
def test_without_a_test_ca_what_would_be_wrong_twice_is_not_made(face, tmp_path):
    settings = PartnerServer(certificate_file=tmp_path / "own.pem", key_file=tmp_path / "own.key")
    with pytest.raises(ValueError, match="issuer_certificate_file"):
        Wardrobe(settings, tmp_path, NOW).files(face)


def test_the_sound_face_wears_the_configured_files(tmp_path):
    settings = PartnerServer(certificate_file=tmp_path / "own.pem", key_file=tmp_path / "own.key")
    assert Wardrobe(settings, tmp_path, NOW).files(Face.SOUND).certificate_file == settings.certificate_file
