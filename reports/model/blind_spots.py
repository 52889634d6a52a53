"""What was not looked at, grouped from the observations that could not be made."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from reports.model.posture import NotLookedAt
from scanner.model.observation import AnyObservation, Reason, Unavailable
from scanner.model.witness import Witness

NAMED_SUBJECTS: Final = 8


def not_looked_at(observations: Iterable[AnyObservation]) -> tuple[NotLookedAt, ...]:
    """One entry per environment, witness, fact, reason and detail, sorted, with the first `NAMED_SUBJECTS` subjects."""
    groups: dict[tuple[str, Witness, str, Reason, str], set[str]] = defaultdict(set)
    for observation in observations:
        key, result = observation.key, observation.result
        if isinstance(result, Unavailable):
            group = (key.subject.environment, key.witness, key.fact.__name__, result.reason, result.detail)
            speaker = f" as {key.identity}" if key.identity else ""
            groups[group].add(f"{key.subject.label()}{speaker}")
    return tuple(
        NotLookedAt(
            environment=environment,
            witness=witness,
            fact=fact,
            reason=reason,
            detail=detail,
            count=len(subjects),
            subjects=tuple(sorted(subjects)[:NAMED_SUBJECTS]),
        )
        for (environment, witness, fact, reason, detail), subjects in sorted(groups.items())
    )
