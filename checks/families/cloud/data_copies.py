"""Copies of OCPI data: streams, exports, replicas and deliveries are as protected as what they copy."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown, worst
from checks.resource_graph.leaves import is_set, items
from checks.resource_graph.log_places import names_archive
from checks.resource_graph.policy_documents import Principal
from checks.resource_graph.policy_reach import account_of, is_own, own_accounts
from checks.resource_graph.stack import Stack
from checks.resource_graph.stores import BUCKETS, STREAM, TABLE, about_bucket, has_own_key, key_at
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.leaves import texts
from scanner.model.resource import UNKNOWN, CloudValue, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_TO_KINESIS: Final = "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination"
_EXPORT: Final = "aws:dynamodb/tableExport:TableExport"
_REPLICA: Final = "aws:dynamodb/tableReplica:TableReplica"
_FIREHOSE: Final = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"
_REPLICATION: Final = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
_SUBSCRIPTION: Final = "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter"
_PIPE: Final = "aws:pipes/pipe:Pipe"
_BLOCK: Final = "BucketPublicAccessBlock"
_BLOCKS: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_ACCOUNT_BLOCK: Final = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _copies(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    accounts = own_accounts(stack)

    def judge(one: Resource) -> Judgement:
        said = worst((_leaves_account(one, accounts), *_KINDS[one.token](stack, one)))
        return said or undecided("where the copy goes is not declared")

    replicated = (table for table in stack.of(TABLE) if is_set(table.get("replicas")))
    return judge_each(case, (*stack.of(*_BY_OWN_TOKEN), *replicated), "copy of data", judge)


def _leaves_account(one: Resource, accounts: frozenset[str]) -> Judgement:
    """ARNs of other accounts anywhere in the resource are where data goes, or who carries it."""
    found = {account_of(Principal(kind="AWS", name=text)) for text in texts(one.inputs)} - {None}
    foreign = sorted(account for account in found if account and not is_own(account, accounts))
    if foreign and one.token == _SUBSCRIPTION and names_archive(str(one.get("destinationArn"))):
        return passes(f"goes to the log archive of account {foreign[0]}")
    if foreign and accounts:
        return fails(f"goes to another account, {foreign[0]}")
    return (
        undecided(f"names account {foreign[0]}, and whose that is, is not declared")
        if foreign
        else passes("stays here")
    )


def _to_kinesis(stack: Stack, one: Resource) -> Iterator[Judgement]:
    streams = stack.referred(one, "streamArn", STREAM)
    yield from (has_own_key(stack, stream) for stream in streams)
    if not streams:
        yield undecided("the stream it goes to is not declared in this stack")


def _export(stack: Stack, one: Resource) -> Iterator[Judgement]:
    yield key_at(stack, one, "s3SseKmsKeyId")


def _replica(stack: Stack, one: Resource) -> Iterator[Judgement]:
    yield key_at(stack, one, "kmsKeyArn")


def _replicas(stack: Stack, table: Resource) -> Iterator[Judgement]:
    for number, replica in enumerate(items(table.get("replicas"))):
        if isinstance(replica, Mapping):
            yield key_at(stack, table, f"replicas.{number}.kmsKeyArn")
        else:
            yield unknown("its replicas")


def _firehose(stack: Stack, one: Resource) -> Iterator[Judgement]:
    target = "extendedS3Configuration"
    if is_set(one.get(target)):
        yield key_at(stack, one, f"{target}.kmsKeyArn")
    elif is_set(one.get("httpEndpointConfiguration")):
        address = one.get("httpEndpointConfiguration.url")
        plain = isinstance(address, str) and not address.startswith("https://")
        yield (
            fails("goes over plain HTTP") if plain else undecided("goes to an HTTP endpoint that is not of this stack")
        )
    else:
        yield undecided("its destination is not one of S3, and is not read")


def _replication(_stack: Stack, one: Resource) -> Iterator[Judgement]:
    for rule in items(one.get("rules")):
        if not isinstance(rule, Mapping):
            yield unknown("where objects are replicated to")
            continue
        key = _inside(rule, "destination", "encryptionConfiguration", "replicaKmsKeyId")
        yield (
            passes("replicas lie under a key of their own")
            if is_set(key)
            else fails("replicas lie under no key of their own")
        )


def _inside(value: CloudValue, *names: str) -> CloudValue:
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else value
    return value


def _carried(_stack: Stack, _one: Resource) -> Iterator[Judgement]:
    """Nothing is kept on the way: what counts is whose it becomes."""
    yield passes("carries data on, and keeps none")


_Copy = Callable[[Stack, Resource], Iterator[Judgement]]
_BY_OWN_TOKEN: Final[Mapping[str, _Copy]] = {
    _TO_KINESIS: _to_kinesis,
    _EXPORT: _export,
    _REPLICA: _replica,
    _FIREHOSE: _firehose,
    _REPLICATION: _replication,
    _SUBSCRIPTION: _carried,
    _PIPE: _carried,
}
_KINDS: Final[Mapping[str, _Copy]] = {**_BY_OWN_TOKEN, TABLE: _replicas}


def _not_public(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(*BUCKETS), "bucket", lambda bucket: _blocked(stack, bucket))


def _blocked(stack: Stack, bucket: Resource) -> Judgement:
    blocks = (*about_bucket(stack, bucket, _BLOCK), *stack.of(_ACCOUNT_BLOCK))
    if not blocks:
        return fails("no public access block is declared", by_absence=True)
    values = {name: [one.get(name) for one in blocks] for name in _BLOCKS}
    wrong = [name for name, said in values.items() if True not in said and UNKNOWN not in said]
    if wrong:
        return fails(f"may be made public: {', '.join(wrong)} not set")
    doubtful = [name for name, said in values.items() if True not in said]
    return unknown(doubtful[0]) if doubtful else passes("nobody can make it public")


COPIES: Final = Check(
    id="cloud-data-copies-protected",
    title="Streams, exports, replicas and deliveries of data are as protected as what they copy",
    controls=("OCPI-PRV-04",),
    severity=Severity.MEDIUM,
    source="DynamoDB Developer Guide, export to S3, global tables; Data Firehose Developer Guide, data protection",
    looks_at=_NEEDS,
    judge=_copies,
    remediation="Name a KMS key of the account's own for the copy, and keep it in an account of yours.",
    witness=Witness.CLOUD_DECLARED,
)
NOT_PUBLIC: Final = Check(
    id="cloud-data-no-public-bucket",
    title="No bucket can be made public",
    controls=("OCPI-PRV-04",),
    severity=Severity.CRITICAL,
    source="Amazon S3 User Guide, blocking public access to your Amazon S3 storage",
    looks_at=_NEEDS,
    judge=_not_public,
    remediation="Declare aws.s3.BucketPublicAccessBlock with all four settings for the bucket.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (COPIES, NOT_PUBLIC)
