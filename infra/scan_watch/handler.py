"""Once a day: how many hours ago was evidence of each environment kept? An alarm counts the answer.

It looks at what lies in the locked bucket, not at whether a schedule fired: a scan that began and kept nothing is none.
Environment: BUCKET, ENVIRONMENTS (a JSON list). Writes one line of JSON for each.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from typing import Any, Final, Protocol

NEVER_H: Final = 100_000  # hours: nothing was ever kept


class Bucket(Protocol):
    """What the function uses of boto3's S3 client."""

    def get_paginator(self, operation_name: str) -> Any:  # noqa: ANN401 - boto3's own
        """Pages of an operation."""


def hours_since(client: Bucket, bucket: str, environment: str, now: datetime) -> float:
    """Age of the newest object below `ENVIRONMENT/`, in hours; NEVER_H when there is none."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{environment}/")
    moments = [kept["LastModified"] for page in pages for kept in page.get("Contents", ())]
    return round((now - max(moments)).total_seconds() / 3600, 2) if moments else NEVER_H


def handle(_event: object, _context: object) -> None:
    """Entry for Lambda. An error ends it, and then nothing is written: silence is an alarm too."""
    import boto3  # noqa: PLC0415 - Lambda brings it along

    client = boto3.client("s3")
    now = datetime.now(UTC)
    for environment in json.loads(os.environ["ENVIRONMENTS"]):
        hours = hours_since(client, os.environ["BUCKET"], environment, now)
        line = {"event": "evidence_age", "environment": environment, "hours": hours}
        sys.stdout.write(json.dumps(line) + "\n")
