"""Disagreements: witnesses that contradict each other about one claim."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from checks.model.finding import Finding
from checks.model.verdict import Outcome
from reports.model.posture import Disagreement, WitnessStatement
from scanner.model.witness import Witness

_YES: Final = frozenset({Outcome.PASS})
_NO: Final = frozenset({Outcome.FAIL, Outcome.WAIVED})  # a waiver accepts a fail, it does not deny it


def _statement(witness: Witness, findings: Sequence[Finding]) -> WitnessStatement:
    denials = [finding for finding in findings if finding.outcome in _NO]
    speaking = denials or findings
    return WitnessStatement(
        witness=witness,
        outcome=speaking[0].outcome,
        message=speaking[0].message,
        findings=tuple(finding.fingerprint for finding in speaking),
    )


def _by_witness(findings: Iterable[Finding]) -> dict[Witness, list[Finding]]:
    speaking: dict[Witness, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.outcome in _YES | _NO:
            speaking[finding.witness].append(finding)
    return {witness: speaking[witness] for witness in Witness if witness in speaking}


def _contradict(speaking: dict[Witness, list[Finding]]) -> bool:
    yes = {witness for witness, said in speaking.items() if any(f.outcome in _YES for f in said)}
    no = {witness for witness, said in speaking.items() if any(f.outcome in _NO for f in said)}
    return any(witness != other for witness in yes for other in no)


def disagreements(findings: Iterable[Finding]) -> tuple[Disagreement, ...]:
    """One disagreement per claim and environment on which one witness passes and a different one fails.

    A witness that both passes and fails (two hosts) speaks with its fails.
    """
    claims: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in sorted(findings, key=Finding.sort_key):
        if finding.claim is not None:
            claims[finding.environment, finding.claim].append(finding)
    return tuple(
        Disagreement(
            claim=claim,
            environment=environment,
            controls=tuple(sorted({control for finding in said for control in finding.controls})),
            statements=tuple(_statement(witness, of) for witness, of in _by_witness(said).items()),
        )
        for (environment, claim), said in sorted(claims.items())
        if _contradict(_by_witness(said))
    )
