"""What the scanner's container runs: one scan, one signed pack of it, one locked object; and who is told.

Environment: OCPI_POSTURE_ENVIRONMENT, _BUCKET, _SIGNED_BY (awskms:ARN), _RETAIN_DAYS, _LOCK, _CERTIFICATE (a secret of
the scanner's client certificate); OCPI_POSTURE_CONFIG and OCPI_POSTURE_FOLDER to run it elsewhere. The last line on
standard output is JSON, {"event": "scan_ended", "exit_code": N, "told": ..}; alarms count it; before
it {"event": "client_certificate", "days": N} where there is one. `told` is `waiting` if
word of what changed was not taken, or may be lost because the history was not kept; `nobody` when the configuration
keeps no history in /scan/history.sqlite3; otherwise `yes`. Exit codes are those of `ocpi-posture scan`; 4 when what was
judged could not be kept.
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
from typing import Any, Final, Literal

from infra.scanner_image.client_certificate import bring_certificate, days_left
from infra.scanner_image.kept_history import KeptHistory, NotKept

Told = Literal["yes", "waiting", "nobody"]
JUDGED: Final = frozenset({0, 1, 3})  # exit codes after which there is a report
NOT_KEPT: Final = 4
HISTORY: Final = "history.sqlite3"  # below the folder; `history: {file: /scan/history.sqlite3}` in the configuration
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
    certificate: str | None = None

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
            certificate=variables.get("OCPI_POSTURE_CERTIFICATE"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How it went, as the last line says it."""

    exit_code: int
    told: Told = "nobody"


def scan_and_keep(order: Order, program: Sequence[str], s3: Any) -> Ended:  # noqa: ANN401 - boto3's client
    """Run the commands; `program` is how `ocpi-posture` is called. A history that is out of reach stops no scan."""
    history = KeptHistory(s3, order.bucket, order.environment, order.folder / HISTORY)
    try:
        history.fetch()
    except NotKept as why:
        sys.stderr.write(f"the history of the scans before is out of reach: {why}\n")
        reachable = False
    else:
        reachable = True
    code = _call([*program, *_scan(order)], _LONGEST_S)
    if code not in JUDGED:
        return Ended(exit_code=code)
    kept = _keep(order, program)
    told: Told = _told(order, program, history) if reachable else "waiting"
    return Ended(exit_code=code if kept else NOT_KEPT, told=told)


def _scan(order: Order) -> list[str]:
    run = str(order.folder / "run")
    return ["scan", "-c", order.config, "-e", order.environment, "-o", run, "--format", "html"]


def _keep(order: Order, program: Sequence[str]) -> bool:
    run, pack = str(order.folder / "run"), str(order.folder / "pack.zip")
    if _call([*program, "evidence", "pack", run, "-o", pack, "--key", order.signed_by], _SHORT_S) != 0:
        return False
    place = f"s3://{order.bucket}/{order.environment}/"
    upload = [*program, "evidence", "upload", pack, place, "--retain-days", order.retain_days]
    return _call([*upload, "--lock", order.lock], _SHORT_S) == 0


def _told(order: Order, program: Sequence[str], history: KeptHistory) -> Told:
    """The scan itself has told whom the configuration names; what they did not take is tried once more here."""
    file, run = order.folder / HISTORY, str(order.folder / "run")
    if not file.exists():
        return "nobody"
    told = _call([*program, "history", "alerts", "--send", "-c", order.config], _SHORT_S) == 0
    try:
        history.keep(lambda: _call([*program, "history", "import", run, "-c", order.config], _SHORT_S) == 0)
    except NotKept as why:
        sys.stderr.write(f"the history was not kept: {why}\n")
        return "waiting"
    return "yes" if told else "waiting"


def _call(command: Sequence[str], timeout_s: int) -> int:
    """The exit code; NOT_KEPT for a command that does not come to its end or ends by a signal."""
    try:
        code = subprocess.run(command, check=False, timeout=timeout_s).returncode
    except subprocess.TimeoutExpired:
        return NOT_KEPT
    return code if code >= 0 else NOT_KEPT


def _say_when_it_ends(order: Order) -> None:
    """An alarm looks at the days."""
    days = days_left(order.folder, datetime.now(UTC))
    if days is not None:
        _write({"event": "client_certificate", "environment": order.environment, "days": days})


def _write(line: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Entry of the container."""
    import boto3  # noqa: PLC0415 - in the scanner's environment, not in that of the Pulumi program

    order = Order.read(os.environ)
    s3: Any = boto3.client("s3")
    secrets: Any = boto3.client("secretsmanager")
    if order.certificate is not None:
        bring_certificate(secrets, order.certificate, order.folder)
        _say_when_it_ends(order)
    ended = scan_and_keep(order, ["ocpi-posture"], s3)
    line = {"event": "scan_ended", "time": datetime.now(UTC).isoformat(), "environment": order.environment}
    _write(line | {"exit_code": ended.exit_code, "told": ended.told})
    return ended.exit_code


if __name__ == "__main__":
    sys.exit(main())
