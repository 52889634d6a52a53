"""How long data stays, and whether it can be lost before that: expiry, backups, protection against deletion."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.families.cloud.retention_window import AGREED, Window, window
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown, worst
from checks.resource_graph.leaves import is_set, items
from checks.resource_graph.stack import Stack
from checks.resource_graph.stores import BUCKETS, DATABASES, TABLE, about_bucket
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.leaves import leaves
from scanner.model.resource import ABSENT, UNKNOWN, CloudValue, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_SELECTION: Final = "aws:backup/selection:Selection"
_PLAN: Final = "aws:backup/plan:Plan"
_SHORTEST_BACKUP_DAYS: Final = 7  # Security Hub control RDS.11
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _expires(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack, agreed = Stack(declared=case.driver.fact), window(case)

    def judge(one: Resource) -> Judgement:
        return _table_expiry(one) if one.token == TABLE else _bucket_expiry(stack, one, agreed)

    return judge_each(case, stack.of(TABLE, *BUCKETS), "table or bucket", judge)


def _table_expiry(table: Resource) -> Judgement:
    ttl = table.get("ttl.enabled")
    if ttl is UNKNOWN:
        return unknown("whether its items expire")
    if ttl is True and is_set(table.get("ttl.attributeName")):
        return passes(f"items end at their {table.get('ttl.attributeName')}")
    return fails("its items stay for ever: no expiry (TTL) is declared")


def _bucket_expiry(stack: Stack, bucket: Resource, agreed: Window) -> Judgement:
    settings = about_bucket(stack, bucket, "BucketLifecycleConfiguration")
    rules = [rule for one in settings for rule in items(one.get("rules"))] + list(items(bucket.get("lifecycleRules")))
    if UNKNOWN in rules:
        return unknown("how long its objects stay")
    ending = [rule for rule in rules if isinstance(rule, Mapping) and _ends(rule)]
    if ending and _versioned(stack, bucket) and not any(_ends_versions(rule) for rule in ending):
        return fails("keeps versions, and those that expired stay for ever: no rule ends noncurrent versions")
    for_all = [rule for rule in ending if _for_all(rule)]
    if for_all:
        return _in_time(for_all, agreed)
    if ending:
        return undecided("its lifecycle rules end some of its objects only, by their filters")
    return fails("its objects stay for ever: no lifecycle rule expires them", by_absence=True)


def _in_time(rules: Sequence[Mapping[str, CloudValue]], agreed: Window) -> Judgement:
    """The first rule that applies ends an object; a date or a number that is not known holds against no contract."""
    blocks = [block for rule in rules for block in items(rule.get("expiration", ABSENT))]
    days = [block.get("days", ABSENT) if isinstance(block, Mapping) else block for block in blocks]
    counted = [each for each in days if isinstance(each, int | float) and each > 0]
    if agreed.longest is None or (counted and min(counted) <= agreed.longest):
        return passes("a lifecycle rule ends its objects")
    if UNKNOWN in days or not counted:
        return unknown("after how many days its objects end")
    return agreed.broken(
        f"its objects end after {min(counted):g} days; the contract with {agreed.longest_by} allows {agreed.longest}"
    )


def _ends(rule: Mapping[str, CloudValue]) -> bool:
    in_force = rule.get("status", "Enabled") == "Enabled" and rule.get("enabled", True) is not False
    periods = [block for block in items(rule.get("expiration", ABSENT)) if block is UNKNOWN or _dated(block)]
    return in_force and bool(periods)


def _dated(block: CloudValue) -> bool:
    """A rule may as well only tidy up markers of what was deleted (`expiredObjectDeleteMarker`)."""
    return isinstance(block, Mapping) and any(is_set(block.get(name, ABSENT)) for name in ("days", "date"))


def _ends_versions(rule: Mapping[str, CloudValue]) -> bool:
    return any(
        is_set(rule.get(name, ABSENT)) for name in ("noncurrentVersionExpiration", "noncurrentVersionExpirations")
    )


def _for_all(rule: Mapping[str, CloudValue]) -> bool:
    """No filter, or one that every object passes: by an empty prefix."""
    filters = [*items(rule.get("filter", ABSENT)), {"prefix": rule.get("prefix", ABSENT)}]
    return not any(is_set(leaf) for one in filters for leaf in leaves(one))


def _versioned(stack: Stack, bucket: Resource) -> bool:
    states = [one.get("versioningConfiguration.status") for one in about_bucket(stack, bucket, "BucketVersioning")]
    return bucket.get("versioning.enabled") is True or "Enabled" in states


def _recoverable(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)

    def judge(one: Resource) -> Judgement:
        own = _own_copies(stack, one)
        selected = stack.referring(one, "resources", _SELECTION)
        return passes(f"backed up by the selection {selected[0].name}") if selected else own

    return judge_each(case, stack.of(TABLE, *BUCKETS, *DATABASES), "table, bucket or database", judge)


def _own_copies(stack: Stack, one: Resource) -> Judgement:
    if one.token == TABLE:
        return _is_true(one.get("pointInTimeRecovery.enabled"), "point-in-time recovery")
    if one.token in DATABASES:
        days = one.get("backupRetentionPeriod")
        if days is UNKNOWN:
            return unknown("how long its backups are kept")
        long_enough = isinstance(days, int | float) and days >= _SHORTEST_BACKUP_DAYS
        return (
            passes(f"backups of {days} days")
            if long_enough
            else fails(f"backups of less than {_SHORTEST_BACKUP_DAYS} days")
        )
    states = [x.get("versioningConfiguration.status") for x in about_bucket(stack, one, "BucketVersioning")]
    if one.get("versioning.enabled") is True or "Enabled" in states:
        return passes("keeps versions of its objects")
    return unknown("whether it keeps versions") if UNKNOWN in states else fails("keeps no versions", by_absence=True)


def _is_true(value: CloudValue, what: str) -> Judgement:
    if value is UNKNOWN:
        return unknown(f"whether it has {what}")
    return passes(f"has {what}") if value is True else fails(f"has no {what}")


def _protected(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(TABLE, *BUCKETS, *DATABASES), "table, bucket or database", _cannot_be_deleted)


def _cannot_be_deleted(one: Resource) -> Judgement:
    if one.token in BUCKETS:
        emptied = one.get("forceDestroy")
        if emptied is UNKNOWN:
            return unknown("whether it is emptied with the stack")
        return (
            fails("is emptied and deleted with the stack (force_destroy)")
            if emptied is True
            else passes("cannot be deleted while it holds objects")
        )
    name = "deletionProtectionEnabled" if one.token == TABLE else "deletionProtection"
    return _is_true(one.get(name), "deletion protection")


def _backups_end(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack, agreed = Stack(declared=case.driver.fact), window(case)

    def judge(plan: Resource) -> Judgement:
        rules = items(plan.get("rules"))
        said = worst(_backup_end(rule, agreed) for rule in rules)
        return said or undecided("it has no rules")

    return judge_each(case, stack.of(_PLAN), "AWS Backup plan", judge)


def _backup_end(rule: CloudValue, agreed: Window) -> Judgement:
    if not isinstance(rule, Mapping):
        return unknown("how long its backups stay")
    lifecycle = rule.get("lifecycle", ABSENT)
    days = lifecycle.get("deleteAfter", ABSENT) if isinstance(lifecycle, Mapping) else lifecycle
    if days is UNKNOWN:
        return unknown("how long its backups stay")
    if not is_set(days):
        return fails("its backups stay for ever")
    if agreed.longest is not None and isinstance(days, int | float) and days > agreed.longest:
        allowed = f"the contract with {agreed.longest_by} allows {agreed.longest}"
        return agreed.broken(f"backups end after {days:g} days; {allowed}")
    return passes(f"backups end after {days} days")


EXPIRES: Final = Check(
    id="cloud-data-expires",
    title="What tables and buckets hold comes to an end",
    controls=("OCPI-PRV-03",),
    severity=Severity.MEDIUM,
    source="GDPR, article 5(1)(e); DynamoDB Developer Guide, time to live; S3 User Guide, lifecycle",
    looks_at=_NEEDS,
    joins=AGREED,
    judge=_expires,
    remediation="Declare ttl on the table and write the end into each item; give the bucket a rule that expires.",
    witness=Witness.CLOUD_DECLARED,
)
RECOVERABLE: Final = Check(
    id="cloud-data-recoverable",
    title="What must be kept can be brought back: point-in-time recovery, versions, backups",
    controls=("OCPI-PRV-03",),
    severity=Severity.MEDIUM,
    source="DynamoDB Developer Guide, point-in-time recovery; S3 User Guide, versioning; Security Hub control RDS.11",
    looks_at=_NEEDS,
    judge=_recoverable,
    remediation="Enable point-in-time recovery, versioning, or put the store into a selection of AWS Backup.",
    witness=Witness.CLOUD_DECLARED,
)
PROTECTED: Final = Check(
    id="cloud-data-not-deleted-by-accident",
    title="Tables, buckets and databases with data in them refuse to be deleted",
    controls=("OCPI-PRV-03",),
    severity=Severity.MEDIUM,
    source="DynamoDB Developer Guide, using deletion protection; Security Hub controls DynamoDB.6 and RDS.8",
    looks_at=_NEEDS,
    judge=_protected,
    remediation="Set deletion_protection_enabled (table) or deletion_protection (database); leave force_destroy unset.",
    witness=Witness.CLOUD_DECLARED,
)
BACKUPS_END: Final = Check(
    id="cloud-data-backups-expire",
    title="Backups come to an end as well",
    controls=("OCPI-PRV-03",),
    severity=Severity.LOW,
    source="GDPR, article 5(1)(e); AWS Backup Developer Guide, lifecycle",
    looks_at=_NEEDS,
    joins=AGREED,
    judge=_backups_end,
    remediation="Set lifecycle.delete_after in every rule of the plan.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (EXPIRES, RECOVERABLE, PROTECTED, BACKUPS_END)
