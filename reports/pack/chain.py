"""Packs of one environment hang together: each names the statement of the one before, so none can vanish in between."""

import hashlib
from collections.abc import Sequence

from reports.pack.problem import Kind, Problem
from reports.pack.statement import PreviousPack, Statement


def link_to(payload: bytes, statement: Statement) -> PreviousPack:
    """What the next pack says about the pack with this statement."""
    return PreviousPack(run=statement.predicate.run.id, statement_sha256=hashlib.sha256(payload).hexdigest())


def chain_problems(newest: Statement, given: Sequence[tuple[bytes, Statement]]) -> list[Problem]:
    """Follow the links from the newest pack through those that were given, in any order."""
    known = {hashlib.sha256(payload).hexdigest(): statement for payload, statement in given}
    problems: list[Problem] = []
    statement: Statement | None = newest
    while known and statement is not None:
        statement = _step(statement, known, problems)
    problems += [
        _broken(f"the pack of run {left.predicate.run.id} is not one that this pack goes back to")
        for left in known.values()
        if not problems
    ]
    return problems


def _step(statement: Statement, known: dict[str, Statement], problems: list[Problem]) -> Statement | None:
    run, link = statement.predicate.run, statement.predicate.previous
    if link is None:
        return None
    before = known.pop(link.statement_sha256, None)
    if before is None:
        problems.append(
            _broken(f"run {run.id} goes back to run {link.run} (statement {link.statement_sha256}), which is not given")
        )
        return None
    problems += [_broken(message) for message in _odd_order(statement, before)]
    return before


def _odd_order(statement: Statement, before: Statement) -> list[str]:
    run, earlier = statement.predicate.run, before.predicate.run
    odd = []
    if not shares_environment(statement, before):
        odd.append(f"run {run.id} and run {earlier.id}, to which it goes back, looked at no common environment")
    if earlier.finished_at > run.started_at:
        odd.append(f"run {run.id} began before run {earlier.id}, to which it goes back, had ended: a clock was wrong")
    return odd


def shares_environment(one: Statement, other: Statement) -> bool:
    """True where the runs of two packs looked at a common environment."""
    return bool(set(one.predicate.run.environments) & set(other.predicate.run.environments))


def _broken(message: str) -> Problem:
    return Problem(kind=Kind.CHAIN, message=message)
