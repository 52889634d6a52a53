"""Facts judged as a run judges them, except that a bug in a check is an error of the test."""

from collections.abc import Sequence
from typing import Any

from checks.engine import judge
from checks.model.check import Check
from checks.model.finding import Finding
from scanner.model.fact_store import FactStore


def findings_from(checks: Sequence[Check[Any]], facts: FactStore, *environments: str) -> tuple[Finding, ...]:
    """All findings in these environments; "test" where none is named. Raises: AssertionError for a bug."""
    return judge(checks, facts, environments or ("test",), _bug)


def _bug(check: str, trace: str) -> None:
    raise AssertionError(f"{check}: {trace}")
