"""What it takes to read what a store holds: the actions, the ARNs below it, and the key that it lies under.

Service Authorization Reference: Secrets Manager, DynamoDB, S3, SQS, Kinesis, KMS.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from checks.resource_graph.access import Guarded
from checks.resource_graph.index import once_a_stack
from checks.resource_graph.policy_documents import Statement
from checks.resource_graph.policy_reach import ACCOUNT_OF_ARN
from checks.resource_graph.stack import Stack
from checks.resource_graph.stores import (
    BUCKETS,
    KEY,
    KEY_AT,
    QUEUE,
    SECRET,
    STREAM,
    TABLE,
    holds_evidence,
    keys_over,
    policies_on,
)
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """`below` is added to the store's ARN; `of_caller`: who reads has to be let by the key as well."""

    actions: tuple[str, ...]
    below: tuple[str, ...] = ("",)
    of_caller: bool = True


_OBJECTS: Final = _Reading(actions=("s3:GetObject", "s3:GetObjectVersion"), below=("/*",))
_READINGS: Final[Mapping[str, _Reading]] = {
    SECRET: _Reading(actions=("secretsmanager:GetSecretValue",), below=("", "-??????")),  # AWS adds six characters
    # DynamoDB decrypts by a grant that it was given when the table was made
    TABLE: _Reading(
        actions=(
            *("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan"),
            *("dynamodb:PartiQLSelect", "dynamodb:GetRecords", "dynamodb:ExportTableToPointInTime"),
        ),
        below=("", "/index/*", "/stream/*"),
        of_caller=False,
    ),
    **dict.fromkeys(BUCKETS, _OBJECTS),
    QUEUE: _Reading(actions=("sqs:ReceiveMessage",)),
    STREAM: _Reading(actions=("kinesis:GetRecords",)),
    KEY: _Reading(actions=("kms:Decrypt",), of_caller=False),
}
STORES: Final = (TABLE, *BUCKETS, QUEUE, STREAM)


@once_a_stack
def keys_of_data(declared: DeclaredResources) -> frozenset[str]:
    """URNs of the keys that tokens or data lie under; those of alarms and trails have other users with good reason."""
    stack = Stack(declared=declared)
    over = (one for one in stack.of(SECRET, *STORES) if not holds_evidence(stack, one))
    return frozenset(key.urn for one in over for key in keys_over(stack, one))


def reading(stack: Stack, store: Resource, guardrails: tuple[Statement, ...]) -> tuple[Guarded, ...] | None:
    """What has to be let, all of it; None where the store's ARN is not known, so that no policy can be held against it.

    A key that is not declared beside the store is left out: it is taken to let everybody read whom the store lets.
    """
    known = _guarded(stack, store, guardrails)
    keys = keys_over(stack, store) if _READINGS[store.token].of_caller and store.token in {*KEY_AT, *BUCKETS} else ()
    locked = [_guarded(stack, key, guardrails) for key in keys]
    return (known, *(one for one in locked if one is not None)) if known else None


def _guarded(stack: Stack, one: Resource, guardrails: tuple[Statement, ...]) -> Guarded | None:
    arn = one.outputs.get("arn")
    arn = arn if isinstance(arn, str) and arn else None
    if arn is None:
        return None
    how = _READINGS[one.token]
    found = ACCOUNT_OF_ARN.fullmatch(arn)
    return Guarded(
        actions=how.actions,
        parts=tuple(f"{arn}{below}" for below in how.below),
        account=found[1] if found else None,
        policies=policies_on(stack, one),
        by_policy_only=one.token == KEY,
        guardrails=guardrails,
    )
