"""Checks of the protocol witness that only a run which may write can answer."""

from typing import TypeVar

from checks.model.check import Check, Judge, Need
from scanner.model.severity import Severity
from scanner.model.witness import Witness

F = TypeVar("F")


def check_by_writing(  # noqa: PLR0913 - all that a check has, none of it optional
    id: str,
    title: str,
    fact: type[F],
    judge: Judge[F],
    *,
    controls: tuple[str, ...],
    severity: Severity,
    source: str,
    do: str,
    group_by: tuple[str, ...] | None = None,
) -> Check[F]:
    """The check that `judge` answers from one `fact`; a profile of runs that only look leaves it out."""
    return Check(
        id=id,
        title=title,
        controls=controls,
        severity=severity,
        source=source,
        looks_at=Need(fact=fact),
        judge=judge,
        remediation=do,
        group_by=group_by,
        by_writing=True,
        witness=Witness.PROTOCOL,
    )
