"""Packs signed by a key of AWS KMS, and kept in S3 under object lock; both services are moto's."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from moto import mock_aws
from moto.kms.utils import ECDSAPrivateKey

from scanner.gate import evidence_bucket
from scanner.gate.evidence_bucket import KeptOtherwise, NotKept, Place, keep
from tests.scanner.cli.finished_run import finished_run

REGION = "eu-central-1"
KEPT = "demo/20260304T050607Z-7c1e.zip"


@pytest.fixture
def account(monkeypatch) -> Iterator[None]:
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing"),
        ("AWS_DEFAULT_REGION", REGION),
    ):
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield


@pytest.fixture
def s3(account) -> Any:
    client = boto3.client("s3", region_name=REGION)
    where = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
    client.create_bucket(Bucket="evidence", ObjectLockEnabledForBucket=True, **where)
    client.create_bucket(Bucket="plain", **where)
    return client


@pytest.fixture
def pack(posture, tmp_path) -> Path:
    run = finished_run(tmp_path / "run")
    assert posture("evidence", "pack", run, "-o", "pack.zip", "--new-key", "key.pem").code == 0
    return Path("pack.zip")


def test_a_pack_lies_in_the_bucket_under_its_lock(posture, pack, s3):
    ended = posture("evidence", "upload", pack, "s3://evidence/", "--retain-days", 400, "--lock", "compliance")
    assert ended.code == 0, ended.stderr
    assert f"s3://evidence/{KEPT} version " in ended.stdout
    kept = s3.get_object(Bucket="evidence", Key=KEPT)
    assert kept["Body"].read() == pack.read_bytes()
    assert kept["ObjectLockMode"] == "COMPLIANCE"
    assert kept["ObjectLockRetainUntilDate"] > datetime.now(UTC) + timedelta(days=399)


def test_a_key_of_ones_own_choice_is_taken_as_it_is(posture, pack, s3):
    assert posture("evidence", "upload", pack, "s3://evidence/audit/q1.zip", "--retain-days", 1).code == 0
    assert [each["Key"] for each in s3.list_objects_v2(Bucket="evidence")["Contents"]] == ["audit/q1.zip"]


@pytest.mark.parametrize("bucket,sentence", [("plain", "plain"), ("absent", "NoSuchBucket")])
def test_a_bucket_without_lock_or_none_at_all_is_said(posture, pack, s3, bucket, sentence):
    ended = posture("evidence", "upload", pack, f"s3://{bucket}/", "--retain-days", 1)
    assert (ended.code, "is not kept" in ended.stderr, sentence in ended.stderr) == (2, True, True)


@pytest.mark.parametrize(
    "odd,sentence",
    [
        ({"ChecksumSHA256": "b3RoZXI="}, "not what was sent"),
        ({"ContentLength": 1}, "not what was sent"),
        ({"ObjectLockMode": None}, "does not show"),
        ({"ObjectLockRetainUntilDate": datetime(2026, 1, 1, tzinfo=UTC)}, "does not show"),
    ],
    ids=["checksum", "size", "no-lock", "shorter-lock"],
)
def test_what_s3_holds_otherwise_than_it_was_sent_is_found(pack, s3, odd, sentence):
    """S3 itself holds the checksum against the bytes; a proxy or a bug of ours in between shows in the answer."""

    class Altering:
        def __getattr__(self, name: str) -> Any:
            return getattr(s3, name)

        def head_object(self, **arguments: Any) -> Any:
            return {**s3.head_object(**arguments), **odd}

    place = Place(bucket="evidence", key="x.zip", mode="GOVERNANCE", until=datetime.now(UTC) + timedelta(days=1))
    checksum = base64.b64encode(hashlib.sha256(pack.read_bytes()).digest()).decode()
    assert keep(pack, checksum, place).version
    with pytest.raises(KeptOtherwise, match=sentence):
        evidence_bucket._kept(Altering(), pack, checksum, place)


class Locking:
    """moto forgets the lock that a multipart upload begins with; S3 puts it on the object when it is complete."""

    def __init__(self, s3: Any, fail_at: int = 0) -> None:
        self._s3, self._fail_at = s3, fail_at
        self._lock: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._s3, name)

    def create_multipart_upload(self, **given: Any) -> Any:
        self._lock = {"Mode": given["ObjectLockMode"], "RetainUntilDate": given["ObjectLockRetainUntilDate"]}
        return self._s3.create_multipart_upload(**given)

    def upload_part(self, **given: Any) -> Any:
        if given["PartNumber"] == self._fail_at:
            raise ConnectionError
        return self._s3.upload_part(**given)

    def complete_multipart_upload(self, **given: Any) -> Any:
        answer = self._s3.complete_multipart_upload(**given)
        version = {name: given[name] for name in ("Bucket", "Key")} | {"VersionId": answer["VersionId"]}
        self._s3.put_object_retention(**version, Retention=self._lock)
        return answer


@pytest.fixture
def large(tmp_path, monkeypatch) -> tuple[Path, str]:
    """A file that goes in three parts, and its checksum."""
    monkeypatch.setattr(evidence_bucket, "_WHOLE_BYTES", 1 << 20)
    monkeypatch.setattr(evidence_bucket, "_PART_BYTES", 5 << 20)  # S3 takes no smaller ones
    file = tmp_path / "large.zip"
    file.write_bytes(bytes(range(256)) * (11 << 12))
    return file, base64.b64encode(hashlib.sha256(file.read_bytes()).digest()).decode()


PLACE = Place(bucket="evidence", key="x.zip", mode="COMPLIANCE", until=datetime.now(UTC) + timedelta(days=9))


def test_a_large_pack_goes_in_parts_and_is_held_against_the_checksum_of_all(s3, large):
    file, checksum = large
    kept = evidence_bucket._kept(Locking(s3), file, checksum, PLACE)
    found = s3.get_object(Bucket="evidence", Key="x.zip", VersionId=kept.version)
    assert found["Body"].read() == file.read_bytes()
    assert (kept.mode, found["ObjectLockMode"]) == ("COMPLIANCE", "COMPLIANCE")
    assert found["ETag"].endswith('-3"'), "three parts"


def test_parts_that_lie_there_without_their_lock_are_found(s3, large):
    file, checksum = large
    with pytest.raises(KeptOtherwise, match="does not show version"):
        evidence_bucket._kept(s3, file, checksum, PLACE)


def test_an_upload_in_parts_that_breaks_off_or_whose_file_changes_leaves_nothing(s3, large):
    file, checksum = large
    with pytest.raises(ConnectionError):
        evidence_bucket._kept(Locking(s3, fail_at=2), file, checksum, PLACE)
    with pytest.raises(NotKept, match="changed while it was sent"):
        evidence_bucket._kept(Locking(s3), file, "b3RoZXI=", PLACE)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="evidence")
    assert "Contents" not in s3.list_objects_v2(Bucket="evidence")


@pytest.fixture
def digests_are_signed_as_given(monkeypatch) -> None:
    """moto has no MessageType DIGEST: it hashes the hash once more, and KMS does not."""

    def sign(self: ECDSAPrivateKey, message: bytes, _algorithm: str) -> bytes:
        signature: bytes = self.private_key.sign(message, ec.ECDSA(Prehashed(SHA256())))
        return signature

    monkeypatch.setattr(ECDSAPrivateKey, "sign", sign)


def test_a_signature_that_does_not_hold_is_never_packed(posture, account, tmp_path):
    key_id = boto3.client("kms", region_name=REGION).create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")
    run = finished_run(tmp_path / "run")
    ended = posture("evidence", "pack", run, "-o", "p.zip", "--key", f"awskms:{key_id['KeyMetadata']['KeyId']}")
    assert (ended.code, "did not sign" in ended.stderr) == (2, True)
    assert not Path("p.zip").exists()


@pytest.mark.usefixtures("account", "digests_are_signed_as_given")
def test_a_key_of_kms_signs_a_pack_and_its_public_half_verifies_it(posture, tmp_path):
    kms = boto3.client("kms", region_name=REGION)
    key_id = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["KeyMetadata"]["KeyId"]
    public = load_der_public_key(kms.get_public_key(KeyId=key_id)["PublicKey"])
    Path("kms.pub").write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    run = finished_run(tmp_path / "run")
    ended = posture("evidence", "pack", run, "-o", "p.zip", "--key", f"awskms:{key_id}")
    assert ended.code == 0, ended.stderr
    assert posture("evidence", "verify", "p.zip", "--key", "kms.pub").code == 0
    given = posture("evidence", "sign", "p.zip", "--key", f"awskms:{key_id}", "--public-key", "kms.pub")
    assert given.code == 0, given.stderr
    assert posture("evidence", "verify", "p.zip", "--key", "kms.pub").code == 0


def test_a_key_that_kms_does_not_have_is_said(posture, account, tmp_path):
    run = finished_run(tmp_path / "run")
    ended = posture("evidence", "pack", run, "-o", "p.zip", "--key", "awskms:alias/none")
    assert (ended.code, "did not sign" in ended.stderr) == (2, True)
    assert not Path("p.zip").exists()
