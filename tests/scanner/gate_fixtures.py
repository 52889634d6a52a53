"""A real gate and probe context for the tests of probes, on a target that the test describes."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from scanner.evidence_store import EvidenceFolder
from scanner.gate.gate import Gate
from scanner.gate.journal import FILE_NAME, Journal
from scanner.gate.policy import origin_of
from scanner.gate.redaction import Redactor
from scanner.gate.sink import FileSink, TokenSink
from scanner.gate.vault import TokenVault
from scanner.model.fact_store import FactStore
from scanner.model.party import Contract, Identity
from scanner.model.secret import Secret
from scanner.model.target import Endpoint, EnvironmentTarget, Limits
from scanner.model.witness import Witness
from scanner.probe import Probe, ProbeContext, Recorder

# Its seconds are far from what a busy machine needs for an answer.
FAST = Limits(requests_per_second=2000.0, burst=200, max_refusals=2000, timeout_s=30.0)


def loopback_target(
    versions_url: str,
    *,
    ca_file: Path | None = None,
    identities: Sequence[Identity] = (Identity(name="emsp-one"),),
    contracts: Sequence[Contract] = (),
    plaintext_ports: tuple[int, ...] = (),
    limits: Limits = FAST,
    environment: str = "test",
    endpoint: str = "main",
) -> EnvironmentTarget:
    """An environment with one endpoint on loopback, mode observe."""
    origin = origin_of(versions_url)
    assert origin is not None
    return EnvironmentTarget(
        name=environment,
        endpoints=(
            Endpoint(
                name=endpoint,
                versions_url=versions_url,
                origin=origin,
                ca_file=ca_file,
                plaintext_ports=plaintext_ports,
                allow_internal=True,
            ),
        ),
        identities=tuple(identities),
        contracts=tuple(contracts),
        limits=limits,
    )


@dataclass
class OpenGate:
    """A gate on one target; `context(witness)` makes what a probe is handed, `facts` collects what probes saw."""

    gate: Gate
    target: EnvironmentTarget
    folder: Path
    redactor: Redactor
    facts: FactStore = field(default_factory=FactStore)

    def context(self, witness: Witness) -> ProbeContext:
        scratch = self.folder / "scratch"
        scratch.mkdir(exist_ok=True)
        return ProbeContext(
            gate=self.gate,
            evidence=EvidenceFolder(self.folder, self.redactor),
            record=Recorder(witness, self.facts),
            target=self.target,
            scratch=scratch,
            now=datetime.now(UTC),
            seed=7,
        )

    async def run(self, *probes: Probe) -> FactStore:
        """Run probes one after the other; gives everything seen so far."""
        for probe in probes:
            context = self.context(probe.witness)
            await probe.run(context)
            for observation in context.record.observations:
                self.facts.record(observation)
        return self.facts


@asynccontextmanager
async def open_gate(
    target: EnvironmentTarget,
    tmp_path: Path,
    tokens: Mapping[str, str] | None = None,
    sinks: Mapping[str, TokenSink] | None = None,
    agreed: Mapping[str, str] | None = None,
    others: Sequence[EnvironmentTarget] = (),
) -> AsyncIterator[OpenGate]:
    """A gate for `target` that writes below `tmp_path`; `tokens` are clear credentials tokens by identity.

    `agreed`: the CREDENTIALS_TOKEN_A that the operator of the target was given for an identity.
    An identity with `has_sink` keeps its new tokens in `sinks`, or else in the file `tmp_path / "sinks" / NAME`.
    `others`: environments of the same run, at which nobody looks.
    """
    secrets = {(target.name, identity): Secret(text) for identity, text in (tokens or {}).items()}
    invited = {(target.name, identity): Secret(text) for identity, text in (agreed or {}).items()}
    redactor = Redactor([*secrets.values(), *invited.values()])
    journal = Journal(tmp_path / FILE_NAME, redactor)
    with_sink = [identity.name for identity in target.identities if identity.has_sink]
    places = {name: FileSink(tmp_path / "sinks" / name) for name in with_sink} | dict(sinks or {})
    gate = Gate(
        [target, *others],
        vault=TokenVault(secrets, sinks={(target.name, name): sink for name, sink in places.items()}, agreed=invited),
        journal=journal,
        redactor=redactor,
        scratch=tmp_path,
    )
    try:
        yield OpenGate(gate=gate, target=target, folder=tmp_path, redactor=redactor)
    finally:
        await gate.close()
        journal.close()
