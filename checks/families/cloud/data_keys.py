"""Keys over stores: of one's own, rotated, one kind of data each under a policy that the account decides."""

from collections.abc import Iterable
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph.judgement import Judgement, fails, passes, unknown
from checks.resource_graph.stack import Stack
from checks.resource_graph.stores import (
    BUCKETS,
    DATABASES,
    KEY,
    LOG_GROUP,
    QUEUE,
    SECRET,
    STREAM,
    TABLE,
    TOPIC,
    VAULT,
    has_own_key,
)
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_SYMMETRIC: Final = "SYMMETRIC_DEFAULT"
_SHORTEST_WAIT_DAYS: Final = (
    14  # a key that is deleted takes its data along; 30 is what AWS waits unless told otherwise
)
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _data(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    stores = stack.of(TABLE, *BUCKETS, *DATABASES, QUEUE, TOPIC, STREAM, VAULT)
    return judge_each(case, stores, "store", lambda store: has_own_key(stack, store))


def _logs(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(LOG_GROUP), "log group", lambda group: has_own_key(stack, group))


def _secrets(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(SECRET), "secret", lambda secret: has_own_key(stack, secret))


def _rotated(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(KEY), "key", _kept_fresh)


def _kept_fresh(key: Resource) -> Judgement:
    window = key.get("deletionWindowInDays")
    if isinstance(window, int | float) and window < _SHORTEST_WAIT_DAYS:
        return fails(f"is gone {window:g} days after its deletion was asked for, and all data under it with it")
    if key.get("isEnabled") is False:
        return fails("is disabled: what lies under it cannot be read")
    kind = key.get("customerMasterKeySpec")
    if isinstance(kind, str) and kind != _SYMMETRIC:
        return passes(f"is of kind {kind}, which KMS does not rotate by itself")
    rotates = key.get("enableKeyRotation")
    if rotates is UNKNOWN:
        return unknown("whether it is rotated")
    return passes("is rotated every year or more often") if rotates is True else fails("is never rotated")


DATA_KEY: Final = Check(
    id="cloud-data-own-key",
    title="Every store lies under a KMS key of the account's own",
    controls=("OCPI-PRV-02", "OCPI-PRV-04"),
    severity=Severity.HIGH,
    source="AWS KMS Developer Guide, customer managed keys",
    looks_at=_NEEDS,
    judge=_data,
    remediation="Declare an aws.kms.Key for this kind of data and name it in the store.",
    witness=Witness.CLOUD_DECLARED,
)
LOGS_KEY: Final = Check(
    id="cloud-logs-own-key",
    title="Every log group lies under a KMS key of the account's own",
    controls=("OCPI-PRV-02",),
    severity=Severity.MEDIUM,
    source="CloudWatch Logs User Guide, encrypt log data using AWS KMS",
    looks_at=_NEEDS,
    judge=_logs,
    remediation="Set kms_key_id, and let the service of CloudWatch Logs use the key.",
    witness=Witness.CLOUD_DECLARED,
)
SECRETS_KEY: Final = Check(
    id="cloud-secrets-own-key",
    title="Every secret lies under a KMS key of the account's own",
    controls=("OCPI-VUL-07",),
    severity=Severity.HIGH,
    source="AWS Secrets Manager User Guide, secret encryption and decryption",
    looks_at=_NEEDS,
    judge=_secrets,
    remediation="Declare an aws.kms.Key for credentials and set kms_key_id: reading then takes both policies.",
    witness=Witness.CLOUD_DECLARED,
)
ROTATED: Final = Check(
    id="cloud-keys-rotated",
    title="Keys are rotated, in use, and slow to delete",
    controls=("OCPI-PRV-02",),
    severity=Severity.MEDIUM,
    source="AWS KMS Developer Guide, rotating and deleting keys",
    looks_at=_NEEDS,
    judge=_rotated,
    remediation="Set enable_key_rotation and a deletion window of 30 days.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (DATA_KEY, LOGS_KEY, SECRETS_KEY, ROTATED)
