"""Which rows of the checklist have which checks, witness by witness; derived from the catalogue alone."""

from collections.abc import Mapping
from enum import StrEnum

from checks.catalog import CATALOG
from checks.checklist.loader import checklist
from checks.mappings.loader import rule_table
from checks.model.control import Checklist, Control
from checks.tool_findings import RULES_SEEN_BY
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.witness import Witness


class Cover(StrEnum):
    """How much of a row can be judged today."""

    COVERED = "covered"  # every witness that can speak about it has a check or a mapped rule
    PARTLY = "partly"
    ATTESTED = "attestation only"  # nothing is looked at; a named person states it
    NOT_YET = "not yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: for each witness that can answer it, the ids of checks and of mapped rules of borrowed tools.

    `open_part`: what it asks and no check sees yet, in words; empty: nothing is known of.
    """

    control: Control
    by_witness: tuple[tuple[Witness, tuple[str, ...]], ...]
    open_part: str = ""

    @property
    def cover(self) -> Cover:
        """All of its witnesses, some, only people, or none."""
        covered = {witness for witness, names in self.by_witness if names}
        if covered == {Witness.ATTESTATION}:
            return Cover.ATTESTED
        if covered and len(covered) == len(self.by_witness) and not self.open_part:
            return Cover.COVERED
        return Cover.PARTLY if covered else Cover.NOT_YET

    def document(self) -> dict[str, JsonValue]:
        """As JSON."""
        return {
            "id": self.control.id,
            "layer": self.control.layer,
            "title": self.control.title,
            "severity": self.control.severity,
            "cover": self.cover,
            "not_yet_seen": self.open_part,
            "witnesses": {witness: list(names) for witness, names in self.by_witness},
        }


Speaking = Mapping[str, Mapping[Witness, frozenset[str]]]


def coverage() -> tuple[Row, ...]:
    """Every row of the checklist, in its order. A roll-up is covered by the rows that it folds."""
    rows = checklist()
    speaking = _by_control()
    return tuple(_row(control, rows, speaking) for control in rows.controls)


def _by_control() -> Speaking:
    found: dict[str, dict[Witness, frozenset[str]]] = {}
    for check in CATALOG:
        for control in check.controls:
            witnesses = found.setdefault(control, {})
            witnesses[check.witness] = witnesses.get(check.witness, frozenset()) | {check.id}
    for rule in rule_table().values():
        for control in rule.controls:
            witnesses = found.setdefault(control, {})
            witnesses[RULES_SEEN_BY] = witnesses.get(RULES_SEEN_BY, frozenset()) | {rule.rule}
    return found


def _row(control: Control, rows: Checklist, speaking: Speaking) -> Row:
    parts = [control, *(rows.control(folded) for folded in control.folds)]
    able = dict.fromkeys(witness for part in parts for witness in part.witnesses)
    names = {w: frozenset[str]().union(*(speaking.get(p.id, {}).get(w, ()) for p in parts)) for w in able}
    by_witness = tuple((witness, tuple(sorted(names[witness]))) for witness in able)
    own_part = control.own_part if control.id not in speaking else ""
    open_part = "; ".join(part for part in (own_part, *(one.not_yet_seen for one in parts)) if part)
    return Row(control=control, by_witness=by_witness, open_part=open_part)
