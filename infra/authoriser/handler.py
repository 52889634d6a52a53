"""Entry point in Lambda. The environment holds ACCESS_TABLE, and MUTUAL_TLS: `required` or `off`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from infra.authoriser.access import AccessTable
from infra.authoriser.certificate_end import certificate_end
from infra.authoriser.decision import decide


def handle(event: Mapping[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Called by API Gateway."""
    now, mutual_tls = datetime.now(UTC), os.environ["MUTUAL_TLS"] != "off"
    answer = decide(event, _table(), now, mutual_tls=mutual_tls)
    ends = certificate_end(event, answer["principalId"], now) if mutual_tls else None
    if ends is not None:
        sys.stdout.write(json.dumps(ends) + "\n")
    return answer


@cache
def _table() -> AccessTable:
    """One connection per instance, made by the first request."""
    import boto3  # noqa: PLC0415 - part of Lambda's runtime, not of the program's environment
    from botocore.config import Config  # noqa: PLC0415

    quick = Config(
        connect_timeout=1,
        read_timeout=1,
        retries={"mode": "standard", "total_max_attempts": 2},
        parameter_validation=False,  # the two requests are always of one form; a tenth of the time
        user_agent="ocpi-posture-authoriser",  # as it is: the SDK's own is put together anew twice a request
    )
    return AccessTable(boto3.client("dynamodb", config=quick), os.environ["ACCESS_TABLE"])
