"""What keeps OCPI data in a stack, the policies on it, and the keys over it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown
from checks.resource_graph.leaves import is_set, items
from checks.resource_graph.policy_documents import PolicyDocument, Principal, read_document
from checks.resource_graph.policy_reach import account_of, is_own, own_accounts
from checks.resource_graph.stack import Stack
from scanner.model.resource import ABSENT, HIDDEN, UNKNOWN, CloudValue, Resource

SECRET: Final = "aws:secretsmanager/secret:Secret"
PARAMETER: Final = "aws:ssm/parameter:Parameter"
KEY: Final = "aws:kms/key:Key"
TABLE: Final = "aws:dynamodb/table:Table"
QUEUE: Final = "aws:sqs/queue:Queue"
TOPIC: Final = "aws:sns/topic:Topic"
STREAM: Final = "aws:kinesis/stream:Stream"
DELIVERY: Final = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"
VAULT: Final = "aws:backup/vault:Vault"
BUCKETS: Final = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
CLUSTER: Final = "aws:rds/cluster:Cluster"
DATABASES: Final = ("aws:rds/instance:Instance", CLUSTER)
LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"

# The resource that puts a policy on a store, and its property that names the store.
_POLICY_OF: Final[Mapping[str, tuple[str, str]]] = {
    SECRET: ("aws:secretsmanager/secretPolicy:SecretPolicy", "secretArn"),
    KEY: ("aws:kms/keyPolicy:KeyPolicy", "keyId"),
    TABLE: ("aws:dynamodb/resourcePolicy:ResourcePolicy", "resourceArn"),
    QUEUE: ("aws:sqs/queuePolicy:QueuePolicy", "queueUrl"),
    TOPIC: ("aws:sns/topicPolicy:TopicPolicy", "arn"),
    STREAM: ("aws:kinesis/resourcePolicy:ResourcePolicy", "resourceArn"),
    VAULT: ("aws:backup/vaultPolicy:VaultPolicy", "backupVaultName"),
    **dict.fromkeys(BUCKETS, ("aws:s3/bucketPolicy:BucketPolicy", "bucket")),
}
# Where each says which key it is encrypted with.
KEY_AT: Final[Mapping[str, str]] = {
    SECRET: "kmsKeyId",
    PARAMETER: "keyId",
    TABLE: "serverSideEncryption.kmsKeyArn",
    QUEUE: "kmsMasterKeyId",
    TOPIC: "kmsMasterKeyId",
    STREAM: "kmsKeyId",
    DELIVERY: "serverSideEncryption.keyArn",
    VAULT: "kmsKeyArn",
    LOG_GROUP: "kmsKeyId",
    **dict.fromkeys(DATABASES, "kmsKeyId"),
}
_BUCKET_ENCRYPTION: Final = "BucketServerSideEncryptionConfiguration"
EVIDENCE: Final = ("evidence", "audit", "trail")  # what buckets of it are named for
_DELIVERED: Final = frozenset(
    {"s3BucketName", "accessLogs", "logDestination", "logDestinationConfigs", "loggingConfig"}
)
_AWS_KEY: Final = "alias/aws/"


def tokens_in(stack: Stack) -> tuple[Resource, ...]:
    """Everything that keeps a secret for programs to read: secrets, and parameters that are kept encrypted."""
    return (*stack.of(SECRET), *(one for one in stack.of(PARAMETER) if one.get("type") == "SecureString"))


def policies_on(stack: Stack, store: Resource) -> tuple[PolicyDocument, ...]:
    """Every resource policy that is declared for the store, also those that are not known."""
    own = store.get("policy")
    documents = [read_document(own)] if is_set(own) else []
    if store.token not in _POLICY_OF:  # parameters have none
        return tuple(documents)
    token, name = _POLICY_OF[store.token]
    documents += [read_document(one.get("policy")) for one in stack.referring(store, name, token)]
    return tuple(documents)


def has_own_key(stack: Stack, store: Resource) -> Judgement:
    """Passes with a KMS key that the account manages itself: neither AWS's own key nor one that is shared by all."""
    if store.token in BUCKETS:
        return _bucket_key(stack, store)
    return key_at(stack, store, KEY_AT[store.token])


