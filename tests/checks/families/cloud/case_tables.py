"""Tables of small programs: which check says what of which case."""

from collections.abc import Mapping
from typing import Any, Final

from checks.catalog import CATALOG
from checks.model.check import Check
from checks.model.verdict import Outcome
from tests.checks.families.cloud.cases import outcomes

BY_ID: Final[Mapping[str, Check[Any]]] = {check.id: check for check in CATALOG}
P, F, I = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE
Row = tuple[str, str, str, Outcome]  # check without `cloud-`, case, name of the resource, outcome


def said(family: str, row: Row) -> Outcome:
    """What the row's check says of the row's resource; KeyError if it says nothing."""
    check, case, name, _ = row
    found = outcomes(BY_ID[f"cloud-{check}"], family, case)
    return found[name] if name else next(iter(found.values()))


def judged_both_ways(rows: list[Row], *families: str) -> set[str]:
    """Checks of these families that lack a row with a pass or one with a fail."""
    wanted = {check for check in BY_ID if check.startswith(tuple(f"cloud-{family}-" for family in families))}
    shown = {(f"cloud-{check}", outcome) for check, _, _, outcome in rows}
    return {check for check in wanted if {(check, P), (check, F)} - shown}
