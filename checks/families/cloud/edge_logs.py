"""Access logs of everything that partners call: stages of APIs, load balancers, distributions."""

from collections.abc import Iterable
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph import types as aws
from checks.resource_graph.entry_points import entry_points
from checks.resource_graph.judgement import Judgement, fails, passes, unknown
from checks.resource_graph.openapi import unread, without_stage
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, UNKNOWN, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_DELIVERY: Final = "aws:cloudwatch/logDeliverySource:LogDeliverySource"
_APIS: Final = (aws.REST_API, aws.HTTP_API)
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _access_logs(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    stages = (*stack.of(aws.REST_STAGE, aws.HTTP_STAGE), *without_stage(stack))
    public = {entry.resource.urn for entry in entry_points(stack)}
    balancers = (one for one in stack.of(*aws.BALANCERS, *aws.CLASSIC_BALANCERS) if one.urn in public)
    entries = (*stages, *balancers, *stack.of(aws.DISTRIBUTION))
    return judge_each(case, entries, "entry point", lambda one: _logs(stack, one))


def _logs(stack: Stack, one: Resource) -> Judgement:
    if one.token in _APIS:
        return unread(one)
    if one.token in (*aws.BALANCERS, *aws.CLASSIC_BALANCERS):
        return _balancer(one)
    return _distribution(stack, one) if one.token == aws.DISTRIBUTION else _stage(one)


def _stage(one: Resource) -> Judgement:
    if one.get("accessLogSettings") is UNKNOWN:
        return unknown("its access log")
    missing = [
        name for name in ("destinationArn", "format") if one.get(f"accessLogSettings.{name}") in (ABSENT, "", None)
    ]
    return (
        fails(f"writes no access log: {' and '.join(missing)} not set") if missing else passes("writes an access log")
    )


def _balancer(one: Resource) -> Judgement:
    enabled = one.get("accessLogs.enabled")
    if enabled is UNKNOWN:
        return unknown("its access log")
    classic = one.token in aws.CLASSIC_BALANCERS and one.get("accessLogs.bucket") not in (ABSENT, None, "")
    if enabled is True or (classic and enabled is not False):  # on unless said otherwise, where a bucket is named
        return passes("writes an access log")
    return fails("writes no access log: access_logs is not enabled")


def _distribution(stack: Stack, one: Resource) -> Judgement:
    """Standard logging to a bucket, or delivered by CloudWatch Logs (version 2)."""
    bucket = one.get("loggingConfig.bucket")
    delivered = stack.referring(one, "resourceArn", _DELIVERY)
    if bucket is UNKNOWN or delivered or bucket not in (ABSENT, None, ""):
        return passes("writes an access log")
    return fails("writes no access log: neither logging_config nor a log delivery", by_absence=True)


ACCESS_LOGS: Final = Check(
    id="cloud-edge-access-logs",
    title="Everything that partners call writes access logs",
    controls=("OCPI-LOG-01",),
    severity=Severity.HIGH,
    source="API Gateway Developer Guide, set up CloudWatch logging for REST APIs; Elastic Load Balancing, access logs",
    looks_at=_NEEDS,
    judge=_access_logs,
    remediation="Set access_log_settings of the stage, access_logs of the load balancer, logging_config of CloudFront.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (ACCESS_LOGS,)
