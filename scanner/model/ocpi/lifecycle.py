"""How objects change and end: by the methods of their interfaces, or by what stands for a removal.

`data/lifecycles.json` is written by hand, each row with its section; the methods come from the operations.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.interfaces import Operation, interface, interfaces
from scanner.model.ocpi.rows import rows
from scanner.model.subject import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """How an object changes and ends at its receiver: by these methods; `instead` says what stands for a removal."""

    object: str
    changed_by: frozenset[str]
    removed_by: frozenset[str]
    instead: str | None
    section: str

    @property
    def immutable(self) -> bool:
        """True for an object that no method changes once it was sent."""
        return not self.changed_by


@cache
def lifecycle(version: str, class_name: str) -> Lifecycle:
    """How an object of this class changes and ends.

    Raises: KeyError if it is no object that is sent by itself and kept.
    """
    for row in rows("lifecycles", version):
        if row["class"] == class_name:
            return _lifecycle(version, row)
    raise KeyError(class_name)


def _lifecycle(version: str, row: Mapping[str, Any]) -> Lifecycle:
    operations = [o for i in interfaces(version) if i.side is not Side.SENDER for o in i.operations]
    name = row["class"]
    changing = frozenset(o.method for o in operations if o.method in {"PUT", "PATCH"} and o.carries == name)
    homes = {i.module for i in interfaces(version) if i.object == name}
    removing = frozenset(o.method for m in homes for o in _receivers(version, m) if o.method == "DELETE")
    return Lifecycle(
        object=name, changed_by=changing, removed_by=removing, instead=row.get("instead"), section=row["section"]
    )


def _receivers(version: str, module: str) -> tuple[Operation, ...]:
    return interface(version, module, Side.RECEIVER).operations
