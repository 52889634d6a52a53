"""The load generator against a tool of its class (wrk, oha or hey) on one TLS server, and how exactly it keeps a rate.

The server is a process of its own that answers every request with the same bytes. First both go as fast as they can,
over the same number of connections: how many requests there are a second, and what one costs in processor time. The
limit is on the latter, because other processes do not change it: the generator must not be the bottleneck below 2,000
requests a second on one core. Then it is asked for that rate, which shows how far this machine lets it come now.

`LOADER=/path/to/wrk make bench` names the other tool; without one, its column is missing.
"""

import asyncio
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from scanner.gate.gate import Gate
from scanner.gate.journal import FILE_NAME, Journal
from scanner.gate.policy import origin_of
from scanner.gate.redaction import Redactor
from scanner.gate.vault import TokenVault
from scanner.model.burst import BurstIntent, BurstSent, StressLimits
from scanner.model.effect import Effect, Mode
from scanner.model.intent import HttpIntent, IdentityCredential
from scanner.model.party import Identity
from scanner.model.secret import Secret
from scanner.model.target import Authorisation, Endpoint, EnvironmentTarget
from scanner.ocpi.stress.counting import percentile
from tests.targets.byte_server import self_signed

ROUNDS: Final = 3
SECONDS: Final = 4.0
CONNECTIONS: Final = 50
RATE: Final = 2000.0
_TOKEN: Final = "w4fQ8zL1xR7-canary-9Kd"
_BODY: Final = b'{"data":[],"status_code":1000,"timestamp":"2026-11-21T12:00:00Z"}'
_ANSWER: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
    len(_BODY),
    _BODY,
)


def main() -> int:
    """Measure, and print; a number is no reason to end with an error."""
    with tempfile.TemporaryDirectory(prefix="ocpi-posture-bench-") as name:
        folder = Path(name)
        command = [sys.executable, "-m", "tests.bench.load", "serve", name]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                port = int(server.stdout.readline()) if server.stdout else 0
                asyncio.run(_measure(f"https://localhost:{port}/ocpi/2.2.1/locations", folder))
            finally:
                server.terminate()
    return 0


