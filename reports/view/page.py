"""What a page shows beside the findings: first steps, the bar of statuses, the controls by environment and layer."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Final

from checks.model.control import Layer
from checks.model.verdict import Outcome
from reports.model.control_status import ControlStatus
from reports.model.posture import ControlPosture, Posture
from reports.view.cause import undecided
from reports.view.problem import Problem, problems
from reports.view.status_order import STATUS_ORDER
from scanner.model.late_dataclass import dataclass

FIRST_STEPS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A part of the bar of statuses; `start` and `width` in percent."""

    status: ControlStatus
    count: int
    start: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A thing to do: the worst problem that asks for it, and how many other problems the same deed settles."""

    problem: Problem
    others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A control with its anchor, and the questions that were asked about it, each with the count of its findings."""

    control: ControlPosture
    anchor: str
    asked: tuple[tuple[Problem, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerView:
    """A layer with its rows, in the order of the checklist."""

    layer: Layer
    rows: tuple[Row, ...]

    @property
    def counts(self) -> tuple[tuple[ControlStatus, int], ...]:
        """How many rows have each status; only those that occur."""
        counts = Counter(row.control.status for row in self.rows)
        return tuple((status, counts[status]) for status in STATUS_ORDER if counts[status])

    @property
    def judged(self) -> bool:
        """True where somebody judged some row."""
        return any(row.control.status is not ControlStatus.NOT_TESTED for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentView:
    """One environment with its layers; `index` is its number in anchors."""

    index: int
    name: str
    layers: tuple[LayerView, ...]


def first_steps(posture: Posture) -> tuple[Step, ...]:
    """What to do first, each deed once: from the worst fails; without any, from what keeps most checks open."""
    steps = (Step(problem=worst, others=len(rest)) for worst, *rest in _deeds(posture))
    return tuple(steps)[:FIRST_STEPS]


def _deeds(posture: Posture) -> Iterable[Sequence[Problem]]:
    fails = problems(posture, Outcome.FAIL)
    if fails:
        deeds: dict[str, list[Problem]] = defaultdict(list)
        for problem in fails:
            deeds[problem.remediation or problem.anchor].append(problem)
        return deeds.values()
    causes, others = undecided(posture)
    return (*(cause.problems for cause in causes), *((problem,) for problem in others))


def glance(posture: Posture) -> tuple[Segment, ...]:
    """The bar of statuses over all controls; empty without controls."""
    counts = posture.summary.controls
    total = sum(counts.values())
    if not total:
        return ()
    widths = [100 * counts[status] / total for status in STATUS_ORDER]
    starts = [0.0, *accumulate(widths)]
    return tuple(
        Segment(status=status, count=counts[status], start=round(start, 3), width=round(width, 3))
        for status, start, width in zip(STATUS_ORDER, starts, widths, strict=False)
        if counts[status]
    )


def _row(control: ControlPosture, environment: int, entries: Mapping[str, Problem]) -> Row:
    asked: dict[str, tuple[Problem, int]] = {}
    for fingerprint in control.findings:
        entry = entries.get(fingerprint)
        if entry is not None:
            _, count = asked.get(entry.anchor, (entry, 0))
            asked[entry.anchor] = (entry, count + 1)
    return Row(control=control, anchor=f"c{environment}-{control.id}", asked=tuple(asked.values()))


def environments(posture: Posture, shown: Iterable[Problem]) -> tuple[EnvironmentView, ...]:
    """The controls by environment and layer; `shown`: the entries that show findings."""
    entries = {finding.fingerprint: entry for entry in shown for finding in entry.findings}
    names = tuple(dict.fromkeys(control.environment for control in posture.controls))
    return tuple(
        EnvironmentView(
            index=number,
            name=name,
            layers=tuple(
                LayerView(
                    layer=layer,
                    rows=tuple(
                        _row(control, number, entries)
                        for control in posture.controls
                        if control.environment == name and control.layer == layer.id
                    ),
                )
                for layer in posture.layers
            ),
        )
        for number, name in enumerate(names)
    )
