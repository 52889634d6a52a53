"""One probe run over all TLS targets, once in a test run: sslyze scans every server with a fault in one go."""

import asyncio
import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

from checks.families import (
    tls_certificate,
    tls_certificate_strength,
    tls_features,
    tls_flaws,
    tls_key_exchange,
    tls_mutual,
    tls_negotiation,
    tls_transport,
)
from checks.model.check import Check
from checks.model.finding import Finding
from scanner.gate.gate import Gate
from scanner.gate.policy import origin_of
from scanner.gate.process import ProcessResult
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.run import ScanTime
from scanner.model.intent import ProcessIntent
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.subject import EnvironmentSubject, ServerSubject
from scanner.model.target import Endpoint, EnvironmentTarget, Limits
from scanner.model.witness import Witness
from scanner.tls.probe import TlsProbe
from tests.scanner.gate_fixtures import open_gate
from tests.targets.judged import findings_from
from tests.targets.once import once_a_run
from tests.targets.tls_servers import DOCUMENT_FAULTS, FAULTS, RunningServer, ServerPlan, running_servers

CHECKS: Final[tuple[Check[Any], ...]] = (
    *tls_transport.CHECKS,
    *tls_negotiation.CHECKS,
    *tls_key_exchange.CHECKS,
    *tls_certificate.CHECKS,
    *tls_certificate_strength.CHECKS,
    *tls_features.CHECKS,
    *tls_flaws.CHECKS,
    *tls_mutual.CHECKS,
)
ENVIRONMENT: Final = "test"
ROOMY: Final = Limits(
    requests_per_second=5000.0,
    burst=500,
    max_requests=100_000,
    max_connections=500,
    max_refusals=5000,
    timeout_s=10.0,
)


class RecordedSslyze:
    """A gate that hands out a recorded document where sslyze would be started; everything else is real."""

    def __init__(self, gate: Gate, *results: ProcessResult) -> None:
        self._gate = gate
        self._results = list(results)
        self.intents: list[ProcessIntent] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gate, name)

    async def run_process(self, intent: ProcessIntent) -> ProcessResult:
        self.intents.append(intent)
        return self._results.pop(0) if len(self._results) > 1 else self._results[0]


@dataclass(frozen=True, kw_only=True)
class TlsRuns:
    """Findings by fault (`hardened` and `unreachable` beside them), and sslyze's part on the hardened server."""

    findings: Mapping[str, tuple[Finding, ...]]
    facts: FactStore
    document: Mapping[str, Any]
    subject: ServerSubject

    def failing(self, fault: str) -> list[str]:
        return sorted({finding.check for finding in self.findings[fault] if finding.outcome == "fail"})


def ended(stdout: bytes, *, exit_code: int | None = 0, stderr: bytes = b"", timed_out: bool = False) -> ProcessResult:
    """A child that ended so."""
    return ProcessResult(
        exit_code=exit_code, stdout=stdout, stderr=stderr, timed_out=timed_out, truncated=False, elapsed_s=0.1
    )


def sslyze_output(*servers: Mapping[str, Any]) -> bytes:
    """What sslyze writes, with these servers."""
    return json.dumps({"sslyze_version": "6.3.1", "server_scan_results": list(servers)}).encode()


def endpoint_of(name: str, server: RunningServer) -> Endpoint:
    return _endpoint(name, server.url, server.ca_file, (server.plaintext_port,))


def target_of(*endpoints: Endpoint, limits: Limits = ROOMY) -> EnvironmentTarget:
    return EnvironmentTarget(name=ENVIRONMENT, endpoints=endpoints, limits=limits)


async def observe(target: EnvironmentTarget, folder: Path, recorded: ProcessResult | None = None) -> FactStore:
    """Run the probe; `recorded` stands in for sslyze."""
    async with open_gate(target, folder) as opened:
        context = opened.context(Witness.TLS)
        if recorded is not None:
            context = replace(context, gate=cast("Gate", RecordedSslyze(context.gate, recorded)))
        await TlsProbe().run(context)
        return FactStore([*context.record.observations, scan_time()])


def scan_time() -> Observation[ScanTime]:
    key = FactKey(fact=ScanTime, subject=EnvironmentSubject(environment=ENVIRONMENT), witness=Witness.ATTESTATION)
    ref = EvidenceRef(id="clock", sha256="0" * 64, path="clock")
    return Observation(key=key, result=Seen(fact=ScanTime(now=datetime.now(UTC)), evidence=(ref,)))


def judged(facts: FactStore) -> tuple[Finding, ...]:
    return findings_from(CHECKS, facts, ENVIRONMENT)


@once_a_run
def tls_runs() -> TlsRuns:
    """Everything, once."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plans = {"hardened": ServerPlan(), **{fault: change(ServerPlan()) for fault, change in FAULTS.items()}}
        with running_servers(plans, folder) as servers:
            return asyncio.run(_all(servers, folder))


async def _all(servers: Mapping[str, RunningServer], folder: Path) -> TlsRuns:
    target = target_of(*(endpoint_of(name, server) for name, server in servers.items()))
    facts = await observe(target, _fresh(folder, "servers"))
    whole, hardened = judged(facts), servers["hardened"]
    findings = {name: tuple(_about(whole, server)) for name, server in servers.items()}
    document = _evidence(folder / "servers", hardened)
    for fault, edit in DOCUMENT_FAULTS.items():
        changed = json.loads(json.dumps(document))
        edit(changed["scan_result"])
        single = target_of(endpoint_of(fault, hardened))
        seeded = await observe(single, _fresh(folder, fault), ended(sslyze_output(changed)))
        findings[fault] = judged(seeded)
    findings["unreachable"] = judged(await observe(target_of(_closed(hardened)), _fresh(folder, "unreachable")))
    subject = ServerSubject(environment=ENVIRONMENT, host="127.0.0.1", port=hardened.port)
    return TlsRuns(findings=findings, facts=facts, document=document, subject=subject)


def _about(findings: Iterable[Finding], server: RunningServer) -> Iterable[Finding]:
    ports = {server.port, server.plaintext_port}
    return (f for f in findings if isinstance(f.subject, ServerSubject) and f.subject.port in ports)


def _evidence(run_folder: Path, server: RunningServer) -> Mapping[str, Any]:
    """The stored document on one server; the redactor leaves handshakes as they are."""
    for path in sorted(run_folder.rglob("*.json")):
        document = json.loads(path.read_bytes())
        content = document["artefact"]
        if content.get("server_location", {}).get("port") == server.port:
            return cast("Mapping[str, Any]", content)
    raise AssertionError("no evidence of the scan")


def _closed(server: RunningServer) -> Endpoint:
    """An address at which nobody listens."""
    url = "https://127.0.0.1:1/ocpi/versions"  # tcpmux: nobody but root could
    return _endpoint("closed", url, server.ca_file, (server.plaintext_port,))


def _endpoint(name: str, url: str, ca_file: Path, plaintext_ports: tuple[int, ...]) -> Endpoint:
    origin = origin_of(url)
    assert origin is not None
    return Endpoint(
        name=name,
        versions_url=url,
        origin=origin,
        ca_file=ca_file,
        plaintext_ports=plaintext_ports,
        allow_internal=True,
    )


def _fresh(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made