class _Same(asyncio.Protocol):
    """Answers every request with the same bytes; does as little as a server can."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        *heads, self._rest = (self._rest + data).split(b"\r\n\r\n")
        if heads and isinstance(self._transport, asyncio.WriteTransport):
            self._transport.write(_ANSWER * len(heads))


async def _serve(folder: Path) -> None:
    tls, _ = self_signed(folder)
    server = await asyncio.get_running_loop().create_server(_Same, "127.0.0.1", 0, ssl=tls)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def _measure(url: str, folder: Path) -> None:
    tool = shutil.which(os.environ.get("LOADER", "wrk"))
    async with _opened(url, folder) as gate:
        await _own(gate, url, 500.0, 1.0)  # connections, imports and caches
        print(f"{'':<34}{'requests/s':>12}{'cpu us each':>13}")
        costs = []
        for _ in range(ROUNDS):
            sent, cpu = await _own(gate, url, 20_000.0, SECONDS)
            costs.append(cpu / len(sent.samples))
            _line("generator, as fast as it can", len(sent.samples) / _lasted(sent), costs[-1] * 1e6)
            if tool:
                _line(Path(tool).name, *await asyncio.to_thread(_other, tool, url))
        if not tool:
            print("no other tool: LOADER=/path/to/wrk names one")
        most = 1 / statistics.median(costs)
        print(f"one core has time for {most:.0f} a second; limit {RATE:g} {'kept' if most >= RATE else 'NOT kept'}")
        await _at_the_rate(gate, url)


async def _at_the_rate(gate: Gate, url: str) -> None:
    sent, cpu = await _own(gate, url, RATE, SECONDS)
    late = sorted(sample.elapsed_s * 1000 for sample in sent.samples)
    print(
        f"asked for {RATE:g} a second: {len(late)} of {RATE * SECONDS:g} sent, "
        f"answered {percentile(late, 50)} ms (median), {percentile(late, 95)} ms (95 in 100) "
        f"after they were due; it had {cpu / SECONDS:.0%} of a core"
    )


async def _own(gate: Gate, url: str, rate: float, seconds: float) -> tuple[BurstSent, float]:
    intent = BurstIntent(
        requests=(_request(url),), per_second=rate, seconds=seconds, at_most=10**7, connections=CONNECTIONS
    )
    before = time.process_time()
    outcome = await gate.burst(intent)
    if not isinstance(outcome, BurstSent) or any(sample.status != 200 for sample in outcome.samples):
        raise AssertionError(outcome)
    return outcome, time.process_time() - before


def _lasted(sent: BurstSent) -> float:
    return max(sample.at_s + sample.elapsed_s for sample in sent.samples)


def _other(tool: str, url: str) -> tuple[float, float]:
    """Requests a second and microseconds of processor time each, of wrk, oha or hey."""
    name, seconds = Path(tool).name, f"{SECONDS:g}s"
    header = f"Authorization: Token {_TOKEN}"
    given = {
        "wrk": ["-t1", f"-c{CONNECTIONS}", f"-d{seconds}", "-H", header, url],
        "oha": ["--no-tui", "--insecure", "-c", str(CONNECTIONS), "-z", seconds, "-H", header, url],
        "hey": ["-cpus", "1", "-c", str(CONNECTIONS), "-z", seconds, "-H", header, url],
    }
    before = _children_cpu()
    done = subprocess.run([tool, *given.get(name, given["wrk"])], capture_output=True, text=True, check=True)
    found = re.search(r"Requests/sec:\s*([\d.]+)", done.stdout)
    if found is None:
        raise AssertionError(done.stdout)
    rate = float(found[1])
    return rate, (_children_cpu() - before) / (rate * SECONDS) * 1e6


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _line(name: str, rate: float, cpu_us: float) -> None:
    print(f"{name:<34}{rate:>12.0f}{cpu_us:>13.0f}")


@asynccontextmanager
async def _opened(url: str, folder: Path) -> AsyncIterator[Gate]:
    origin = origin_of(url)
    if origin is None:
        raise AssertionError(url)
    now = datetime.now(UTC)
    target = EnvironmentTarget(
        name="test",
        endpoints=(
            Endpoint(
                name="main", versions_url=url, origin=origin, ca_file=folder / "localhost.pem", allow_internal=True
            ),
        ),
        identities=(Identity(name="emsp-one"),),
        mode=Mode.STRESS,
        authorisations=(Authorisation(host="localhost", who="bench", starts=now, ends=now + timedelta(hours=1)),),
        stress=replace(
            StressLimits(),
            requests_per_second=1e6,
            max_requests=10**9,
            max_seconds=1e9,
            max_connections=100,
            max_bytes=10**12,
        ),
    )
    secrets = {("test", "emsp-one"): Secret(_TOKEN)}
    redactor = Redactor(secrets.values())
    journal = Journal(folder / FILE_NAME, redactor)
    gate = Gate([target], vault=TokenVault(secrets), journal=journal, redactor=redactor, scratch=folder)
    try:
        yield gate
    finally:
        await gate.close()
        journal.close()


def _request(url: str) -> HttpIntent:
    return HttpIntent(
        effect=Effect.BURST,
        environment="test",
        probe="bench",
        purpose="GET locations with the valid token",
        identity="emsp-one",
        method="GET",
        url=url,
        credential=IdentityCredential(identity="emsp-one"),
        headers={"X-Request-ID": "6f1f3c1e-0c5e-4b1c-9a53-2f6c2d1f0a11"},
    )


if __name__ == "__main__":
    sys.exit(asyncio.run(_serve(Path(sys.argv[2]))) if sys.argv[1:2] == ["serve"] else main())
