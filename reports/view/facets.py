"""By what a page can be narrowed: each facet with its values, and the marks that say which of them an entry has."""

from collections.abc import Iterable

from reports.model.control_status import ControlStatus
from reports.model.posture import ControlPosture, Posture
from reports.view.problem import Problem
from reports.view.status_order import STATUS_ORDER
from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity
from scanner.model.witness import Witness


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One way to narrow a page. `values`: the mark that entries carry, and what people call it."""

    name: str
    label: str
    values: tuple[tuple[str, str], ...]


def facets(posture: Posture) -> tuple[Facet, ...]:
    """Layer, environment, witness, severity and status, each where there is something to choose."""
    names = _environments(posture)
    said = {finding.witness for finding in posture.findings}
    able = {witness for control in posture.controls for witness, _ in control.witnesses}
    every = (
        Facet(
            name="layer", label="Layer", values=tuple((f"l{n}", each.title) for n, each in enumerate(posture.layers))
        ),
        Facet(name="environment", label="Environment", values=tuple((f"e{n}", name) for n, name in enumerate(names))),
        Facet(name="witness", label="Witness", values=tuple((w, w) for w in Witness if w in said | able)),
        Facet(name="severity", label="Severity", values=tuple((s, s) for s in reversed(Severity))),
        Facet(name="status", label="Status", values=tuple((f"s-{s}", s.replace("_", " ")) for s in STATUS_ORDER)),
    )
    return tuple(facet for facet in every if len(facet.values) > 1)


class Marks:
    """The marks of what a page shows."""

    def __init__(self, posture: Posture) -> None:
        """Number the layers and environments of the posture, as `facets` does."""
        self._environments = {name: f"e{n}" for n, name in enumerate(_environments(posture))}
        layers = {layer.id: f"l{n}" for n, layer in enumerate(posture.layers)}
        self._layers = {control.id: layers.get(control.layer, "") for control in posture.controls}

    def of_problem(self, problem: Problem) -> str:
        """The layers of all its rows; the status is its outcome."""
        layers = {self._layers.get(control, "") for control in problem.controls}
        environment = self._environments.get(problem.environment, "")
        return _marks(*sorted(layers), environment, problem.witness, problem.severity, f"s-{problem.outcome}")

    def of_control(self, control: ControlPosture) -> str:
        """Of the witnesses, those that spoke."""
        spoke = (witness for witness, said in control.witnesses if said is not ControlStatus.NOT_TESTED)
        place = (self._layers[control.id], self._environments[control.environment])
        return _marks(*place, *spoke, control.severity, f"s-{control.status}")


def _marks(*marks: str) -> str:
    return " ".join(mark for mark in marks if mark)


def _environments(posture: Posture) -> Iterable[str]:
    """In the order in which their controls are listed, as the anchors of rows number them."""
    return dict.fromkeys(control.environment for control in posture.controls)
