"""Run sslyze: all servers in one process, as a program of its own (it is AGPL and native, and is never imported)."""

import asyncio
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from scanner.gate.process import ProcessResult
from scanner.model.effect import Effect
from scanner.model.evidence import EvidenceRef
from scanner.model.exchange import Refused
from scanner.model.intent import ProcessIntent
from scanner.model.observation import Reason
from scanner.model.witness import Witness
from scanner.probe import ProbeContext
from scanner.tls.recording import PROBE
from scanner.tls.refusal import reason_of
from scanner.tls.servers import CONNECTIONS, TlsServer
from scanner.tls.sslyze_document import NoAnswer, ServerScan, SslyzeReport, read_report

# All that our facts need, and no more. Left out: --http_headers (read through the gate instead), --resum (resumption
# is no flaw), --ems (6.3.1 says yes without looking wherever TLS 1.3 is spoken), --mozilla_config (we judge ourselves).
_COMMANDS: Final = (
    "--certinfo",
    "--sslv2",
    "--sslv3",
    "--tlsv1",
    "--tlsv1_1",
    "--tlsv1_2",
    "--tlsv1_3",
    "--elliptic_curves",
    "--compression",
    "--reneg",
    "--heartbleed",
    "--robot",
    "--openssl_ccs",
    "--fallback",
    "--early_data",
)
_USUAL_CONNECTIONS: Final = 5  # at once to each server
_SLOW_CONNECTIONS: Final = 2  # at once to each server, with --slow_connection
_NICENESS: Final = 5  # handshakes mostly wait for the server; a Pulumi program is what a whole run waits for
_SERVERS_AT_ONCE: Final = 10
_SECONDS_A_ROUND: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """One server's part of the document with its evidence, or why there is none."""

    scan: ServerScan | None = None
    failure: NoAnswer | None = None
    evidence: tuple[EvidenceRef, ...] = ()


async def scan_servers(context: ProbeContext, servers: Sequence[TlsServer]) -> Mapping[TlsServer, Scanned]:
    """Scan all servers in one process; where that as a whole fails, each alone, so that one cannot hide the others.

    A host that allows too few connections at once gets its servers scanned one after the other.
    """
    if not servers:
        return {}
    crowd = max(Counter(server.place.origin.host for server in servers).values())
    if crowd > 1 and crowd * _SLOW_CONNECTIONS > context.target.limits.max_connections:
        return await _each_alone(context, servers)
    whole = await _run(context, servers, slow=crowd * _USUAL_CONNECTIONS > context.target.limits.max_connections)
    if isinstance(whole, SslyzeReport):
        return {server: _of_report(context, whole, server) for server in servers}
    return {servers[0]: whole} if len(servers) == 1 else await _each_alone(context, servers)


async def _each_alone(context: ProbeContext, servers: Sequence[TlsServer]) -> Mapping[TlsServer, Scanned]:
    slow = context.target.limits.max_connections < _USUAL_CONNECTIONS
    by_host: dict[str, list[TlsServer]] = {}
    for server in servers:
        by_host.setdefault(server.place.origin.host, []).append(server)
    scanned: dict[TlsServer, Scanned] = {}

    async def one_host(at_host: Sequence[TlsServer]) -> None:
        for server in at_host:
            result = await _run(context, [server], slow=slow)
            scanned[server] = result if isinstance(result, Scanned) else _of_report(context, result, server)

    async with asyncio.TaskGroup() as group:
        for at_host in by_host.values():
            group.create_task(one_host(at_host))
    return scanned


def arguments(servers: Sequence[TlsServer], *, slow: bool) -> tuple[str, ...]:
    """The command line: isolated from the working directory and from Python's environment variables."""
    options = ("--json_out", "-", "--mozilla_config", "disable", *(("--slow_connection",) if slow else ()))
    names = (server.sslyze_name for server in servers)
    return (sys.executable, "-I", "-m", "sslyze", *options, *_COMMANDS, *names)


async def _run(context: ProbeContext, servers: Sequence[TlsServer], *, slow: bool) -> SslyzeReport | Scanned:
    limits = context.target.limits
    intent = ProcessIntent(
        effect=Effect.READ,
        environment=context.target.name,
        probe=PROBE,
        purpose="TLS handshakes by sslyze",
        argv=arguments(servers, slow=slow),
        working_directory=str(context.scratch),
        reserves=_shares(servers),
        niceness=_NICENESS,
        timeout_s=min(limits.max_seconds, _SECONDS_A_ROUND * (1 + ceil(len(servers) / _SERVERS_AT_ONCE))),
    )
    try:
        result = await context.gate.run_process(intent)
    except OSError as error:
        failure = NoAnswer(Reason.MISSING_DEPENDENCY, f"sslyze could not be started: {error.strerror}")
        return Scanned(failure=failure)
    if isinstance(result, Refused):
        return Scanned(failure=NoAnswer(reason_of(result), result.detail))
    return _read(context, intent, result)


def _shares(servers: Sequence[TlsServer]) -> dict[str, int]:
    shares: Counter[str] = Counter()
    for server in servers:
        shares[server.place.origin.host] += CONNECTIONS
    return dict(shares)


def _read(context: ProbeContext, intent: ProcessIntent, result: ProcessResult) -> SslyzeReport | Scanned:
    try:
        if failure := _failure(intent, result):
            raise failure
        report = read_report(result.stdout)
    except NoAnswer as failure:
        text = f"exit code {result.exit_code}\n{result.stderr.decode(errors='replace')[-20_000:]}"
        return Scanned(
            failure=failure, evidence=(context.evidence.store_text("sslyze without an answer", Witness.TLS, text),)
        )
    context.record.tool_version("sslyze", report.version)
    return report


def _failure(intent: ProcessIntent, result: ProcessResult) -> NoAnswer | None:
    if result.timed_out:
        return NoAnswer(Reason.TIMED_OUT, f"sslyze had not ended after {intent.timeout_s:g} s")
    if result.truncated:
        return NoAnswer(Reason.UNPARSABLE, f"sslyze wrote more than {intent.max_output_bytes} bytes")
    if b"No module named sslyze" in result.stderr:
        return NoAnswer(Reason.MISSING_DEPENDENCY, "sslyze is not installed beside this program: install sslyze")
    if result.exit_code != 0:
        lines = result.stderr.decode(errors="replace").strip().splitlines()
        last = lines[-1][:200] if lines else "no message"
        return NoAnswer(Reason.NOT_EVALUATED, f"sslyze broke off with exit code {result.exit_code}: {last}")
    return None


def _of_report(context: ProbeContext, report: SslyzeReport, server: TlsServer) -> Scanned:
    host, port, _ = server.key
    scan = next((s for s in report.servers if (s.host, s.port, s.address) == server.key), None)
    if scan is None:
        return Scanned(failure=NoAnswer(Reason.NOT_EVALUATED, f"sslyze said nothing about {host}:{port}"))
    title = f"sslyze scan of {server.subject.label()}"
    return Scanned(scan=scan, evidence=(context.evidence.store_document(title, Witness.TLS, scan.document),))
