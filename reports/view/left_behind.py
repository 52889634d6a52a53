"""What a run left at its targets, in few lines."""

from collections.abc import Iterable, Iterator

from reports.text import one_line
from reports.view.answer import plural
from scanner.model.leftover import Leftover

_ONE_BY_ONE = 3  # as many of a kind are named; more are counted


def left_behind(leftovers: Iterable[Leftover]) -> Iterator[str]:
    """One line each where they are few, one line a module and owner where they are many."""
    kinds: dict[tuple[str | None, str | None, bool], list[Leftover]] = {}
    for leftover in leftovers:
        kinds.setdefault((leftover.module, leftover.owner, leftover.removable), []).append(leftover)
    for (module, owner, removable), several in kinds.items():
        undo = "cleanup takes it back" if removable else "cannot be taken back"
        if len(several) <= _ONE_BY_ONE or module is None:
            yield from (f"{one_line(each.what, 200)} ({undo})" for each in several)
        else:
            whose = f" of {one_line(owner, 20)}" if owner else ""
            yield f"{plural(len(several), 'object')} in {one_line(module, 60)}{whose} ({undo}), each in posture.json"
