"""Whether all logs of an environment end in one place, so that one question can be put to all of them."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from checks.families.cloud.judge_each import verdict_on
from checks.families.cloud.judge_environment import BY_ENVIRONMENT, environment_stack
from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from checks.resource_graph.judgement import Judgement, fails, passes, undecided
from checks.resource_graph.written_logs import WrittenLog, written_logs
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_RATHER: Final = ("account:", "logs:")  # which of two places with as many logs counts as the central one
_UNIT: Final = "log"
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _central(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = environment_stack(case)
    missing = tuple(reason for sighting in case.drivers for reason in sighting.fact.missing)
    logs = tuple(written_logs(stack))
    if not logs:
        looked = f"looked for a log among {len(stack.declared.resources)} declared resources"
        yield case.inconclusive(f"{looked}; {missing[0]}") if missing else case.not_applicable(looked)
        return
    counted = Counter(key for log in logs for key in log.keys)
    most = max(counted, key=lambda key: (counted[key], *(key.startswith(kind) for kind in _RATHER), key), default="")
    said = next((place.said for log in logs for place in log.places if place.key == most), "")
    for log in logs:
        population = Population(examined=1, of=len(logs), unit=_UNIT)
        yield verdict_on(case, log.writer, _judged(log, most, said, counted[most], len(logs)), missing, population)


def _judged(log: WrittenLog, most: str, said: str, number: int, every: int) -> Judgement:
    if not log.places:
        return fails("writes its log nowhere")
    if most in log.keys:
        return passes(f"ends in {said}, as {number} of {every} logs do")
    doubt = next((place.doubt for place in log.places if place.doubt), "")
    if doubt:
        return undecided(doubt)
    return fails(f"ends in {log.places[0].said}, apart from {number} of {every} logs, which end in {said}")


CENTRAL: Final = Check(
    id="cloud-logs-central",
    title="All logs of an environment end in one place",
    controls=("OCPI-LOG-01",),
    severity=Severity.MEDIUM,
    source="Amazon CloudWatch Logs User Guide, subscriptions; AWS Well-Architected Framework, SEC04-BP02",
    looks_at=_NEEDS,
    judge=_central,
    group_by=BY_ENVIRONMENT,
    remediation="Write every log to CloudWatch Logs of one account and region, or hand every log on to one log archive "
    "by subscription filters, so that one query finds both sides of an exchange.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (CENTRAL,)
