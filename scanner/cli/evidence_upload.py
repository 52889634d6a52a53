"""`ocpi-posture evidence upload`: keep a pack where nobody can change or delete it."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import rich_click as click
import structlog

from reports.pack.statement import Statement
from reports.pack.verify import Given
from scanner.cli.evidence_pack import opened
from scanner.cli.exit_code import ExitCode
from scanner.cli.options import talking
from scanner.cli.output import emit
from scanner.errors import UsageError
from scanner.gate.evidence_bucket import MOST_BYTES, KeptOtherwise, NotKept, Place, keep

log = structlog.get_logger(__name__)


@click.command()
@click.argument("pack", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.argument("to", metavar="s3://BUCKET[/KEY]")
@click.option(
    "--retain-days", type=click.IntRange(1, 36500), required=True, metavar="N", help="Nobody can delete it before."
)
@click.option(
    "--lock",
    type=click.Choice(["governance", "compliance"]),
    default="governance",
    show_default=True,
    help="Compliance: not even the account's root user can shorten it.",
)
@click.option("--profile", help="The AWS profile. [default: as the environment says]")
@click.option("--region", help="The region of the bucket. [default: as the environment says]")
@talking
def upload(pack: Path, to: str, retain_days: int, lock: str, profile: str | None, region: str | None) -> int:
    """Write a pack into an S3 bucket with object lock, and ask S3 for its checksum and its lock afterwards.

    KEY that ends in / or is left out: the environment and the run are added. The bucket needs object lock switched on;
    permissions: s3:PutObject, s3:PutObjectRetention, s3:GetObject, s3:GetObjectRetention; for a pack above 1 GiB, which
    goes in parts, s3:AbortMultipartUpload as well. Exit code 1: it was written,
    and S3 shows something else.

    Example: ocpi-posture evidence upload pack.zip s3://evidence/ocpi/ --retain-days 1100
    """
    examined = opened(pack, Given())
    if examined.problems or examined.statement is None:
        raise UsageError(f"{pack} is not whole, so it is not kept: {examined.problems[0].message}.")
    if pack.stat().st_size > MOST_BYTES:
        raise UsageError(f"{pack} has more than {MOST_BYTES >> 30} GiB, which is more than one upload can be.")
    bucket, key = _place(to, examined.statement)
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=retain_days)
    place = Place(bucket=bucket, key=key, mode=lock.upper(), until=until, profile=profile, region=region)
    try:
        kept = keep(pack, _checksum(pack), place)
    except KeptOtherwise as error:
        log.error("not kept as it was sent", pack=str(pack), why=str(error))  # noqa: TRY400 - no bug of ours
        return ExitCode.FAILED
    except NotKept as error:
        raise UsageError(f"{pack} is not kept: {error}.") from None
    emit(f"s3://{kept.bucket}/{kept.key} version {kept.version}, {kept.mode} until {kept.until:%Y-%m-%d %H:%M:%SZ}")
    return ExitCode.CLEAN


def _place(to: str, statement: Statement) -> tuple[str, str]:
    url = urlsplit(to)
    if url.scheme != "s3" or not url.netloc or url.query or url.fragment:
        raise UsageError(f"{to} is no place in S3.", "Write it like s3://bucket/folder/.")
    key, run = url.path.lstrip("/"), statement.predicate.run
    return url.netloc, f"{key}{run.environments[0]}/{run.id}.zip" if not key or key.endswith("/") else key


def _checksum(file: Path) -> str:
    with file.open("rb") as stream:
        return base64.b64encode(hashlib.file_digest(stream, "sha256").digest()).decode()
