"""Check: a pure function with the facts it needs.

The first need drives: each of its observations (or each group of them, with `group_by`) is one case. The other needs
are joined to the case over subject coordinates, identities and witnesses. What is missing is dealt with by the engine,
so a check function meets facts only.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, Generic, TypedDict, TypeVar, Unpack

from checks.model.verdict import Outcome, Population, Verdict
from scanner.model.evidence import EvidenceRef
from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity
from scanner.model.subject import Subject
from scanner.model.tool_verdict import SourcePosition
from scanner.model.witness import Witness

F = TypeVar("F")
G = TypeVar("G")


class Speaker(StrEnum):
    """Which identities' observations are joined to a case."""

    SAME = "same"  # seen as the identity of the case
    OTHER = "other"  # seen as any other identity
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need(Generic[F]):
    """One fact type that a check reads.

    `on`: coordinates in which the joined subject must equal the case's (default: every coordinate that both have).
    `environments="all"` joins over environments, too. `required=False`: the case is judged without it as well.
    """

    fact: type[F]
    witness: Witness | None = None
    on: tuple[str, ...] | None = None
    speaker: Speaker = Speaker.ANY
    all_environments: bool = False
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting(Generic[F]):
    """A fact as a check function meets it: with subject, speaker, witness and evidence."""

    fact: F
    subject: Subject
    witness: Witness
    identity: str | None
    evidence: tuple[EvidenceRef, ...]


class VerdictOptions(TypedDict, total=False):
    """What a verdict may say beside outcome and message; see `Verdict`."""

    subject: Subject | None
    evidence: tuple[EvidenceRef, ...] | None
    population: Population | None
    field_path: str
    reproduce: str | None
    position: SourcePosition | None
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Generic[F]):
    """What one call of a check function judges: the driving sightings (one, unless grouped) and what was joined.

    `subject` is the driver's subject, or what the group has in common.
    """

    subject: Subject
    drivers: tuple[Sighting[F], ...]
    joined: tuple[Sighting[Any], ...] = ()

    @property
    def driver(self) -> Sighting[F]:
        """The one driving sighting.

        Raises: ValueError where the check groups and there are several.
        """
        (only,) = self.drivers
        return only

    def all(self, kind: type[G]) -> tuple[Sighting[G], ...]:
        """Joined sightings of one fact type, sorted."""
        return tuple(s for s in self.joined if isinstance(s.fact, kind))

    def one(self, kind: type[G]) -> Sighting[G]:
        """The one joined sighting of that type.

        Raises: ValueError if there are none or several.
        """
        (only,) = self.all(kind)
        return only

    def evidence(self) -> tuple[EvidenceRef, ...]:
        """Everything that the case rests on, each once, sorted."""
        return tuple(sorted({ref for s in (*self.drivers, *self.joined) for ref in s.evidence}))

    def verdict(self, outcome: Outcome, message: str, **more: Unpack[VerdictOptions]) -> Verdict:
        """A verdict on this case; subject, evidence and speaker are the case's own unless given."""
        speakers = {s.identity for s in self.drivers}
        evidence = more.get("evidence")
        return Verdict(
            outcome=outcome,
            subject=more.get("subject") or self.subject,
            message=message,
            evidence=self.evidence() if evidence is None else evidence,
            population=more.get("population") or Population(examined=len(self.drivers)),
            field_path=more.get("field_path", ""),
            identity=speakers.pop() if len(speakers) == 1 else None,
            reproduce=more.get("reproduce"),
            position=more.get("position"),
            path=more.get("path", ()),
        )

    def passes(self, message: str, **more: Unpack[VerdictOptions]) -> Verdict:
        """Shorthand for `verdict(Outcome.PASS, ...)`."""
        return self.verdict(Outcome.PASS, message, **more)

    def fails(self, message: str, **more: Unpack[VerdictOptions]) -> Verdict:
        """Shorthand for `verdict(Outcome.FAIL, ...)`."""
        return self.verdict(Outcome.FAIL, message, **more)

    def holds(
        self,
        claim: bool,  # noqa: FBT001 - the claim is the sentence
        yes: str,
        no: str,
        **more: Unpack[VerdictOptions],
    ) -> Verdict:
        """`pass` with the message `yes` where the claim holds, else `fail` with `no`."""
        return self.passes(yes, **more) if claim else self.fails(no, **more)

    def not_applicable(self, looked_for: str, **more: Unpack[VerdictOptions]) -> Verdict:
        """The question does not arise; `looked_for` says what was looked for and not found."""
        return self.verdict(Outcome.NOT_APPLICABLE, looked_for, **more)

    def inconclusive(self, why: str, **more: Unpack[VerdictOptions]) -> Verdict:
        """The facts do not decide it."""
        return self.verdict(Outcome.INCONCLUSIVE, why, **more)

    def not_tested(self, why: str, **more: Unpack[VerdictOptions]) -> Verdict:
        """Nobody tried, by choice."""
        return self.verdict(Outcome.NOT_TESTED, why, **more)


Judge = Callable[[Case[F]], Iterable[Verdict]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Generic[F]):
    """One question with its answer function.

    `id`: kebab-case `<family>-<claim>`, never reused. `controls`: ids of checklist rows. `source`: the section, RFC or
    AWS document that asks for it. `looks_at` drives, `joins` are added; `group_by` names the coordinates that make
    one case (default: one case per observation). `claim`: checks of different witnesses with one claim must agree;
    if they do not, the report shows a disagreement. `remediation`: what to do about a fail. `by_writing`: only a run
    that may write can answer it, so a profile of runs that only read leaves it out.
    """

    id: str
    title: str
    controls: tuple[str, ...]
    severity: Severity
    source: str
    looks_at: Need[F]
    judge: Judge[F]
    remediation: str
    joins: tuple[Need[Any], ...] = ()
    group_by: tuple[str, ...] | None = None
    claim: str | None = None
    by_writing: bool = False
    witness: Witness