def key_at(stack: Stack, one: Resource, path: str) -> Judgement:
    """The same for a key that stands at one property."""
    return _judged(stack, one, path.partition(".")[0], one.get(path))


def _judged(stack: Stack, one: Resource, name: str, value: CloudValue) -> Judgement:
    if value is UNKNOWN or value is HIDDEN:
        declared = stack.referred(one, name, KEY)
        return passes(f"under the key {declared[0].name}") if declared else unknown("its key")
    if not isinstance(value, str) or not value:
        return fails("no key of its own: it lies under a key that AWS holds, or under none")
    if _AWS_KEY in value:
        return fails(f"under AWS's own key {value}, whose policy nobody here decides")
    return _whose(own_accounts(stack), account_of(Principal(kind="AWS", name=value)))


def _whose(accounts: frozenset[str], account: str | None) -> Judgement:
    """A key that its ARN places in another account is decided, shut and deleted there."""
    if account is None or is_own(account, accounts):
        return passes("under a key of its own")
    if not accounts:
        return undecided(f"under a key of account {account}, and whose that is, is not declared")
    return fails(f"under a key of another account, {account}, whose policy is decided there")


def _bucket_key(stack: Stack, bucket: Resource) -> Judgement:
    writer = _takes_no_key(stack, bucket)
    if writer:
        return passes(f"takes the access logs of {writer}, which S3 can keep under its own key only")
    settings = [(one, "rules") for one in about_bucket(stack, bucket, _BUCKET_ENCRYPTION)]
    if not settings and bucket.get("serverSideEncryptionConfiguration") is not ABSENT:
        settings = [(bucket, "serverSideEncryptionConfiguration")]
    if not settings:
        return fails("no key of its own: objects lie under a key that S3 holds", by_absence=True)
    one, name = settings[0]
    return _judged(stack, one, name, _first(one.get(name), "kmsMasterKeyId"))


def _takes_no_key(stack: Stack, bucket: Resource) -> str | None:
    """Who writes logs there that no key of KMS is possible for (Application Load Balancer User Guide, access logs)."""
    writing = (each.source for each in stack.incoming(bucket) if each.name == "accessLogs")
    plain = (one.name for one in writing if one.get("loadBalancerType") in (ABSENT, None, "application"))
    return next(plain, None)


def holds_evidence(stack: Stack, store: Resource) -> bool:
    """True for a bucket that trails and logs end in, or that is named for it: auditors read there, OCPI does not."""
    words = f"{store.name} {store.inputs.get('bucket', '')}".lower()
    delivered = any(each.name in _DELIVERED for each in stack.incoming(store) if each.source.token not in BUCKETS)
    return store.token in BUCKETS and (delivered or any(word in words for word in EVIDENCE))


def keys_over(stack: Stack, store: Resource) -> tuple[Resource, ...]:
    """The declared keys that a store lies under."""
    if store.token in BUCKETS:
        settings = [(one, "rules") for one in about_bucket(stack, store, _BUCKET_ENCRYPTION)]
        named = [*settings, (store, "serverSideEncryptionConfiguration")]
    else:
        named = [(store, KEY_AT[store.token].partition(".")[0])]
    return tuple({key.urn: key for one, name in named for key in stack.referred(one, name, KEY)}.values())


def about_bucket(stack: Stack, bucket: Resource, kind: str) -> tuple[Resource, ...]:
    """Resources that set one aspect of a bucket (`BucketVersioning`), in either spelling of the provider."""
    small = kind[0].lower() + kind[1:]
    tokens = (f"aws:s3/{small}:{kind}", f"aws:s3/{small}V2:{kind}V2")
    return stack.referring(bucket, "bucket", *tokens)


def _first(value: CloudValue, name: str) -> CloudValue:
    """The first value under this name, at any depth; `UNKNOWN` where what would hold it is unknown."""
    found = tuple(_under(value, name))
    return found[0] if found else ABSENT


def _under(value: CloudValue, name: str) -> Iterator[CloudValue]:
    if value is UNKNOWN:
        yield UNKNOWN
    elif isinstance(value, Mapping):
        if name in value:
            yield value[name]
        for inner in value.values():
            yield from _under(inner, name)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in items(value):
            yield from _under(inner, name)
