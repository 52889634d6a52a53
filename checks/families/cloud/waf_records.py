"""What a web ACL keeps of requests: all decisions in a log, and neither there nor in samples a credentials token."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from checks.families.cloud.judge_firewalls import NEEDS, judge_firewalls
from checks.model.check import Case, Check
from checks.model.verdict import Verdict
from checks.resource_graph.firewall import RuleSet
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown
from checks.resource_graph.leaves import items
from checks.resource_graph.nested import at
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, UNKNOWN, CloudValue, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_LOGGING: Final = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
_HEADER: Final = "authorization"
_SAMPLES: Final = "visibilityConfig.sampledRequestsEnabled"


def _logged(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    def judge(stack: Stack, acl: Resource, _rules: RuleSet) -> Judgement:
        logs = stack.referring(acl, "resourceArn", _LOGGING)
        if not logs:
            return fails("what it refuses stands in no log", by_absence=True)
        kept = at(logs[0].get("loggingFilter"), "defaultBehavior")
        if kept == "DROP":
            return undecided(f"{logs[0].name} keeps some decisions only, by its filter")
        if any(at(one, "behavior") == "DROP" for one in items(at(logs[0].get("loggingFilter"), "filters"))):
            return undecided(f"a filter of {logs[0].name} drops some decisions")
        return passes(f"{logs[0].name} keeps its decisions")

    return judge_firewalls(case, judge)


def _logs_hide(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    def judge(stack: Stack, acl: Resource, _rules: RuleSet) -> Judgement:
        if _protected(acl):
            return passes("data protection takes the Authorization header out of everything it keeps")
        return _left_out(stack, acl, _is_header, "the Authorization header", ", which is the credentials token")

    return judge_firewalls(case, judge)


def _paths(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    def judge(stack: Stack, acl: Resource, _rules: RuleSet) -> Judgement:
        return _left_out(stack, acl, _is_path, "paths", ", in which OCPI has the uids of drivers' tokens")

    return judge_firewalls(case, judge)


def _left_out(stack: Stack, acl: Resource, is_it: Callable[[CloudValue], bool], what: str, why: str) -> Judgement:
    logs = stack.referring(acl, "resourceArn", _LOGGING)
    fields = [field for log in logs for field in items(log.get("redactedFields"))]
    if UNKNOWN in fields:
        return unknown("what its log leaves out")
    if not logs:
        return passes("it writes no log", by_absence=True)
    if any(map(is_it, fields)):
        return passes(f"{logs[0].name} leaves {what} out")
    return fails(f"{logs[0].name} writes {what}{why}")


def _is_header(field: CloudValue) -> bool:
    return str(at(field, "singleHeader.name")).lower() == _HEADER


def _is_path(field: CloudValue) -> bool:
    return isinstance(field, Mapping) and at(field, "uriPath") is not ABSENT


def _samples(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    return judge_firewalls(case, _samples_hide)


def _samples_hide(_stack: Stack, acl: Resource, rules: RuleSet) -> Judgement:
    if _protected(acl):
        return passes("data protection takes the Authorization header out of samples")
    settings: dict[str, CloudValue] = {"the web ACL itself": acl.get(_SAMPLES)}
    settings |= {rule.name: at(rule.values, _SAMPLES) for rule in rules.rules}
    showing = [name for name, value in settings.items() if value is True]
    if showing:
        return fails(f"samples of requests show the Authorization header, whatever the log leaves out: {showing[0]}")
    if UNKNOWN in settings.values():
        return unknown("whether it keeps samples")
    return passes("keeps no samples of requests", by_absence=True)


def _protected(acl: Resource) -> bool:
    """Data protection of a web ACL holds for logs and samples alike."""
    return any(
        at(one, "field.fieldType") == "SINGLE_HEADER"
        and _HEADER in {str(key).lower() for key in items(at(one, "field.fieldKeys"))}
        for one in items(acl.get("dataProtectionConfig.dataProtections"))
    )


LOGGED: Final = Check(
    id="cloud-waf-logged",
    title="Every decision of the web ACL is logged",
    controls=("OCPI-LOG-01",),
    severity=Severity.MEDIUM,
    source="AWS WAF Developer Guide, logging web ACL traffic",
    looks_at=NEEDS,
    judge=_logged,
    remediation="Declare aws.wafv2.WebAclLoggingConfiguration for the web ACL.",
    witness=Witness.CLOUD_DECLARED,
)
LOGS_HIDE_TOKENS: Final = Check(
    id="cloud-waf-logs-without-tokens",
    title="The log of the web ACL holds no credentials token",
    controls=("OCPI-VUL-07",),
    severity=Severity.HIGH,
    source="AWS WAF Developer Guide, logging web ACL traffic: redacted fields",
    looks_at=NEEDS,
    judge=_logs_hide,
    remediation="Add the authorization header to redacted_fields, or protect it by data_protection_config.",
    witness=Witness.CLOUD_DECLARED,
)
LOGS_HIDE_PATHS: Final = Check(
    id="cloud-waf-logs-without-paths",
    title="The log of the web ACL holds no paths, which name drivers' tokens",
    controls=("OCPI-PRV-02",),
    severity=Severity.MEDIUM,
    source="OCPI 2.2.1, tokens module; AWS WAF Developer Guide, logging web ACL traffic: redacted fields",
    looks_at=NEEDS,
    judge=_paths,
    remediation="Add uri_path to redacted_fields; the gateway's own log has the template of the path.",
    witness=Witness.CLOUD_DECLARED,
)
SAMPLES_HIDE_TOKENS: Final = Check(
    id="cloud-waf-samples-without-tokens",
    title="Samples of requests that the web ACL keeps show no credentials token",
    controls=("OCPI-VUL-07",),
    severity=Severity.MEDIUM,
    source="AWS WAF Developer Guide, viewing a sample of web requests; data protection",
    looks_at=NEEDS,
    judge=_samples,
    remediation="Set sampled_requests_enabled to False everywhere, or protect the header by data_protection_config.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (LOGGED, LOGS_HIDE_TOKENS, LOGS_HIDE_PATHS, SAMPLES_HIDE_TOKENS)
