"""The way to the user's own evidence bucket: one object written under a lock, and read back. Nothing else is ever done.

The AWS door of a scan allows reads only and stays so: docs/decisions/0011. This one knows `PutObject` with object lock
and `HeadObject`, on the bucket and key that were named, and is opened by `evidence upload` alone.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

MOST_BYTES: Final = 5 << 30  # of one PutObject


class NotKept(Exception):
    """The pack is not, or not provably, in the bucket under its lock; the text says what is missing."""


class KeptOtherwise(NotKept):
    """Something lies in the bucket, and it is not what was sent, or not locked as asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Where a pack lies: `version` of the object, and until when (UTC) and how it is locked."""

    bucket: str
    key: str
    version: str
    until: datetime
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to put a pack: `mode` is GOVERNANCE or COMPLIANCE; `profile` and `region` None: as the environment says."""

    bucket: str
    key: str
    mode: str
    until: datetime
    profile: str | None = None
    region: str | None = None


def keep(file: Path, sha256: str, place: Place) -> Kept:
    """Write the file under a lock, then ask S3 for its checksum and its lock. `sha256`: of the file, in Base64.

    Raises: NotKept, KeptOtherwise; OSError if the file cannot be read.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - takes half a second to load

    try:
        return _kept(_connected(place), file, sha256, place)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        raise NotKept(f"s3:{error.operation_name} on {place.bucket}: {code}: {error}"[:400]) from None
    except BotoCoreError as error:
        raise NotKept(f"{type(error).__name__}: {error}"[:400]) from None


def _connected(place: Place) -> Any:  # noqa: ANN401 - the SDK makes its clients at run time
    import boto3  # noqa: PLC0415 - as above
    from botocore.config import Config  # noqa: PLC0415 - as above

    session = boto3.Session(profile_name=place.profile, region_name=place.region)
    bounded = Config(retries={"max_attempts": 4, "mode": "standard"}, read_timeout=60, connect_timeout=10)
    return session.client("s3", config=bounded)


def _kept(client: Any, file: Path, sha256: str, place: Place) -> Kept:  # noqa: ANN401 - as above
    name = {"Bucket": place.bucket, "Key": place.key}
    with file.open("rb") as stream:
        written = client.put_object(
            **name,
            Body=stream,
            ContentType="application/zip",
            ChecksumAlgorithm="SHA256",
            ChecksumSHA256=sha256,
            ObjectLockMode=place.mode,
            ObjectLockRetainUntilDate=place.until,
        )
    version = written.get("VersionId")
    if not version:
        raise NotKept(f"{place.bucket} keeps no versions, so nothing in it can be locked")
    found = client.head_object(**name, VersionId=version, ChecksumMode="ENABLED")
    if found.get("ChecksumSHA256") != sha256 or found.get("ContentLength") != file.stat().st_size:
        raise KeptOtherwise(f"what lies in {place.bucket} as version {version} is not what was sent")
    mode, until = found.get("ObjectLockMode"), found.get("ObjectLockRetainUntilDate")
    if mode != place.mode or until is None or until < place.until.replace(microsecond=0):
        raise KeptOtherwise(f"S3 does not show version {version} as locked: mode {mode}, until {until}")
    return Kept(bucket=place.bucket, key=place.key, version=version, until=until.astimezone(UTC), mode=mode)
