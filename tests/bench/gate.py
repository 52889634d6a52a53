"""Processor time and wall time of a request through the gate against bare aiohttp, in turns, on one TLS server.

Both send the same small authorised GET over kept-alive connections, one after the other. The server is a process of its
own, so the figures are of the client alone. The limit is what the gate may add to a request: half of a bare one.
"""

import asyncio
import base64
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from scanner.gate.gate import Gate
from scanner.gate.journal import FILE_NAME, Journal
from scanner.gate.policy import origin_of
from scanner.gate.redaction import Redactor
from scanner.gate.tls_context import verifying_context
from scanner.gate.vault import TokenVault
from scanner.model.effect import Effect
from scanner.model.exchange import Exchange
from scanner.model.intent import HttpIntent, IdentityCredential
from scanner.model.party import Identity
from scanner.model.secret import Secret
from scanner.model.target import Endpoint, EnvironmentTarget, Limits
from tests.targets.byte_server import byte_server, ok, self_signed

ROUNDS: Final = 7
REQUESTS: Final = 1500
LIMIT: Final = 1.5
_TOKEN: Final = "w4fQ8zL1xR7-canary-9Kd"
_BODY: Final = b'{"data":[],"status_code":1000,"timestamp":"2026-11-21T12:00:00Z"}'
_IDS: Final = {
    "X-Request-ID": "6f1f3c1e-0c5e-4b1c-9a53-2f6c2d1f0a11",
    "X-Correlation-ID": "c0de4a5e-77aa-4a0c-8d5e-1b2",
}
Ask = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spent:
    """Microseconds a request."""

    cpu_us: float
    wall_us: float


def main() -> int:
    """Measure, and print a table and the ratio against the limit; a number is no reason to end with an error."""
    with tempfile.TemporaryDirectory(prefix="ocpi-posture-bench-") as name:
        folder = Path(name)
        with subprocess.Popen(
            [sys.executable, "-m", "tests.bench.gate", "serve", name], stdout=subprocess.PIPE, text=True
        ) as server:
            try:
                port = int(server.stdout.readline()) if server.stdout else 0
                return asyncio.run(_measure(f"https://localhost:{port}/ocpi/2.2.1/locations", folder))
            finally:
                server.terminate()


async def _serve(folder: Path) -> None:
    tls, _ = self_signed(folder)
    async with byte_server(ok(_BODY), tls=tls) as server:
        print(server.port, flush=True)
        while True:
            await asyncio.sleep(1)
            server.requests.clear()
            server.bodies.clear()


async def _measure(url: str, folder: Path) -> int:
    spent: dict[str, list[_Spent]] = {"bare aiohttp": [], "through the gate": []}
    async with _bare(url, folder) as bare, _gated(url, folder) as gated:
        ways = dict(zip(spent, (bare, gated), strict=True))
        for ask in ways.values():
            await ask(REQUESTS // 5)
        for _ in range(ROUNDS):
            for name, ask in ways.items():
                spent[name].append(await _cost(ask))
    return _report(spent)


async def _cost(ask: Ask) -> _Spent:
    cpu, wall = time.process_time(), time.perf_counter()
    await ask(REQUESTS)
    each = 1e6 / REQUESTS
    return _Spent(cpu_us=(time.process_time() - cpu) * each, wall_us=(time.perf_counter() - wall) * each)


@asynccontextmanager
async def _bare(url: str, folder: Path) -> AsyncIterator[Ask]:
    token = base64.b64encode(_TOKEN.encode()).decode()
    headers = {"Accept": "application/json", "Authorization": f"Token {token}", **_IDS}
    tls = verifying_context(folder / "localhost.pem")
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def ask(count: int) -> None:
            for number in range(count):
                async with session.get(
                    f"{url}?offset={number}", headers=headers, ssl=tls, allow_redirects=False
                ) as response:
                    if await response.read() != _BODY:
                        raise AssertionError("not our answer")

        yield ask


@asynccontextmanager
async def _gated(url: str, folder: Path) -> AsyncIterator[Ask]:
    origin = origin_of(url)
    if origin is None:
        raise AssertionError(url)
    endpoint = Endpoint(
        name="main", versions_url=url, origin=origin, ca_file=folder / "localhost.pem", allow_internal=True
    )
    limits = Limits(requests_per_second=1e6, burst=10**6, max_requests=10**9, max_seconds=1e9, max_bytes=10**12)
    target = EnvironmentTarget(
        name="test", endpoints=(endpoint,), identities=(Identity(name="emsp-one"),), limits=limits
    )
    secrets = {("test", "emsp-one"): Secret(_TOKEN)}
    redactor = Redactor(secrets.values())
    journal = Journal(folder / FILE_NAME, redactor)
    gate = Gate([target], vault=TokenVault(secrets), journal=journal, redactor=redactor, scratch=folder)

    async def ask(count: int) -> None:
        for number in range(count):
            outcome = await gate.http(_intent(f"{url}?offset={number}"))
            if not isinstance(outcome, Exchange) or outcome.body != _BODY:
                raise AssertionError(outcome)

    try:
        yield ask
    finally:
        await gate.close()
        journal.close()


def _intent(url: str) -> HttpIntent:
    return HttpIntent(
        effect=Effect.READ,
        environment="test",
        probe="bench",
        purpose="GET locations with the valid token",
        identity="emsp-one",
        method="GET",
        url=url,
        credential=IdentityCredential(identity="emsp-one"),
        headers=_IDS,
    )


def _report(spent: dict[str, list[_Spent]]) -> int:
    print(f"{'':<20}{'cpu us (min/median/max)':>28}{'wall us (median)':>20}{'requests/s':>12}")
    for name, rounds in spent.items():
        cpu, wall = [one.cpu_us for one in rounds], statistics.median(one.wall_us for one in rounds)
        spread = f"{min(cpu):.0f} / {statistics.median(cpu):.0f} / {max(cpu):.0f}"
        print(f"{name:<20}{spread:>28}{wall:>20.0f}{1e6 / wall:>12.0f}")
    bare, gated = spent.values()
    ratios = [mine.cpu_us / theirs.cpu_us for mine, theirs in zip(gated, bare, strict=True)]
    median = statistics.median(ratios)
    kept = "kept" if median <= LIMIT else "NOT kept"
    print(f"processor time, gate / bare in the same round: median {median:.2f}; limit {LIMIT} {kept}")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_serve(Path(sys.argv[2]))) if sys.argv[1:2] == ["serve"] else main())
