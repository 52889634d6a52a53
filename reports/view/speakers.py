"""Which witnesses could speak, which did, and on which claims two of them met."""

from collections import defaultdict
from typing import Final

from checks.model.verdict import Outcome
from reports.model.control_status import ControlStatus
from reports.model.posture import ControlPosture, Posture
from scanner.model.late_dataclass import dataclass
from scanner.model.witness import Witness

_DENIES: Final = frozenset({Outcome.FAIL, Outcome.WAIVED})
_SPEAKS: Final = frozenset({Outcome.PASS, *_DENIES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Of `could` rows on which a witness can speak, those on which it `spoke`."""

    could: int
    spoke: int

    @property
    def percent(self) -> float:
        """For a bar."""
        return round(100 * self.spoke / self.could, 1) if self.could else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerRow:
    """One witness in one environment: all rows together, then layer by layer."""

    witness: Witness
    whole: Share
    layers: tuple[Share, ...]

    @property
    def shares(self) -> tuple[Share, ...]:
        """In the order of the columns: all layers, then each."""
        return (self.whole, *self.layers)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerTable:
    """One environment. `alone`: rows on which one witness spoke; `together`: rows on which several did."""

    index: int
    environment: str
    rows: tuple[SpeakerRow, ...]
    alone: int
    together: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A claim of which two witnesses or more said something, each with its verdict; waived fails deny it, too."""

    claim: str
    environment: str
    said: tuple[tuple[Witness, Outcome], ...]
    agree: bool


def speakers(posture: Posture) -> tuple[SpeakerTable, ...]:
    """A table for each environment. Rows that fold others are left out: nobody speaks on them alone."""
    environments = dict.fromkeys(control.environment for control in posture.controls)
    return tuple(_table(posture, number, name) for number, name in enumerate(environments))


def _table(posture: Posture, number: int, environment: str) -> SpeakerTable:
    rows = [row for row in posture.controls if row.environment == environment and not row.rolled_up]
    layers = [[row for row in rows if row.layer == layer.id] for layer in posture.layers]
    able = {witness for row in rows for witness, _ in row.witnesses}
    spoken = [sum(said is not ControlStatus.NOT_TESTED for _, said in row.witnesses) for row in rows]
    return SpeakerTable(
        index=number,
        environment=environment,
        rows=tuple(
            SpeakerRow(witness=w, whole=_share(w, rows), layers=tuple(_share(w, layer) for layer in layers))
            for w in Witness
            if w in able
        ),
        alone=sum(count == 1 for count in spoken),
        together=sum(count > 1 for count in spoken),
    )


def _share(witness: Witness, rows: list[ControlPosture]) -> Share:
    said = [dict(row.witnesses)[witness] for row in rows if witness in dict(row.witnesses)]
    return Share(could=len(said), spoke=sum(each is not ControlStatus.NOT_TESTED for each in said))


def met(posture: Posture) -> tuple[Met, ...]:
    """Claims on which witnesses met: contradictions first, then by environment and claim."""
    claims: dict[tuple[str, str], dict[Witness, set[Outcome]]] = defaultdict(lambda: defaultdict(set))
    for finding in posture.findings:
        if finding.claim is not None and finding.outcome in _SPEAKS:
            claims[finding.environment, finding.claim][finding.witness].add(finding.outcome)
    contradicted = {(each.environment, each.claim) for each in posture.disagreements}
    found = [
        Met(
            claim=claim,
            environment=environment,
            said=tuple((witness, _worst(said[witness])) for witness in Witness if witness in said),
            agree=(environment, claim) not in contradicted,
        )
        for (environment, claim), said in claims.items()
        if len(said) > 1
    ]
    return tuple(sorted(found, key=lambda each: (each.agree, each.environment, each.claim)))


def _worst(outcomes: set[Outcome]) -> Outcome:
    return next(outcome for outcome in (Outcome.FAIL, Outcome.WAIVED, Outcome.PASS) if outcome in outcomes)
