"""Malformed messages a second, and seconds to each of five planted defects: ours against Schemathesis, on one server.

Times count from the start of the process, which is what somebody waits, and from the first request on, which leaves
out what interpreter and imports take of either.

Both send to `tests.bench.planted`, a process of its own, which counts. Ours proves a valid object, sends mutants of it,
validates the answers and reads back; the other generates from an OpenAPI document of the same data. Schemathesis is
taken from SCHEMATHESIS (a path) or PATH; where there is none its rows are left out and counted as such.

After it: the memory of a run that may send every mutant, what a limit of 50 requests a second comes to at the server,
and the rate against the reference service, whose own speed is the limit there.
"""

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from scanner.model.ocpi.json_schema import json_schema
from scanner.model.party import Identity, Party, Role
from scanner.model.target import Limits
from tests.bench.child import Cost, cost_of
from tests.bench.mutating import LIMITS_FILE, OPEN, mutate, writing_target
from tests.bench.planted import DEFECTS, openapi
from tests.targets.reference_service import running_service

ROUNDS: Final = 3
SECONDS: Final = 30  # of a run of Schemathesis
RATE_LIMIT: Final = 1 / 40
TIME_LIMIT: Final = 1 / 10
MEMORY_LIMIT: Final = 300.0  # MiB
SLOW: Final = 50.0  # requests a second
RATE_OFF: Final = 0.05
_BASE64: Final = "YS10b2tlbi1mb3ItYS1iZW5jaG1hcmstM2YxYw=="


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a client cost, and what the server saw of it; `began` in seconds since the epoch."""

    began: float
    cost: Cost
    seen: Mapping[str, Any]

    @property
    def rate(self) -> float:
        """Requests a second, from the first to the last."""
        seconds: float = self.seen["last"] - self.seen["first"]
        requests: int = self.seen["requests"]
        return requests / max(1e-9, seconds)

    @property
    def cpu_us(self) -> float:
        """Processor time of the client a request, its start included."""
        requests: int = self.seen["requests"]
        return 1e6 * self.cost.cpu_s / max(1, requests)

    def found(self) -> list[float]:
        """Seconds from the start of the client to each defect that was set off."""
        return sorted(at - self.began for at in self.seen["defects"].values())

    @property
    def silent_s(self) -> float:
        """Seconds from the start of the client to its first request: of these, interpreter and imports take most."""
        first: float = self.seen["first"]
        return first - self.began


def main() -> int:
    """Measure, and print tables and ratios against the limits; a number is no reason to end with an error."""
    theirs = shutil.which(os.environ.get("SCHEMATHESIS", "st"))
    with tempfile.TemporaryDirectory(prefix="ocpi-posture-bench-") as name:
        folder = Path(name)
        ours = [_run(folder, lambda port: _us(port, folder, OPEN)) for _ in range(ROUNDS)]
        others = [_run(folder, lambda port: _them(theirs or "", port, folder)) for _ in range(ROUNDS if theirs else 0)]
        _table({"ours": ours, "Schemathesis": others})
        if not theirs:
            print(f"Schemathesis: not installed (SCHEMATHESIS, PATH); {ROUNDS} runs left out")
        _many(_run(folder, lambda port: _us(port, folder, replace(OPEN, max_requests=75_000))))
        _limited(
            _run(
                folder,
                lambda port: _us(port, folder, replace(OPEN, requests_per_second=SLOW, burst=2, max_requests=700)),
            )
        )
        _reference(folder)
    return 0


def _run(folder: Path, command: Any) -> Run:
    with _server(folder) as (port, ended):
        line = command(port)
        began = time.time()
        here = {"PYTHONHASHSEED": "0", "PYTHONPATH": str(Path.cwd())}
        cost = cost_of(line, {**os.environ, **here}, folder / "log", folder=folder)  # what they leave goes with it
        return Run(began=began, cost=cost, seen=ended())


@contextmanager
def _server(folder: Path) -> Iterator[tuple[int, Any]]:
    command = [sys.executable, "-m", "tests.bench.planted", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())

        def ended() -> Any:
            return json.loads(server.communicate()[0])

        try:
            yield port, ended
        finally:
            server.terminate()


def _us(port: int, folder: Path, limits: Limits) -> Sequence[str]:
    (folder / LIMITS_FILE).write_text(
        json.dumps({name: getattr(limits, name) for name in ("requests_per_second", "burst", "max_requests")})
    )
    return [sys.executable, "-m", "tests.bench.mutating", str(port), str(folder)]


def _them(program: str, port: int, folder: Path) -> Sequence[str]:
    document = folder / "openapi.json"
    document.write_text(json.dumps(openapi(f"https://localhost:{port}", json_schema)))
    options = ["--phases", "fuzzing", "--mode", "all", "-n", "100000", "--max-time", str(SECONDS), "-w", "1"]
    checks = ["--checks", "not_a_server_error,negative_data_rejection", "--continue-on-failure", "--no-color"]
    tls = ["--tls-verify", str(folder / "localhost.pem"), "-H", f"Authorization: Token {_BASE64}"]
    health = ["--suppress-health-check", "all", "--generation-database", "none"]
    return [program, "run", str(document), "--url", f"https://localhost:{port}", *options, *checks, *tls, *health]


def _table(runs: Mapping[str, Sequence[Run]]) -> None:
    times = f"{'silent':>8}{'first':>8}{'last':>8}"
    print(f"{'':<14}{'requests/s (min/median/max)':>30}{'cpu us':>9}{'MiB':>6}{times}  defects set off")
    for name, several in runs.items():
        if not several:
            continue
        rates = [run.rate for run in several]
        spread = f"{min(rates):.0f} / {statistics.median(rates):.0f} / {max(rates):.0f}"
        cpu = statistics.median(run.cpu_us for run in several)
        peak = max(run.cost.peak_mib for run in several)
        first, last = _times(several)
        found = "/".join(str(len(run.found())) for run in several)
        silent = statistics.median(run.silent_s for run in several)
        seconds = f"{silent:>7.2f}s{first:>7.2f}s{last:>7.2f}s"
        print(f"{name:<14}{spread:>30}{cpu:>9.0f}{peak:>6.0f}{seconds}  {found} of {len(DEFECTS)}")
    if all(runs.values()):
        _ratios(*runs.values())


def _times(several: Sequence[Run], *, asking: bool = False) -> tuple[float, float]:
    """Median seconds to the first and to the last defect; one that was never set off took at least the whole run.

    `asking`: from the first request on, else from the start of the process.
    """
    ends = [(_first(run), _last(run)) for run in several]
    silent = [run.silent_s if asking else 0.0 for run in several]
    first, last = ([end[at] - before for end, before in zip(ends, silent, strict=True)] for at in (0, 1))
    return statistics.median(first), statistics.median(last)


def _first(run: Run) -> float:
    return run.found()[0] if run.found() else run.cost.wall_s


def _last(run: Run) -> float:
    return run.found()[-1] if len(run.found()) == len(DEFECTS) else run.cost.wall_s


def _ratios(ours: Sequence[Run], theirs: Sequence[Run]) -> None:
    rate = statistics.median(r.rate for r in theirs) / statistics.median(r.rate for r in ours)
    cpu = statistics.median(r.cpu_us for r in ours) / statistics.median(r.cpu_us for r in theirs)
    print(f"requests a second, ours / theirs: {1 / rate:.1f}; limit {1 / RATE_LIMIT:.0f} {_kept(rate, RATE_LIMIT)}")
    for asking, since in ((False, "the start of the process"), (True, "the first request")):
        both = zip(("first", "last"), _times(ours, asking=asking), _times(theirs, asking=asking), strict=True)
        for which, mine, other in both:
            ratio = mine / other
            kept = f"{mine:.2f} s / {other:.2f} s = {ratio:.2f}; limit {TIME_LIMIT} {_kept(ratio, TIME_LIMIT)}"
            print(f"time to the {which} defect from {since}, ours / theirs: {kept}")
    print(f"processor time of the client a request, ours / theirs: {cpu:.3f}")


def _kept(value: float, limit: float) -> str:
    return "kept" if value <= limit else "NOT kept"


def _many(run: Run) -> None:
    peak = run.cost.peak_mib
    print(
        f"{run.seen['writes']} writes in {run.seen['requests']} requests: {peak:.0f} MiB; "
        f"limit {MEMORY_LIMIT:.0f} {_kept(peak, MEMORY_LIMIT)}"
    )


def _limited(run: Run) -> None:
    """Of whole seconds: the client may be slower than it is allowed to be while it thinks, and never faster."""
    whole = [count for _, count in sorted(run.seen["by_second"].items(), key=lambda one: int(one[0]))][1:-1]
    usual, most = statistics.median(whole), max(whole)
    kept = _kept(max(abs(usual - SLOW), most - SLOW) / SLOW, RATE_OFF)
    print(
        f"limited to {SLOW:.0f} requests a second, at the server: {usual:.0f} in a usual second, "
        f"{most} at most, {run.rate:.1f} over all; limit 5 % {kept}"
    )


def _reference(folder: Path) -> None:
    with running_service(process=True) as service, tempfile.TemporaryDirectory(dir=folder) as own:
        target = writing_target(service.versions_url, service.ca_path, replace(OPEN, max_requests=4000))
        party = Party(country_code="BE", party_id="GRN")
        cpo = Identity(name="cpo-c", party=party, role=Role.CPO, disposable=True)
        began, cpu = time.perf_counter(), time.process_time()
        sent = asyncio.run(mutate(replace(target, identities=(cpo,)), Path(own), service.tokens["cpo-c"]))
        wall, spent = time.perf_counter() - began, time.process_time() - cpu
    print(f"reference service: {sent / wall:.0f} requests/s, {1e6 * spent / sent:.0f} us of the client a request")


if __name__ == "__main__":
    sys.exit(main())
