"""The audit trail of the accounts, what is seen of the network, and where evidence is locked away."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.families.cloud.judge_environment import BY_ENVIRONMENT, environment_stack, judge_each_of_environment
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown
from checks.resource_graph.leaves import is_set, items, word
from checks.resource_graph.policy_documents import EVERYBODY, Statement
from checks.resource_graph.policy_reach import covers_action
from checks.resource_graph.stack import Stack
from checks.resource_graph.stores import BUCKETS, EVIDENCE, about_bucket, key_at, policies_on
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.leaves import texts
from scanner.model.resource import ABSENT, UNKNOWN, CloudValue, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_TRAIL: Final = "aws:cloudtrail/trail:Trail"
_VPC: Final = "aws:ec2/vpc:Vpc"
_DEFAULT_VPC: Final = "aws:ec2/defaultVpc:DefaultVpc"
_FLOW_LOG: Final = "aws:ec2/flowLog:FlowLog"
_LOCK: Final = "BucketObjectLockConfiguration"
_BYPASS: Final = "s3:BypassGovernanceRetention"
_SHORTEST_LOCK_DAYS: Final = 365  # as long as logs are kept at least
_DAYS_A_YEAR: Final = 365
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _trails(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = environment_stack(case)
    return judge_each_of_environment(case, stack.of(_TRAIL), "audit trail", lambda one: _complete(stack, one))


def _complete(stack: Stack, trail: Resource) -> Judgement:
    if trail.get("enableLogging") is False:
        return fails("is switched off")
    asked = {"isMultiRegionTrail": "covers one region only", "enableLogFileValidation": "has no log file validation"}
    wrong = [text for name, text in asked.items() if trail.get(name) not in (True, UNKNOWN)]
    if trail.get("includeGlobalServiceEvents") is False:
        wrong.append("leaves out IAM and other global services")
    wrong += _left_out(trail)
    if wrong:
        return fails(" and ".join(wrong))
    if any(trail.get(name) is UNKNOWN for name in asked):
        return unknown("how much it covers")
    key = key_at(stack, trail, "kmsKeyId")
    return (
        passes("covers every region, is validated, and lies under a key of its own")
        if is_set(trail.get("kmsKeyId"))
        else key
    )


def _left_out(trail: Resource) -> Iterator[str]:
    """Selectors replace what a trail records by itself: all management events."""
    chosen = [one for one in items(trail.get("eventSelectors")) if isinstance(one, Mapping)]
    whole = [one for one in chosen if one.get("includeManagementEvents") in (True, None, ABSENT, UNKNOWN)]
    if chosen and not any("includeManagementEvents" not in one or one in whole for one in chosen):
        yield "leaves out management events"
    elif chosen and all(one.get("readWriteType", "All") not in ("All", None, UNKNOWN) for one in chosen):
        yield "leaves out part of the events (read_write_type)"
    advanced = [set(texts(one)) for one in items(trail.get("advancedEventSelectors")) if one is not UNKNOWN]
    if advanced and not any("Management" in words for words in advanced):
        yield "leaves out management events"


def _locked(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = environment_stack(case)
    kept = {bucket.urn for trail in stack.of(_TRAIL) for bucket in stack.referred(trail, "s3BucketName", *BUCKETS)}
    named = (one for one in stack.of(*BUCKETS) if one.urn in kept or _names_evidence(one))
    return judge_each_of_environment(case, named, "bucket of audit evidence", lambda one: _immutable(stack, one))


def _names_evidence(bucket: Resource) -> bool:
    words = f"{bucket.name} {bucket.inputs.get('bucket', '')}".lower()
    return any(word in words for word in EVIDENCE)


def _immutable(stack: Stack, bucket: Resource) -> Judgement:
    enabled = bucket.get("objectLockEnabled")
    settings = about_bucket(stack, bucket, _LOCK)
    if not settings and enabled is not UNKNOWN:
        return fails("what it holds can be deleted or changed: no object lock with a retention", by_absence=True)
    if not settings:
        return unknown("whether it has object lock")
    retention = settings[0].get("rule.defaultRetention")
    if retention is UNKNOWN:
        return unknown("how long its objects are locked")
    days, years = settings[0].get("rule.defaultRetention.days"), settings[0].get("rule.defaultRetention.years")
    locked = days if isinstance(days, int | float) else years * _DAYS_A_YEAR if isinstance(years, int | float) else 0
    if locked < _SHORTEST_LOCK_DAYS:
        return fails(f"locks its objects for {locked:g} days only, less than {_SHORTEST_LOCK_DAYS}")
    return _for_all(stack, bucket, settings[0].get("rule.defaultRetention.mode"), f"for {locked:g} days")


def _for_all(stack: Stack, bucket: Resource, mode: CloudValue, how_long: str) -> Judgement:
    """Whoever has s3:BypassGovernanceRetention gets past the mode GOVERNANCE; past COMPLIANCE nobody."""
    if mode == "COMPLIANCE":
        return passes(f"locks its objects {how_long}: nobody can delete them before")
    if mode != "GOVERNANCE":
        return unknown("in which mode it locks its objects")
    documents = policies_on(stack, bucket)
    if any(_denies_bypass(one) for document in documents for one in document.statements):
        return passes(f"locks its objects {how_long}, and denies everybody to bypass that (GOVERNANCE)")
    doubt = next((document.doubt for document in documents if document.doubt), "")
    return (
        undecided(f"whether somebody may bypass its lock: {doubt}")
        if doubt
        else fails(
            f"locks its objects {how_long} in mode GOVERNANCE: whoever may s3:BypassGovernanceRetention deletes them",
            by_absence=True,
        )
    )


def _denies_bypass(one: Statement) -> bool:
    to_all = any(who.name == EVERYBODY for who in one.principals)
    objects = any(resource.endswith("*") for resource in one.resources)
    return not one.allows and to_all and objects and not one.conditions and covers_action(one, _BYPASS)


def _flow_logs(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)

    def judge(network: Resource) -> Judgement:
        logs = stack.referring(network, "vpcId", _FLOW_LOG)
        if not logs:
            return fails("nothing logs its traffic", by_absence=True)
        kinds = {word(one.get("trafficType")) for one in logs}
        if kinds & {"ALL", ABSENT}:
            return passes(f"flow log {logs[0].name} logs all its traffic")
        return unknown("which traffic is logged") if UNKNOWN in kinds else fails(f"logs {min(map(str, kinds))} only")

    return judge_each(case, stack.of(_VPC, _DEFAULT_VPC), "network", judge)


TRAIL: Final = Check(
    id="cloud-logs-audit-trail",
    title="An audit trail covers every region, is validated and lies under a key of its own",
    controls=("OCPI-LOG-04",),
    severity=Severity.HIGH,
    source="AWS CloudTrail User Guide, security best practices: preventative and detective",
    looks_at=_NEEDS,
    judge=_trails,
    group_by=BY_ENVIRONMENT,
    remediation="Declare aws.cloudtrail.Trail with is_multi_region_trail, enable_log_file_validation and kms_key_id.",
    witness=Witness.CLOUD_DECLARED,
)
LOCKED: Final = Check(
    id="cloud-logs-evidence-locked",
    title="Buckets of trails and audit evidence lock their objects",
    controls=("OCPI-LOG-04", "OCPI-EXT-26"),
    severity=Severity.HIGH,
    source="Amazon S3 User Guide, locking objects with Object Lock",
    looks_at=_NEEDS,
    judge=_locked,
    group_by=BY_ENVIRONMENT,
    remediation=f"Enable object lock and declare a default retention of {_SHORTEST_LOCK_DAYS} days or more, "
    "in mode COMPLIANCE; or GOVERNANCE, and deny s3:BypassGovernanceRetention to everybody.",
    witness=Witness.CLOUD_DECLARED,
)
FLOW_LOGS: Final = Check(
    id="cloud-logs-of-the-network",
    title="Every network logs all its traffic",
    controls=("OCPI-LOG-01",),
    severity=Severity.MEDIUM,
    source="Amazon VPC User Guide, logging IP traffic using VPC Flow Logs",
    looks_at=_NEEDS,
    judge=_flow_logs,
    remediation="Declare aws.ec2.FlowLog with traffic_type ALL for the VPC.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (TRAIL, LOCKED, FLOW_LOGS)
