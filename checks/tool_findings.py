"""From another tool's verdicts to findings: a table maps its rules to controls, what the table leaves out maps to none.

They stand beside the findings of our checks under the tool's own ids. What the tool did not answer is `inconclusive`
where the rule matters to the checklist; elsewhere ("general cloud hygiene") only the tool's fails are listed.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from checks.model.finding import Finding, fingerprint
from checks.model.tool_rule import ToolRule
from checks.model.verdict import Outcome
from scanner.model.severity import Severity
from scanner.model.tool_verdict import ToolOutcome, ToolVerdict
from scanner.model.witness import Witness

RULES_SEEN_BY: Final = Witness.CLOUD_DECLARED  # whose probe runs the tools that have a mapping
RuleTable = Mapping[tuple[str, str], ToolRule]  # by tool and rule

_OUTCOME: Final = {
    ToolOutcome.PASS: Outcome.PASS,
    ToolOutcome.FAIL: Outcome.FAIL,
    ToolOutcome.NO_ANSWER: Outcome.INCONCLUSIVE,
}
_WORST: Final = (Outcome.PASS, Outcome.INCONCLUSIVE, Outcome.FAIL)


def tool_findings(verdicts: Iterable[ToolVerdict], rules: RuleTable) -> tuple[Finding, ...]:
    """One finding for each rule and subject that matters, sorted; of several verdicts on it the worst stands."""
    findings: dict[str, Finding] = {}
    for finding in _findings(verdicts, rules):
        known = findings.get(finding.fingerprint, finding)
        findings[finding.fingerprint] = max(known, finding, key=lambda f: (_WORST.index(f.outcome), f.message))
    return tuple(sorted(findings.values(), key=Finding.sort_key))


def _findings(verdicts: Iterable[ToolVerdict], rules: RuleTable) -> Iterator[Finding]:
    for verdict in verdicts:
        rule = rules.get((verdict.tool, verdict.rule))
        if rule is not None or verdict.outcome is ToolOutcome.FAIL:
            yield _finding(verdict, rule)


def _finding(verdict: ToolVerdict, rule: ToolRule | None) -> Finding:
    severity = rule.severity if rule else verdict.severity or Severity.INFO
    return Finding(
        fingerprint=fingerprint(f"{verdict.tool}:{verdict.rule}", verdict.subject),
        check=verdict.rule,
        title=verdict.title,
        controls=rule.controls if rule else (),
        outcome=_OUTCOME[verdict.outcome],
        severity=severity,
        witness=verdict.witness,
        subject=verdict.subject,
        message=verdict.detail or f"{verdict.tool} says {verdict.outcome.replace('_', ' ')}",
        source=f"{verdict.tool} {verdict.tool_version}",
        evidence=verdict.evidence,
        remediation=rule.remediation if rule else "",
        claim=rule.claim if rule else None,
        tool=verdict.tool,
        position=verdict.position,
    )
