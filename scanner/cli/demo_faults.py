"""One list of faults for the demo: those of the reference service, and the weaknesses of the reference stack."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Final

from scanner.cli.demo_service import ask_infra
from scanner.config.nearest import suggestion
from scanner.errors import UsageError
from scanner.model.late_dataclass import dataclass

ALL: Final = "all"
_LISTS: Final = (
    "import json; from infra.service.faults import BY_REGISTERING, FAULTS;"
    "from infra.weaknesses import HIDDEN_BY_OTHERS, OF_CONTAINERS, OF_THE_WAY_OUT, Weakness;"
    "service = [[name, f.by_writing, name in BY_REGISTERING] for name, f in FAULTS.items()];"
    "stack = [[str(w), w in HIDDEN_BY_OTHERS] for w in Weakness if w not in OF_CONTAINERS | OF_THE_WAY_OUT];"
    "print(json.dumps([service, stack]))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What is switched on, in each half of the target; `service` may be `all` alone.

    `by_writing`: one of them is seen by a partner only that pushes objects, so the scan has to write. `by_registering`:
    one is seen by a partner only that registers, and is called back.
    """

    service: tuple[str, ...] = ()
    stack: tuple[str, ...] = ()
    by_writing: bool = False
    by_registering: bool = False


def chosen_faults(text: str | None) -> Faults:
    """From `--faults all` or `--faults NAME,NAME`; None: nothing is switched on.

    Raises: UsageError for an unknown name, with the nearest one and the whole list.
    """
    if text is None:
        return Faults()
    of_service, of_stack = _lists()
    service = tuple(name for name, _, _ in of_service)
    by_writing = {name for name, writes, _ in of_service if writes}
    by_registering = {name for name, _, registers in of_service if registers}
    hidden = dict(of_stack)  # by name: whether other weaknesses hide it
    stack = tuple(hidden)
    wanted = [name for name in (part.strip() for part in text.split(",")) if name]
    _refuse_unknown(wanted, service, stack)
    named = tuple(name for name in service if name in wanted)
    weak = tuple(name for name in stack if name in wanted)
    registers = not by_registering.isdisjoint(wanted)
    writes = any(name in by_writing and name not in by_registering for name in wanted)
    if ALL in wanted:
        together = tuple(name for name in stack if name in wanted or not hidden[name])
        return Faults(service=(ALL, *named), stack=together, by_writing=writes, by_registering=registers)
    return Faults(service=named, stack=weak, by_writing=writes, by_registering=registers)


@cache
def _lists() -> tuple[Sequence[tuple[str, bool, bool]], Sequence[tuple[str, bool]]]:
    """Of the service: name, seen by writing, by registering. Of the stack: name, hidden by others. It takes seconds."""
    of_service, of_stack = json.loads(ask_infra("-c", _LISTS))
    return of_service, of_stack


def _refuse_unknown(wanted: Sequence[str], service: Sequence[str], stack: Sequence[str]) -> None:
    known = f"There are: {ALL}; of the service: {', '.join(service)}; of the stack: {', '.join(stack)}."
    if not wanted:
        raise UsageError("--faults names nothing.", known)
    for name in wanted:
        if name not in {ALL, *service, *stack}:
            raise UsageError(f"There is no fault {name!r}{suggestion(name, (*service, *stack))}.", known)
