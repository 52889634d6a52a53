"""The matrix of who may do what: a table for each version, a row for each method, a column for each identity."""

from collections import Counter
from typing import Final

from reports.model.access import AccessEntry, AccessState
from reports.model.posture import Posture
from scanner.model.late_dataclass import dataclass

_MOST_REASONS: Final = 6
_ALARMING: Final = frozenset({AccessState.OPEN, AccessState.BROKEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRow:
    """One method of one interface; a cell for each identity of the table, None where it was not looked at."""

    module: str
    side: str
    method: str
    first: bool
    cells: tuple[AccessEntry | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessTable:
    """One version of one platform. `why`: reasons of cells that were not seen, each with how many it stands for."""

    index: int
    environment: str
    endpoint: str
    version: str
    identities: tuple[str, ...]
    rows: tuple[AccessRow, ...]
    counts: tuple[tuple[AccessState, int], ...]
    why: tuple[tuple[str, int], ...]

    @property
    def alarms(self) -> tuple[AccessEntry, ...]:
        """What is open or broken, in the order of the rows."""
        return tuple(e for row in self.rows for e in row.cells if e and e.state in _ALARMING)


def access_tables(posture: Posture) -> tuple[AccessTable, ...]:
    """The tables in order of environment, platform and version; none where nobody asked."""
    groups: dict[tuple[str, str, str], list[AccessEntry]] = {}
    for entry in posture.access:
        groups.setdefault((entry.environment, entry.endpoint, entry.version), []).append(entry)
    return tuple(_table(number, entries) for number, entries in enumerate(groups.values()))


def _table(number: int, entries: list[AccessEntry]) -> AccessTable:
    identities = tuple(dict.fromkeys(sorted(entry.identity for entry in entries)))
    by_row: dict[tuple[str, str, str], dict[str, AccessEntry]] = {}
    for entry in entries:
        by_row.setdefault((entry.module, entry.side, entry.method), {})[entry.identity] = entry
    rows, before = [], ("", "")
    for (module, side, method), cells in by_row.items():
        row = AccessRow(
            module=module,
            side=side,
            method=method,
            first=(module, side) != before,
            cells=tuple(cells.get(identity) for identity in identities),
        )
        rows.append(row)
        before = (module, side)
    counts = Counter(entry.state for entry in entries)
    reasons = Counter(entry.said for entry in entries if entry.state is AccessState.UNSEEN)
    return AccessTable(
        index=number,
        environment=entries[0].environment,
        endpoint=entries[0].endpoint,
        version=entries[0].version,
        identities=identities,
        rows=tuple(rows),
        counts=tuple((state, counts[state]) for state in AccessState if counts[state]),
        why=tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:_MOST_REASONS]),
    )
