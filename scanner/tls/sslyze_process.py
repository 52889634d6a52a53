"""Run sslyze: many servers in one process, a program of its own (it is AGPL and native, and is never imported)."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil
from typing import Final

from scanner.gate.process import ProcessResult
from scanner.model.effect import Effect
from scanner.model.evidence import EvidenceRef
from scanner.model.exchange import Refused
from scanner.model.intent import ProcessIntent
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.model.witness import Witness
from scanner.probe import ProbeContext
from scanner.tls.recording import PROBE
from scanner.tls.refusal import reason_of
from scanner.tls.servers import CONNECTIONS, TlsServer
from scanner.tls.sslyze_document import NoAnswer, ServerScan, SslyzeReport, read_report

# All that our facts need, and no more. Left out: --http_headers (read through the gate instead), --resum (resumption
# is no flaw), --ems (6.3.1 says yes without looking wherever TLS 1.3 is spoken; hellos of ours ask for it),
# --mozilla_config (we judge ourselves).
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
_NICENESS: Final = 5  # handshakes mostly wait for the server; a Pulumi program is what a whole run waits for
_SERVERS_AT_ONCE: Final = 10
_SECONDS_A_ROUND: Final = 60.0
_SECONDS_A_SLOW_ROUND: Final = 150.0  # two connections at once, not five


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The servers of one environment."""

    context: ProbeContext
    servers: tuple[TlsServer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """One server's part of the document with its evidence, or why there is none."""

    scan: ServerScan | None = None
    failure: NoAnswer | None = None
    evidence: tuple[EvidenceRef, ...] = ()


def arguments(servers: Sequence[TlsServer], *, slow: bool) -> tuple[str, ...]:
    """The command line: isolated from the working directory and from Python's environment variables.

    The servers share one client certificate, or none.
    """
    options = ("--json_out", "-", "--mozilla_config", "disable", *(("--slow_connection",) if slow else ()))
    client = next((server.client for server in servers), None)
    if client is not None:  # files, which sslyze reads itself; it knows one certificate a process
        files = client.certificate_file.absolute(), client.key_file.absolute()
        options = (*options, "--cert", str(files[0]), "--key", str(files[1]))
    names = (server.sslyze_name for server in servers)
    return (sys.executable, "-I", "-m", "sslyze", *options, *_COMMANDS, *names)


def seconds_for(jobs: Sequence[Job], *, slow: bool) -> float:
    """How long one process may take for all of them."""
    servers = sum(len(job.servers) for job in jobs)
    return (_SECONDS_A_SLOW_ROUND if slow else _SECONDS_A_ROUND) * (1 + ceil(servers / _SERVERS_AT_ONCE))


async def run_sslyze(jobs: Sequence[Job], *, slow: bool) -> SslyzeReport | Scanned:
    """One process for all servers of all jobs, a server of two environments once; a failure is that of them all."""
    intent = _intent(jobs, slow=slow)
    try:
        result = await jobs[0].context.gate.run_process(intent)
    except OSError as error:
        failure = NoAnswer(Reason.MISSING_DEPENDENCY, f"sslyze could not be started: {error.strerror}")
        return Scanned(failure=failure)
    if isinstance(result, Refused):
        return Scanned(failure=NoAnswer(reason_of(result), result.detail))
    return _read(jobs, intent, result)


def _intent(jobs: Sequence[Job], *, slow: bool) -> ProcessIntent:
    first, limits = jobs[0].context, [job.context.target.limits for job in jobs]
    servers = {server.key: server for job in jobs for server in job.servers}
    own, *others = _shares(jobs)
    return ProcessIntent(
        effect=Effect.READ,
        environment=first.target.name,
        probe=PROBE,
        purpose="TLS handshakes by sslyze",
        argv=arguments(tuple(servers.values()), slow=slow),
        working_directory=str(first.scratch),
        reserves=own,
        elsewhere={job.context.target.name: share for job, share in zip(jobs[1:], others, strict=True)},
        niceness=_NICENESS,
        timeout_s=min(*(limit.max_seconds for limit in limits), seconds_for(jobs, slow=slow)),
    )


def _shares(jobs: Sequence[Job]) -> Iterator[dict[str, int]]:
    """Connections by host for each job; a server that an earlier job has is not scanned twice."""
    counted: set[tuple[str, int, str]] = set()
    for job in jobs:
        shares: Counter[str] = Counter()
        for server in job.servers:
            shares[server.place.origin.host] += 0 if server.key in counted else CONNECTIONS
            counted.add(server.key)
        yield dict(shares)


def _read(jobs: Sequence[Job], intent: ProcessIntent, result: ProcessResult) -> SslyzeReport | Scanned:
    try:
        if failure := _failure(intent, result):
            raise failure
        report = read_report(result.stdout)
    except NoAnswer as failure:
        text = f"exit code {result.exit_code}\n{result.stderr.decode(errors='replace')[-20_000:]}"
        stored = jobs[0].context.evidence.store_text("sslyze without an answer", Witness.TLS, text)
        return Scanned(failure=failure, evidence=(stored,))
    for job in jobs:
        job.context.record.tool_version("sslyze", report.version)
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


def of_report(context: ProbeContext, report: SslyzeReport, server: TlsServer) -> Scanned:
    """What the report says of one server, with its part of the document as evidence."""
    host, port, _ = server.key
    scan = next((s for s in report.servers if (s.host, s.port, s.address) == server.key), None)
    if scan is None:
        return Scanned(failure=NoAnswer(Reason.NOT_EVALUATED, f"sslyze said nothing about {host}:{port}"))
    title = f"sslyze scan of {server.subject.label()}"
    return Scanned(scan=scan, evidence=(context.evidence.store_document(title, Witness.TLS, scan.document),))
