"""What the scanner's container runs: one scan, one signed pack of it, one locked object. Then it ends.

Environment: OCPI_POSTURE_ENVIRONMENT, _BUCKET, _SIGNED_BY (awskms:ARN), _RETAIN_DAYS, _LOCK; OCPI_POSTURE_CONFIG and
OCPI_POSTURE_FOLDER to run it elsewhere. The last line on standard output is JSON: {"event": "scan_ended", "exit_code":
N}, which an alarm counts. Exit codes are those of `ocpi-posture scan`; 4 when what was judged could not be kept.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

JUDGED: Final = frozenset({0, 1, 3})  # exit codes after which there is a report
NOT_KEPT: Final = 4
_CONFIG: Final = "/etc/ocpi-posture/ocpi-posture.yaml"
_FOLDER: Final = "/scan"
_LONGEST_S: Final = 4 * 3600
_SHORT_S: Final = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to scan, and how to keep it."""

    environment: str
    bucket: str
    signed_by: str
    retain_days: str
    lock: str
    config: str
    folder: Path

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> Order:
        """Raises KeyError for a variable that is not there."""
        return cls(
            environment=variables["OCPI_POSTURE_ENVIRONMENT"],
            bucket=variables["OCPI_POSTURE_BUCKET"],
            signed_by=variables["OCPI_POSTURE_SIGNED_BY"],
            retain_days=variables["OCPI_POSTURE_RETAIN_DAYS"],
            lock=variables["OCPI_POSTURE_LOCK"],
            config=variables.get("OCPI_POSTURE_CONFIG", _CONFIG),
            folder=Path(variables.get("OCPI_POSTURE_FOLDER", _FOLDER)),
        )


def scan_and_keep(order: Order, program: Sequence[str]) -> int:
    """Run the three commands; `program` is how `ocpi-posture` is called. The exit code of the scan, or NOT_KEPT."""
    run, pack = order.folder / "run", order.folder / "pack.zip"
    code = _call(
        [*program, "scan", "-c", order.config, "-e", order.environment, "-o", str(run), "--format", "html"], _LONGEST_S
    )
    if code not in JUDGED:
        return code
    kept = _call([*program, "evidence", "pack", str(run), "-o", str(pack), "--key", order.signed_by], _SHORT_S)
    if kept == 0:
        place = f"s3://{order.bucket}/{order.environment}/"
        upload = [*program, "evidence", "upload", str(pack), place, "--retain-days", order.retain_days]
        kept = _call([*upload, "--lock", order.lock], _SHORT_S)
    return code if kept == 0 else NOT_KEPT


def _call(command: Sequence[str], timeout_s: int) -> int:
    """The exit code; NOT_KEPT for a command that does not come to its end or ends by a signal."""
    try:
        code = subprocess.run(command, check=False, timeout=timeout_s).returncode
    except subprocess.TimeoutExpired:
        return NOT_KEPT
    return code if code >= 0 else NOT_KEPT


def main() -> int:
    """Entry of the container."""
    order = Order.read(os.environ)
    code = scan_and_keep(order, ["ocpi-posture"])
    ended = {"event": "scan_ended", "time": datetime.now(UTC).isoformat(), "environment": order.environment}
    sys.stdout.write(json.dumps(ended | {"exit_code": code}) + "\n")
    sys.stdout.flush()
    return code


if __name__ == "__main__":
    sys.exit(main())
