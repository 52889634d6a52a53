"""How long logs stay: long enough for a dispute and an investigation, and not for ever."""

from collections.abc import Iterable
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.families.cloud.retention_window import AGREED, Window, window
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown
from checks.resource_graph.stack import Stack
from checks.resource_graph.stores import LOG_GROUP
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

# What Security Hub asks for (control CloudWatch.16) and what PCI DSS 4.0 does (10.5.1: twelve months).
SHORTEST_DAYS: Final = 365
# The longest duty to keep accounting records that OCPI parties in Europe commonly have (ten years, German AO 147 (3)).
LONGEST_DAYS: Final = 3653
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _retention(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack, agreed = Stack(declared=case.driver.fact), window(case)
    return judge_each(case, stack.of(LOG_GROUP), "log group", lambda group: _kept(group, agreed))


def _kept(group: Resource, agreed: Window) -> Judgement:
    days = group.get("retentionInDays")
    if days is UNKNOWN:
        return unknown("how long it is kept")
    if not isinstance(days, int | float) or days == 0:
        return fails("is kept for ever: no retention is set")
    if agreed.conflict:
        return undecided(f"is kept for {days:g} days, and {agreed.conflict}")
    if days < (agreed.shortest or SHORTEST_DAYS):
        said = f"is kept for {days:g} days only; {_asked(agreed)}"
        return fails(said) if agreed.shortest is None else agreed.broken(said)
    if days > (agreed.longest or LONGEST_DAYS):
        said = f"is kept for {days:g} days, {_allowed(agreed)}"
        return fails(said) if agreed.longest is None else agreed.broken(said)
    return passes(
        f"is kept for {days:g} days, between {agreed.shortest or SHORTEST_DAYS} and {agreed.longest or LONGEST_DAYS}"
    )


def _asked(agreed: Window) -> str:
    if agreed.shortest is None:
        return f"disputes and investigations take {SHORTEST_DAYS}"
    return f"the contract with {agreed.shortest_by} asks for {agreed.shortest}"


def _allowed(agreed: Window) -> str:
    if agreed.longest is None:
        return f"longer than any duty asks ({LONGEST_DAYS})"
    return f"longer than the contract with {agreed.longest_by} allows ({agreed.longest})"


RETENTION: Final = Check(
    id="cloud-logs-retention-in-window",
    title=f"Log groups are kept as contracts say; {SHORTEST_DAYS} to {LONGEST_DAYS} days where they say nothing",
    controls=("OCPI-PRV-03", "OCPI-LOG-04"),
    severity=Severity.MEDIUM,
    source="Security Hub control CloudWatch.16; PCI DSS 4.0, 10.5.1; GDPR, article 5(1)(e)",
    looks_at=_NEEDS,
    joins=AGREED,
    judge=_retention,
    remediation=f"Set retention_in_days to what the contracts say, from {SHORTEST_DAYS} to {LONGEST_DAYS}.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (RETENTION,)
