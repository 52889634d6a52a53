"""Render a posture of 1,000 and of 20,000 findings in every format: time, memory of the process, size of the file.

Each format is rendered by a process of its own, as `ocpi-posture report` does it, so that what one loads or keeps
counts for none of the others. Processor time includes reading posture.json and starting Python; the line `nothing` is
what these alone take.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from os import environ
from pathlib import Path
from typing import Final

from reports.formats import Format
from reports.json_document import render_json
from tests.bench.child import cost_of
from tests.reports.sample_posture import realistic

SIZES: Final = (1_000, 20_000)
_ROOT: Final = Path(__file__).parents[2]
_ACCOUNT: Final = ("--aws-account", "123456789012", "--aws-region", "eu-west-1")
_KIB: Final = 1 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most: bytes of the file, seconds of processor time, MiB of the process."""

    size: int
    cpu_s: float
    peak_mib: float = 700


# HTML: what order and readers ask of the page. The others: twice what they take, so that a slip is seen.
LIMITS: Final[Mapping[tuple[str, int], Limit]] = {
    ("html", 1_000): Limit(size=1 << 20, cpu_s=5),
    ("html", 20_000): Limit(size=4 << 20, cpu_s=20),
    ("pdf", 1_000): Limit(size=1 << 20, cpu_s=15),
    ("pdf", 20_000): Limit(size=1 << 20, cpu_s=30),
}


def main() -> int:
    """Measure and print; a number is no reason to end with an error."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--findings", type=int, action="append", help="how many; repeatable")
    parser.add_argument("--format", action="append", choices=[str(kind) for kind in Format if kind is not Format.HAR])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ocpi-posture-bench-") as name:
        for findings in given.findings or SIZES:
            _measure(Path(name), findings, given.format or [str(kind) for kind in Format if kind is not Format.HAR])
    return 0


def _measure(folder: Path, findings: int, formats: list[str]) -> None:
    record = folder / "posture.json"
    record.write_bytes(render_json(realistic(findings)))
    print(f"{findings:,} findings, posture.json of {record.stat().st_size // _KIB:,} KiB")
    print(f"  {'format':<14} {'s cpu':>7} {'s wall':>7} {'MiB':>6} {'KiB':>8}")
    for kind in formats:
        _one(record, kind, findings)


def _one(record: Path, kind: str, findings: int) -> None:
    file = record.with_name(f"out-{kind}")
    command = [sys.executable, "-m", "scanner", "report", str(record), "--format", kind, "-o", str(file)]
    account = _ACCOUNT if kind == Format.ASFF else ()
    cost = cost_of([*command, *account], {"PATH": environ["PATH"], "PYTHONPATH": str(_ROOT)}, record.with_name("log"))
    if cost.exit_code:
        raise SystemExit(record.with_name("log").read_text())
    size = file.stat().st_size
    line = f"  {kind:<14} {cost.cpu_s:>7.2f} {cost.wall_s:>7.2f} {cost.peak_mib:>6.0f} {size // _KIB:>8,}"
    print(line + _kept(LIMITS.get((kind, findings)), size, cost.cpu_s, cost.peak_mib), flush=True)


def _kept(limit: Limit | None, size: int, cpu_s: float, peak_mib: float) -> str:
    if limit is None:
        return ""
    kept = size <= limit.size and cpu_s <= limit.cpu_s and peak_mib <= limit.peak_mib
    asked = f"{limit.size // _KIB:,} KiB, {limit.cpu_s:g} s, {limit.peak_mib:g} MiB"
    return f"   at most {asked}: {'kept' if kept else 'NOT kept'}"


if __name__ == "__main__":
    sys.exit(main())
