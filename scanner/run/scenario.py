"""Play a scenario through the gate: in order, deterministic, and always compensated."""

from scanner.gate.gate import Gate
from scanner.model.exchange import HttpOutcome
from scanner.model.leftover import Leftover
from scanner.model.scenario import Scenario, Step, StepKind
from scanner.run.taken_back import is_gone


async def play(scenario: Scenario, gate: Gate) -> dict[str, HttpOutcome]:
    """Take the steps in order; give every step's outcome by name.

    A step whose outcome says "no further" ends the acting; compensation runs all the same. What a compensation has
    taken back is written to the journal, so that `cleanup` does not try again.
    """
    history: dict[str, HttpOutcome] = {}
    announced: list[Leftover] = []
    try:
        for step in scenario.steps:
            if step.kind is StepKind.COMPENSATE:
                break
            intent = step.intent(history)
            announced += intent.leaves
            history[step.name] = await gate.http(intent)
            if not step.goes_on(history[step.name]):
                break
    finally:
        for step in scenario.steps:
            if step.kind is StepKind.COMPENSATE:
                await _compensate(step, gate, history, announced)
    return history


async def _compensate(step: Step, gate: Gate, history: dict[str, HttpOutcome], announced: list[Leftover]) -> None:
    intent = step.intent(history)
    outcome = await gate.http(intent)
    history[step.name] = outcome
    if not is_gone(outcome):
        return
    for left in announced:
        if (left.undo_method, left.undo_url) == (intent.method, intent.url):
            gate.taken_back(left)
