"""The way to the user's own evidence bucket: one object written under a lock, and read back. Nothing else is ever done.

The AWS door of a scan allows reads only and stays so: docs/decisions/0011. This one knows `PutObject` and the multipart
upload with object lock, and `HeadObject`, on the bucket and key that were named, for `evidence upload` alone.
"""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from scanner.model.late_dataclass import dataclass

_WHOLE_BYTES: Final = 1 << 30  # more goes in parts; one PutObject takes five times as much, and begins anew
_PART_BYTES: Final = 64 << 20
_MOST_PARTS: Final = 10_000
MOST_BYTES: Final = _PART_BYTES * _MOST_PARTS


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
    size = file.stat().st_size
    send = _whole if size <= _WHOLE_BYTES else _in_parts
    version, checksum = send(client, file, sha256, place)
    if not version:
        raise NotKept(f"{place.bucket} keeps no versions, so nothing in it can be locked")
    name = {"Bucket": place.bucket, "Key": place.key}
    found = client.head_object(**name, VersionId=version, ChecksumMode="ENABLED")
    shown = str(found.get("ChecksumSHA256")).partition("-")[0]  # of parts it may end in their number
    if shown != checksum or found.get("ContentLength") != size:
        raise KeptOtherwise(f"what lies in {place.bucket} as version {version} is not what was sent")
    mode, until = found.get("ObjectLockMode"), found.get("ObjectLockRetainUntilDate")
    if mode != place.mode or until is None or until < place.until.replace(microsecond=0):
        raise KeptOtherwise(f"S3 does not show version {version} as locked: mode {mode}, until {until}")
    return Kept(bucket=place.bucket, key=place.key, version=version, until=until.astimezone(UTC), mode=mode)


def _described(place: Place) -> dict[str, Any]:
    return {
        "Bucket": place.bucket,
        "Key": place.key,
        "ContentType": "application/zip",
        "ChecksumAlgorithm": "SHA256",
        "ObjectLockMode": place.mode,
        "ObjectLockRetainUntilDate": place.until,
    }


def _whole(client: Any, file: Path, sha256: str, place: Place) -> tuple[str | None, str]:  # noqa: ANN401 - as above
    """Version, and the checksum that S3 has to show for it."""
    with file.open("rb") as stream:
        written = client.put_object(**_described(place), Body=stream, ChecksumSHA256=sha256)
    return written.get("VersionId"), sha256


def _in_parts(client: Any, file: Path, sha256: str, place: Place) -> tuple[str | None, str]:  # noqa: ANN401 - as above
    """As `_whole`; the checksum is that of the checksums of all parts (S3 User Guide, "Checking object integrity",
    composite checksums). What was sent of an upload that fails is taken back.
    """
    upload = {"Bucket": place.bucket, "Key": place.key}
    upload["UploadId"] = client.create_multipart_upload(**_described(place))["UploadId"]
    try:
        digests, parts = _sent(client, file, sha256, upload)
        written = client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    except BaseException:
        with suppress(Exception):  # a lifecycle rule of the bucket takes care of what even this cannot take back
            client.abort_multipart_upload(**upload)
        raise
    return written.get("VersionId"), base64.b64encode(hashlib.sha256(digests).digest()).decode()


def _sent(
    client: Any,  # noqa: ANN401 - as above
    file: Path,
    sha256: str,
    upload: dict[str, Any],
) -> tuple[bytes, list[dict[str, Any]]]:
    """The digests of all parts, one after the other, and the parts as they are named when all are there."""
    parts, digests, whole = [], b"", hashlib.sha256()
    for number, part in enumerate(_parts(file), start=1):
        whole.update(part)
        digest = hashlib.sha256(part).digest()
        digests += digest
        checksum = {"PartNumber": number, "ChecksumSHA256": base64.b64encode(digest).decode()}
        sent = client.upload_part(**upload, **checksum, Body=part, ChecksumAlgorithm="SHA256")
        parts.append({**checksum, "ETag": sent["ETag"]})
    if base64.b64encode(whole.digest()).decode() != sha256:
        raise NotKept(f"{file} changed while it was sent")
    return digests, parts


def _parts(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while part := stream.read(_PART_BYTES):
            yield part
