"""Who is told of abuse: an alarm for each of its patterns, each with somebody who listens."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.families.cloud.judge_environment import BY_ENVIRONMENT, environment_stack
from checks.model.check import Case, Check, Need
from checks.model.verdict import Outcome, Population, Verdict
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown, worst
from checks.resource_graph.leaves import is_set, items, word
from checks.resource_graph.stack import Stack
from checks.resource_graph.stores import TOPIC
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.leaves import texts
from scanner.model.resource import UNKNOWN, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_ALARM: Final = "aws:cloudwatch/metricAlarm:MetricAlarm"
_COMPOSITE: Final = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
_FILTER: Final = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
_SUBSCRIPTION: Final = "aws:sns/topicSubscription:TopicSubscription"
_RULE: Final = "aws:cloudwatch/eventRule:EventRule"
_TARGET: Final = "aws:cloudwatch/eventTarget:EventTarget"
_ENTRIES: Final = (
    *("aws:apigateway/stage:Stage", "aws:apigatewayv2/stage:Stage", "aws:lb/loadBalancer:LoadBalancer"),
    *("aws:alb/loadBalancer:LoadBalancer", "aws:lambda/functionUrl:FunctionUrl", "aws:apprunner/service:Service"),
)
# Abuse of an OCPI platform, and words by which a metric, a filter or an event rule shows that it counts it.
SIGNALS: Final[Mapping[str, re.Pattern[str]]] = {
    "token failures": re.compile(r"\b40[13]\b|authenticat|unauthori|4xxerror"),
    "bursts": re.compile(r"\b429\b|throttl|blockedrequests|burst"),
    "endpoints never used before": re.compile(
        r"\b404\b|unknown[-_ ]?(route|path|endpoint|resource)|never[-_ ]?used|anomaly"
    ),
    "error surges": re.compile(r"\b5\*|\b50[0-9]\b|5xx|\berrors\b"),
    "CDR volume": re.compile(r"(\b|_|/)cdrs?(\b|_)"),
    "credentials changes": re.compile(r"credentials|registration|putsecretvalue|secretsmanager"),
    "commands": re.compile(r"(\b|_|/)commands?(\b|_)"),
}
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _live(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(_ALARM, _COMPOSITE), "alarm", lambda alarm: _heard(stack, alarm))


def _heard(stack: Stack, alarm: Resource) -> Judgement:
    if alarm.get("actionsEnabled") is False:
        return fails("its actions are switched off")
    actions = alarm.get("alarmActions")
    if not is_set(actions) or not items(actions):
        above = [one for one in stack.of(_COMPOSITE) if one.urn != alarm.urn and _is_part(alarm, one)]
        heard = worst(_heard(stack, one) for one in above if items(one.get("alarmActions")))
        return heard or fails("nobody is told: it has no action", by_absence=True)
    topics = stack.referred(alarm, "alarmActions", TOPIC)
    if not topics:
        return (
            unknown("whom it tells")
            if UNKNOWN in items(actions)
            else undecided("whom it tells is not declared in this stack")
        )
    listened = [topic for topic in topics if stack.referring(topic, "topic", _SUBSCRIPTION)]
    if listened:
        return passes(f"tells the subscribers of topic {listened[0].name}")
    return fails(f"topic {topics[0].name} has no subscriber", by_absence=True)


def _is_part(alarm: Resource, composite: Resource) -> bool:
    """True where the rule of a composite alarm names the alarm, which then has no action of its own as a rule."""
    names = {
        text for text in (alarm.get("name"), alarm.get("alarmName"), alarm.outputs.get("arn")) if isinstance(text, str)
    }
    rule = composite.get("alarmRule")
    by_text = isinstance(rule, str) and any(
        f"({quote}{name}{quote})" in rule for name in names for quote in ('"', "'", "")
    )
    return by_text or alarm.urn in composite.depends_on_by_property.get("alarmRule", ())


def _signals(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = environment_stack(case)
    entries = stack.of(*_ENTRIES)
    if not entries:
        looked = (
            f"looked for a stage, load balancer or service that partners call among {len(stack.declared.resources)}"
        )
        whole = stack.declared.complete
        yield case.not_applicable(looked) if whole else case.inconclusive(f"{looked}; {stack.declared.missing[0]}")
        return
    watched = {name: tuple(_watching(stack, pattern)) for name, pattern in SIGNALS.items()}
    for name, found in watched.items():
        yield _signal(case, name, found, stack.declared.missing)


def _signal(
    case: Case[DeclaredResources], name: str, found: tuple[tuple[str, Outcome], ...], missing: tuple[str, ...]
) -> Verdict:
    population = Population(examined=1, of=len(SIGNALS), unit="abuse pattern")
    heard = [who for who, outcome in found if outcome is Outcome.PASS]
    if heard:
        return case.passes(f"{name}: {heard[0]} tells somebody", field_path=name, population=population)
    doubt = (
        f"alarm {found[0][0]} counts it, and whom it tells is not known"
        if found and found[0][1] is Outcome.INCONCLUSIVE
        else ""
    )
    doubt = doubt or (f"no alarm counts it; but {missing[0]}" if missing else "")
    if doubt:
        return case.inconclusive(f"{name}: {doubt}", field_path=name)
    said = f"{name}: {found[0][0]} counts it and tells nobody" if found else f"{name}: no alarm or event rule counts it"
    return case.fails(said, field_path=name, population=population)


def _watching(stack: Stack, pattern: re.Pattern[str]) -> Iterator[tuple[str, Outcome]]:
    """Alarms and event rules that count what the pattern describes, and whether somebody hears of it."""
    for alarm in stack.of(_ALARM):
        if pattern.search(_words(stack, alarm)):
            yield alarm.name, _heard(stack, alarm).outcome
    for rule in stack.of(_RULE):
        off = rule.get("isEnabled") is False or rule.get("state") == "DISABLED"
        if not off and pattern.search(json.dumps(list(texts(rule.get("eventPattern")))).lower()):
            yield rule.name, Outcome.PASS if stack.referring(rule, "rule", _TARGET) else Outcome.FAIL


def _words(stack: Stack, alarm: Resource) -> str:
    """What an alarm counts: its metrics, and the patterns of the filters behind them. Its own name proves nothing."""
    metrics = {text for name in ("metricName", "metricQueries") for text in texts(alarm.get(name))}
    filters = [one for one in stack.of(_FILTER) if word(one.get("metricTransformation.name")) in metrics]
    patterns = [text for one in filters for text in texts(one.get("pattern"))]
    operator = "anomaly" if any("ANOMALY_DETECTION" in text for text in metrics) else ""
    return " ".join([*sorted(metrics), *patterns, operator]).lower()


LIVE: Final = Check(
    id="cloud-alarms-live",
    title="Every alarm tells somebody",
    controls=("OCPI-LOG-03",),
    severity=Severity.HIGH,
    source="Amazon CloudWatch User Guide, alarm actions; Amazon SNS Developer Guide, subscriptions",
    looks_at=_NEEDS,
    judge=_live,
    remediation="Set alarm_actions to a topic, and declare aws.sns.TopicSubscription for whoever is on call.",
    witness=Witness.CLOUD_DECLARED,
)
SIGNAL: Final = Check(
    id="cloud-alarms-for-abuse",
    title="Abuse raises an alarm: tokens, bursts, unused endpoints, errors, CDR volume, credentials, commands",
    controls=("OCPI-LOG-02", "OCPI-LOG-03"),
    severity=Severity.MEDIUM,
    source="NIST SP 800-92, 4.3; Amazon CloudWatch Logs User Guide, creating metrics from log events using filters",
    looks_at=_NEEDS,
    judge=_signals,
    group_by=BY_ENVIRONMENT,
    remediation="Declare a log metric filter for the pattern, and an alarm on its metric that tells somebody.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (LIVE, SIGNAL)
