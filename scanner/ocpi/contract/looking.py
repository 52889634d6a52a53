"""What the parts of the contract probe share at one endpoint: whether to look, as whom, and where evidence goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from scanner.model.effect import Mode
from scanner.model.evidence import EvidenceRef
from scanner.model.json_value import JsonValue
from scanner.model.party import Identity, Party
from scanner.model.subject import EndpointSubject, InterfaceSubject, Subject
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.ocpi.contract.asking import Asker
from scanner.ocpi.contract.doors import Door
from scanner.probe import ProbeContext


@dataclass(slots=True, kw_only=True)
class Looking:
    """One endpoint. `emsps`: whose driver a session may be for, by version and identity."""

    context: ProbeContext
    endpoint: Endpoint
    asker: Asker
    emsps: Mapping[tuple[str, str], Party] = field(default_factory=dict)

    @property
    def target(self) -> EnvironmentTarget:
        """Its environment."""
        return self.context.target

    @property
    def subject(self) -> EndpointSubject:
        """The endpoint itself."""
        return EndpointSubject(environment=self.target.name, endpoint=self.endpoint.name)

    @property
    def exercising(self) -> bool:
        """True where the run may write."""
        return self.target.mode.includes(Mode.EXERCISE)

    def in_focus(self, subject: InterfaceSubject, identity: str) -> bool:
        """True but in a replay of something else."""
        focus = self.context.focus
        if focus is None:
            return True
        if focus.identity != identity:
            return False
        # What passes is summed up by version, so then all of that version is asked.
        whole = isinstance(focus.subject, InterfaceSubject) and focus.subject.module is None
        wanted: Subject = replace(subject, module=None, side=None, method=None) if whole else subject
        return focus.subject == wanted

    def begun(self, key: str) -> int:
        """How often this was begun: an object that an interruption left may be newer than what is written again."""
        kept = self.context.checkpoints.kept(f"{key}, begun")
        starts = 1 + (kept if isinstance(kept, int) else 0)
        self.context.checkpoints.keep(f"{key}, begun", starts)
        return starts

    def emsp(self, door: Door) -> Party | None:
        """Whose driver a session may be for at that door."""
        return self.emsps.get((door.specified.version, door.identity.name))

    def store(self, title: str, document: JsonValue) -> EvidenceRef:
        """Evidence of the witness that looks."""
        return self.context.evidence.store_document(title, self.context.record.witness, document)


def registered(target: EnvironmentTarget, endpoint: Endpoint) -> tuple[Identity, ...]:
    """Who may ask for modules: a bootstrap token opens none, whatever the contract says."""
    return tuple(identity for identity in target.speakers(endpoint) if not identity.bootstrap)
