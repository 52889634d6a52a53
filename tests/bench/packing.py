"""Pack and verify 1 GiB of evidence against plain SHA-256 of the same files, in turns; memory as the system counts it.

The limits are ratios of processor time, so that a busy disk or neighbour does not decide; wall time is shown beside
them. Verifying has a CRC-32 and a comparison of the form beside the hash; packing also writes everything once.
"""

import argparse
import hashlib
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from reports.json_document import render_json
from reports.pack.keys import file_signer, new_key, public_keys
from reports.pack.verify import Given, Keys
from scanner.cli.evidence_pack import opened, write_pack
from tests.bench.child import cost_of
from tests.reports.sample_posture import posture_of

FILES: Final = 1_024
FILE_BYTES: Final = 1 << 20
ROUNDS: Final = 3
VERIFY_LIMIT: Final = 2.0  # processor time over that of SHA-256 alone, at most
PACK_LIMIT: Final = 3.0
MOST_MIB: Final = 200  # of the process that packs or verifies
_ROOT: Final = Path(__file__).parents[2]

Work = Callable[[], object]


def main() -> int:
    """Make the evidence, measure in turns, print; a number is no reason to end with an error."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=FILES, help="of 1 MiB each")
    with tempfile.TemporaryDirectory(prefix="ocpi-posture-bench-") as name:
        _measure(Path(name), parser.parse_args().files)
    return 0


def _measure(folder: Path, files: int) -> None:
    run, pack = _run(folder / "run", files), folder / "pack.zip"
    private, public = new_key()
    signer, keys = file_signer(private, lambda: None), {"key": public_keys(public)}
    works: dict[str, Work] = {
        "SHA-256": lambda: [_hash(file) for file in sorted(run.glob("evidence/*/*"))],
        "pack": lambda: write_pack(run, pack, [signer]),
        "verify": lambda: _must_hold(pack, keys),
    }
    spent: dict[str, list[tuple[float, float]]] = {who: [] for who in works}
    for _ in range(ROUNDS):
        for who, work in works.items():
            spent[who].append(_spent(work))
    print(f"{files} files of 1 MiB each: seconds of processor (and wall) time, median of {ROUNDS}")
    for who, rounds in spent.items():
        cpu, wall = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(f"  {who:<8} {cpu:>6.2f} ({wall:.2f})")
    for who, limit in (("pack", PACK_LIMIT), ("verify", VERIFY_LIMIT)):
        ratio = statistics.median(ours[0] / plain[0] for ours, plain in zip(spent[who], spent["SHA-256"], strict=True))
        print(f"  {who} / SHA-256: {ratio:.2f}; limit {limit} {'kept' if ratio <= limit else 'NOT kept'}")
    _memory(folder, run, pack)


def _memory(folder: Path, run: Path, pack: Path) -> None:
    """Of the commands as users run them."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(_ROOT)}
    for words in (["pack", str(run), "-o", str(pack), "--new-key", str(folder / "key")], ["verify", str(pack)]):
        command = [sys.executable, "-m", "scanner", "evidence", *words]
        peak = cost_of(command, environment, folder / "log").peak_mib
        print(f"  evidence {words[0]}: {peak:.0f} MiB; limit {MOST_MIB} {'kept' if peak <= MOST_MIB else 'NOT kept'}")


def _run(run: Path, files: int) -> Path:
    """A run's folder with that much evidence, of random bytes; no finding points to it, which costs nothing here."""
    chance = random.Random("evidence")
    for _ in range(files):
        content = chance.randbytes(FILE_BYTES)
        name = hashlib.sha256(content).hexdigest()
        file = run / "evidence" / name[0] / f"{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (run / "posture.json").write_bytes(render_json(posture_of()))
    (run / "run.json").write_text(json.dumps({}))
    return run


def _hash(file: Path) -> str:
    with file.open("rb", buffering=0) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _must_hold(pack: Path, keys: Keys) -> None:
    examined = opened(pack, Given(keys=keys))
    if examined.problems or not examined.signed:
        raise ValueError("the pack does not hold")


def _spent(work: Work) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


if __name__ == "__main__":
    sys.exit(main())
