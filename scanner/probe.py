"""Probe: code that goes and looks. The runner knows probes only through this protocol."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable

from scanner.gate.gate import Gate
from scanner.model.evidence import EvidenceRef, EvidenceStore
from scanner.model.fact_store import FactStore
from scanner.model.intent import PlannedRequest
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import FactKey, Observation, Reason, Seen, Unavailable
from scanner.model.subject import Subject
from scanner.model.target import EnvironmentTarget
from scanner.model.tool_verdict import ToolVerdict
from scanner.model.witness import Witness

F = TypeVar("F")


class Recorder:
    """Takes what one probe saw, under the probe's own witness."""

    def __init__(self, witness: Witness, seen_before: FactStore) -> None:
        self.witness = witness
        self.observations: list[Observation[object]] = []
        self._own = FactStore()
        self.tool_verdicts: list[ToolVerdict] = []
        self.tool_versions: dict[str, str] = {}
        self._seen_before = seen_before

    def seen(self, subject: Subject, fact: object, *evidence: EvidenceRef, identity: str | None = None) -> None:
        """Record a fact; at least one piece of evidence is required."""
        key: FactKey[object] = FactKey(fact=type(fact), subject=subject, witness=self.witness, identity=identity)
        self._add(Observation(key=key, result=Seen(fact=fact, evidence=evidence)))

    def unavailable(
        self,
        subject: Subject,
        kind: type,
        reason: Reason,
        detail: str,
        *evidence: EvidenceRef,
        identity: str | None = None,
    ) -> None:
        """Record that a fact of type `kind` could not be had, and why."""
        key: FactKey[object] = FactKey(fact=kind, subject=subject, witness=self.witness, identity=identity)
        result = Unavailable(reason=reason, detail=detail, evidence=evidence)
        self._add(Observation(key=key, result=result))

    def _add(self, observation: Observation[object]) -> None:
        self._own.record(observation)  # refuses a second, different observation of the same thing
        self.observations.append(observation)

    def tool_verdict(self, verdict: ToolVerdict) -> None:
        """Record what another tool said."""
        self.tool_verdicts.append(verdict)

    def tool_version(self, tool: str, version: str) -> None:
        """Name the version of a borrowed tool that was used; it stands in the report."""
        self.tool_versions[tool] = version

    def earlier(self, kind: type[F]) -> tuple[Observation[F], ...]:
        """Observations of the probes that this one runs `after`."""
        return self._seen_before.of(kind)


class Checkpoints(Protocol):
    """Where a long probe keeps how far it is; what it keeps is JSON, bounded, and without personal data."""

    def kept(self, key: str) -> JsonValue:
        """What was kept last under `key` before the run was interrupted; None where there is nothing."""
        ...

    def keep(self, key: str, value: JsonValue) -> None:
        """Keep `value` under `key`, in place of what was there.

        When this returns, a kill of the run loses it no more; a power failure neither, in a run that may write.
        """
        ...


class NoCheckpoints:
    """For a run that is never resumed."""

    def kept(self, key: str) -> JsonValue:  # noqa: ARG002 - as the protocol has it
        """Nothing."""
        return None

    def keep(self, key: str, value: JsonValue) -> None:
        """Forget it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """The one finding that a replay asks about again; a probe that can, looks at nothing else."""

    subject: Subject
    identity: str | None
    field_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeContext:
    """What a probe is handed: the gate (the only way out), where evidence and facts go, and what to look at.

    `scratch` is a private folder (0700) that is removed after the run. `now` is when the run began (UTC).
    `seed` makes sampled and generated values reproducible. `focus`: None in a scan.
    """

    gate: Gate
    evidence: EvidenceStore
    record: Recorder
    target: EnvironmentTarget
    scratch: Path
    now: datetime
    seed: int
    checkpoints: Checkpoints = field(default_factory=NoCheckpoints)
    focus: Focus | None = None


class Probe(Protocol):
    """One probe of one witness; an instance serves every environment.

    `provides` are the fact types it answers for: what it neither saw nor explained, the runner records as our bug.
    `after` names probes of the same environment whose facts it reads; all others run side by side.
    """

    @property
    def name(self) -> str:
        """Kebab-case, unique."""
        ...

    @property
    def witness(self) -> Witness:
        """Where it looks."""
        ...

    @property
    def provides(self) -> frozenset[type]:
        """Fact types that it answers for."""
        ...

    @property
    def after(self) -> frozenset[str]:
        """Names of the probes that must have ended before."""
        ...

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """What `run` would send to this target, for the dry run; sends nothing."""
        ...

    async def run(self, context: ProbeContext) -> None:
        """Look, and record. A fault of the target is recorded as a fact or as Unavailable, never raised."""
        ...


@runtime_checkable
class RunWideProbe(Probe, Protocol):
    """A probe that looks at all environments of a run in one go, because its tool does so best in one process.

    `run` serves one environment by itself. Everything else stays with the environment: its limits and trust, what is
    recorded, planned, journalled and resumed; an end that is not its own (stop, time, bug) counts for every one.
    """

    async def run_all(self, contexts: Sequence[ProbeContext]) -> None:
        """As `run`, with a context for each environment; at least one, and none that had ended before."""
        ...


@runtime_checkable
class LateProbe(Probe, Protocol):
    """A probe that waits for more probes than it reads facts of: a selection brings the latter with it, no others."""

    @property
    def reads(self) -> frozenset[str]:
        """Names of the probes whose facts it reads; some of `after`."""
        ...


@runtime_checkable
class YieldingProbe(Probe, Protocol):
    """A probe that takes what others leave of a budget: where there is enough for all, they run side by side."""

    @property
    def yields_to(self) -> frozenset[str]:
        """Names of these others; it reads none of their facts."""
        ...

    def yields(self, context: ProbeContext) -> bool:
        """True where there may be too little; asked when what the probe runs `after` has ended."""
        ...


@runtime_checkable
class DoorsProbe(Probe, Protocol):
    """A probe whose replies also give facts that another one answers for, of doors that the other does not ask.

    Where it is cut short, what it would have said of them is missing as well.
    """

    @property
    def also(self) -> frozenset[type]:
        """These facts: a selection of a check that looks at them brings the probe."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterProbes:
    """Probes of some witnesses that take long to load, and whose facts no other witness' probe waits for."""

    witnesses: frozenset[Witness]
    load: Callable[[], tuple[Probe, ...]]


def waits_for(probe: Probe) -> frozenset[str]:
    """The probes whose end a probe waits for, or may wait for, by name."""
    return probe.after | probe.yields_to if isinstance(probe, YieldingProbe) else probe.after


def read_by(probe: Probe) -> frozenset[str]:
    """The probes whose facts a probe reads, by name."""
    return probe.reads if isinstance(probe, LateProbe) else probe.after


def brought_by(probe: Probe) -> frozenset[type]:
    """The fact types that a probe brings, whether or not it answers for them."""
    return probe.provides | probe.also if isinstance(probe, DoorsProbe) else probe.provides


@runtime_checkable
class FocusingProbe(Probe, Protocol):
    """A probe that looks at nothing but `ProbeContext.focus` where one is set."""

    @property
    def focuses(self) -> bool:
        """True."""
        ...
