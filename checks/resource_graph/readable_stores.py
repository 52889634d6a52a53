"""What it takes to read what a store holds: the actions, the ARNs below it, and the key that it lies under.

Service Authorization Reference: Secrets Manager, Systems Manager, DynamoDB, S3, SQS, Kinesis, KMS, RDS.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from checks.resource_graph.access import Guarded
from checks.resource_graph.access_points import access_points, names_of_objects, policies_through
from checks.resource_graph.database_doors import doors, has_door
from checks.resource_graph.guardrails import guardrails
from checks.resource_graph.index import once_a_stack
from checks.resource_graph.key_grants import grants_of
from checks.resource_graph.policy_reach import account_in, own_accounts
from checks.resource_graph.search_collections import COLLECTION, data_policies
from checks.resource_graph.stack import Stack
from checks.resource_graph.stores import (
    BUCKETS,
    DATABASES,
    KEY,
    KEY_AT,
    PARAMETER,
    QUEUE,
    SECRET,
    STREAM,
    TABLE,
    holds_evidence,
    keys_over,
    policies_on,
    tokens_in,
)
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.late_dataclass import dataclass
from scanner.model.made_up_arns import OWN, arn_of
from scanner.model.resource import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """`below` is added to the store's ARN; `of_caller`: who reads has to be let by the key as well."""

    actions: tuple[str, ...]
    below: tuple[str, ...] = ("",)
    of_caller: bool = True


_PARTS: Final = 5  # that come before the last one of an ARN
_OBJECTS: Final = _Reading(actions=("s3:GetObject", "s3:GetObjectVersion"), below=("/*",))
_READINGS: Final[Mapping[str, _Reading]] = {
    SECRET: _Reading(actions=("secretsmanager:GetSecretValue",), below=("", "-??????")),  # AWS adds six characters
    PARAMETER: _Reading(
        actions=(
            *("ssm:GetParameter", "ssm:GetParameters"),
            *("ssm:GetParametersByPath", "ssm:GetParameterHistory"),
        )
    ),
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
    STREAM: _Reading(actions=("kinesis:GetRecords", "kinesis:SubscribeToShard"), below=("", "/*")),  # its consumers
    # Who makes grants gives the right to decrypt, also to itself; who encrypts anew under its own key reads there.
    KEY: _Reading(actions=("kms:Decrypt", "kms:CreateGrant", "kms:ReEncryptFrom"), of_caller=False),
}
STORES: Final = (TABLE, *BUCKETS, QUEUE, STREAM, *DATABASES)


def stores_read_by_api(stack: Stack) -> tuple[Resource, ...]:
    """Those that whoever has the right of IAM reads; of databases, those that let it in by one."""
    return tuple(one for one in stack.of(*STORES, COLLECTION) if one.token not in DATABASES or has_door(one))


@once_a_stack
def keys_of_data(declared: DeclaredResources) -> frozenset[str]:
    """URNs of the keys that tokens or data lie under; those of alarms and trails have other users with good reason."""
    stack = Stack(declared=declared)
    over = (one for one in (*tokens_in(stack), *stack.of(*STORES)) if not holds_evidence(stack, one))
    return frozenset(key.urn for one in over for key in keys_over(stack, one))


def ways_to_read(stack: Stack, store: Resource) -> tuple[tuple[Guarded, ...], ...] | None:
    """What has to be let, all of it, for each way to read what it holds; a database may have two.

    None where nobody can say the store's ARN, so that no policy is held against it. A key that is not declared beside
    the store is left out: it is taken to let everybody read whom the store lets.
    """
    if store.token in DATABASES:
        return _into_database(stack, store)
    if store.token == COLLECTION:
        return _into_collection(stack, store)
    known = _guarded(stack, store)
    keys = keys_over(stack, store) if _READINGS[store.token].of_caller and store.token in {*KEY_AT, *BUCKETS} else ()
    locked = [_guarded(stack, key) for key in keys]
    if known is None:
        return None
    return ((replace(known, directly=store.token == KEY), *(one for one in locked if one is not None)),)


def _into_database(stack: Stack, database: Resource) -> tuple[tuple[Guarded, ...], ...] | None:
    """RDS decrypts by a grant of its own: no key is asked for."""
    arn = arn_of(database)
    if arn is None or arn.count(":") < _PARTS:
        return None
    return tuple(
        (
            Guarded(
                actions=door.actions,
                parts=(_wherever(door.arn),),
                account=_account(stack, database, arn),
                policies=(),
                guardrails=guardrails(stack.declared),
                tags=_tags(database),
                loosely=door.loosely,
            ),
        )
        for door in doors(database, arn)
    )


def _guarded(stack: Stack, one: Resource) -> Guarded | None:
    said = arn_of(one)
    if said is None:
        return None
    arn = _wherever(said)
    how = _READINGS[one.token]
    points = access_points(stack, one)
    own = policies_on(stack, one)
    return Guarded(
        actions=how.actions,
        parts=(*(f"{arn}{below}" for below in how.below), *map(names_of_objects, points)),
        account=_account(stack, one, said),
        policies=(*own, *policies_through(stack, one, own)),
        grants=grants_of(stack, one) if one.token == KEY else (),
        by_policy_only=one.token == KEY,
        guardrails=guardrails(stack.declared),
        tags=None if one.token in BUCKETS else _tags(one),
    )


def _into_collection(stack: Stack, collection: Resource) -> tuple[tuple[Guarded, ...], ...] | None:
    """IAM lets somebody call it, and a data access policy lets the same read."""
    arn = arn_of(collection)
    if arn is None:
        return None
    account, parts = _account(stack, collection, arn), (_wherever(arn),)
    return (
        (
            Guarded(
                actions=("aoss:APIAccessAll",),
                parts=parts,
                account=account,
                policies=(),
                guardrails=guardrails(stack.declared),
                tags=_tags(collection),
            ),
            Guarded(
                actions=("aoss:ReadDocument",),
                parts=parts,
                account=account,
                policies=data_policies(stack, collection),
                by_policy_only=True,
            ),
        ),
    )


def _wherever(arn: str) -> str:
    """Whatever account it is, a policy that names one may mean it."""
    return arn.replace(f":{OWN}:", ":*:")


def _account(stack: Stack, one: Resource, arn: str) -> str | None:
    """Names of buckets hold none: they are in the account of their provider, or the one of everything else."""
    said = one.provider.account if one.provider else None
    return said or account_in(arn, own_accounts(stack))


def _tags(one: Resource) -> dict[str, str]:
    """Those that are known; policies compare keys without case."""
    every = (one.outputs.get("tagsAll"), one.inputs.get("tagsAll"), one.inputs.get("tags"))
    return {
        key.lower(): value
        for tags in every
        if isinstance(tags, Mapping)
        for key, value in tags.items()
        if isinstance(value, str)
    }
