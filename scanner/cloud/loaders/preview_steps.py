"""The steps of a preview, folded into the resources that a stack will have.

Source: pulumi `pkg/resource/deploy/step.go` (kinds of steps), `pkg/backend/display/json.go` (which of them are shown).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from scanner.cloud.declared import NotDeclared
from scanner.cloud.loaders.engine_format import EngineState, OldState, Preview, Step
from scanner.cloud.loaders.engine_graph import shown
from scanner.cloud.one_line import cut_line

_SAME: Final = "same"
_STAYS: Final = frozenset({_SAME, "create", "update", "replace", "create-replacement", "import", "import-replacement"})
_READ: Final = frozenset({"read", "read-replacement"})
_GONE: Final = frozenset({"delete", "discard"})
# The old half of a replacement, and notes about a resource that has a step of its own.
_SAYS_NOTHING: Final = frozenset(
    {"delete-replaced", "discard-replaced", "remove-pending-replace", "refresh", "diff", "extend-parameterize"}
)
_SHOWN_ALWAYS: Final = frozenset({"create", "update", "replace", "import", "read"})
_MESSAGE: Final = 300  # characters of the engine's own words


@dataclass(slots=True, kw_only=True)
class Planned:
    """`states` by URN; `settled`: every URN of which the preview says what becomes of it, also those that go.

    `hidden`: how many unchanged resources it does not show. `counts`: steps by kind. `missing` as in `Declared`.
    """

    states: dict[str, EngineState] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    hidden: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    without_state: list[str] = field(default_factory=list)


def planned(preview: Preview, name: str) -> Planned:
    """Fold the steps in their order.

    Raises: NotDeclared where the engine stopped with an error, or planned nothing at all.
    """
    _refuse_errors(preview, name)
    result = Planned(counts=dict(sorted(Counter(step.op for step in preview.steps or ()).items())))
    for step in preview.steps or ():
        _fold(step, result)
    summary = preview.change_summary or {}
    result.hidden = max(0, summary.get(_SAME, 0) - result.counts.get(_SAME, 0))
    if not result.counts and not result.hidden:
        raise NotDeclared(f"{name} is an empty preview: it has no step", deed="Run the preview with --show-sames.")
    result.missing = tuple(_missing(preview, result, name))
    return result


def _refuse_errors(preview: Preview, name: str) -> None:
    said = [cut_line(one.message, _MESSAGE) for one in preview.diagnostics or () if one.severity == "error"]
    if said:
        first = next(filter(None, said), "no reason given").rstrip(".")
        raise NotDeclared(
            f"{name} is a preview that the engine gave up: {first}", deed="Mend what it says, and preview again."
        )


def _fold(step: Step, into: Planned) -> None:
    if step.op in _SAYS_NOTHING:
        return
    old = step.old_state
    if step.op in _GONE:
        if old is None or not old.delete:  # what an earlier replacement left over shares its URN with the living one
            into.states.pop(step.urn, None)
            into.settled.add(step.urn)
        return
    into.settled |= {step.urn, old.urn if old else step.urn}
    new = step.new_state
    if step.op in _READ or (new is not None and new.external):
        into.states.pop(step.urn, None)
    elif new is None:
        into.without_state.append(step.urn)
    else:
        into.settled.update(new.aliases or ())
        _keep(step.op, old, new)
        into.states[step.urn] = new


def _keep(op: str, old: OldState | None, new: EngineState) -> None:
    """What the engine leaves out of a new state: a resource that stays keeps its id, an unchanged one its outputs."""
    if old is None or op not in {_SAME, "update"}:
        return
    new.id = new.id or old.id
    if op == _SAME and new.outputs is None:
        new.outputs = old.outputs


def _missing(preview: Preview, result: Planned, name: str) -> Iterator[str]:
    summary = preview.change_summary
    if summary is None:
        yield f"{name} has no summary of its changes: whether it shows every resource is not known"
    for op in sorted(_SHOWN_ALWAYS & (summary or {}).keys()):
        less = (summary or {})[op] - result.counts.get(op, 0)
        if less > 0:
            yield f"{name} speaks of {less} more steps of kind {op} than it holds"
    unknown = sorted(result.counts.keys() - _STAYS - _READ - _GONE - _SAYS_NOTHING)
    if unknown:
        yield f"{name} has steps that are not understood here: {cut_line(', '.join(unknown), _MESSAGE)}"
    if result.without_state:
        yield f"the engine could not write the state of {shown(sorted(result.without_state))}"
    if preview.maybe_corrupt:
        yield f"the engine says of {name} that the stack may be corrupt"
