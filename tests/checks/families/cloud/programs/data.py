"""Stores with and without what protects them: keys, policies, ends, backups, copies."""

import json
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

_OWN = "123456789012"
_FOREIGN = "210987654321"
_OWNER = "c0ffee0000000000000000000000000000000000000000000000000000000000"
_KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
_BLOCKS = {
    "block_public_acls": True,
    "block_public_policy": True,
    "ignore_public_acls": True,
    "restrict_public_buckets": True,
}


def table_with_everything() -> None:
    _table(
        server_side_encryption={"enabled": True, "kms_key_arn": aws.kms.Key("key", enable_key_rotation=True).arn},
        ttl={"enabled": True, "attribute_name": "expires_at"},
        point_in_time_recovery={"enabled": True},
        deletion_protection_enabled=True,
    )


def table_with_nothing() -> None:
    _table()


def table_in_a_backup_plan() -> None:
    table = _table()
    vault = aws.backup.Vault("vault", kms_key_arn=_KEY)
    rule = {"rule_name": "daily", "target_vault_name": vault.name, "schedule": "cron(0 5 * * ? *)"}
    plan = aws.backup.Plan("plan", rules=[{**rule, "lifecycle": {"delete_after": 35}}])
    aws.backup.Selection(
        "selection", plan_id=plan.id, iam_role_arn=f"arn:aws:iam::{_OWN}:role/backup", resources=[table.arn]
    )


def backups_that_stay() -> None:
    vault = aws.backup.Vault("vault", kms_key_arn=_KEY)
    aws.backup.Plan("plan", rules=[{"rule_name": "daily", "target_vault_name": vault.name}])


def bucket_with_everything() -> None:
    bucket = aws.s3.Bucket("bucket", bucket="exports")
    aws.s3.BucketPublicAccessBlock("bucket", bucket=bucket.id, **_BLOCKS)
    aws.s3.BucketVersioning("bucket", bucket=bucket.id, versioning_configuration={"status": "Enabled"})
    aws.s3.BucketServerSideEncryptionConfiguration(
        "bucket",
        bucket=bucket.id,
        rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": _KEY}}],
    )
    end = {"expiration": {"days": 400}, "noncurrent_version_expiration": {"noncurrent_days": 30}}
    aws.s3.BucketLifecycleConfiguration("bucket", bucket=bucket.id, rules=[{"id": "end", "status": "Enabled", **end}])
    aws.s3.BucketPolicy("bucket", bucket=bucket.id, policy=_document(_tls_only("s3:*")))
    aws.sqs.Queue("queue")  # its ARN says whose account this is


def bucket_under_a_key_of_nobody_knows_whom() -> None:
    bucket = aws.s3.Bucket("bucket", bucket="exports")
    default = {"sse_algorithm": "aws:kms", "kms_master_key_id": _KEY}
    aws.s3.BucketServerSideEncryptionConfiguration(
        "bucket", bucket=bucket.id, rules=[{"apply_server_side_encryption_by_default": default}]
    )


def bucket_with_nothing() -> None:
    aws.s3.Bucket("bucket", bucket="exports", force_destroy=True)


def bucket_under_the_key_of_s3() -> None:
    bucket = aws.s3.Bucket("bucket", bucket="exports")
    aws.s3.BucketServerSideEncryptionConfiguration(
        "bucket",
        bucket=bucket.id,
        rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
    )


def bucket_half_blocked() -> None:
    bucket = aws.s3.Bucket("bucket", bucket="exports")
    aws.s3.BucketPublicAccessBlock("bucket", bucket=bucket.id, **{**_BLOCKS, "restrict_public_buckets": False})


def bucket_for_everybody() -> None:
    _bucket_for({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"})


def bucket_for_everybody_in_a_network() -> None:
    condition = {"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}
    _bucket_for(
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*", "Condition": condition}
    )


def bucket_for_everybody_but_one() -> None:
    _bucket_for({"Effect": "Allow", "NotPrincipal": {"AWS": _OWN}, "Action": "s3:*", "Resource": "*"})


def bucket_for_another_account() -> None:
    _bucket_for({"Effect": "Allow", "Principal": {"AWS": _FOREIGN}, "Action": "s3:GetObject", "Resource": "*"})


def bucket_for_the_own_account() -> None:
    _bucket_for(
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{_OWN}:root"}, "Action": "s3:*", "Resource": "*"}
    )


def bucket_for_a_canonical_user() -> None:
    user = {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}
    _bucket_for({"Effect": "Allow", "Principal": user, "Action": "s3:GetObject", "Resource": "*"})


def bucket_for_an_origin_access_identity() -> None:
    identity = {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE"}
    _bucket_for({"Effect": "Allow", "Principal": identity, "Action": "s3:GetObject", "Resource": "*"})


def bucket_with_a_list_for_everybody() -> None:
    _listed({"type": "Group", "uri": "http://acs.amazonaws.com/groups/global/AllUsers"})


def bucket_with_a_list_for_everybody_switched_off() -> None:
    bucket = _listed({"type": "Group", "uri": "http://acs.amazonaws.com/groups/global/AllUsers"})
    aws.s3.BucketOwnershipControls("owner", bucket=bucket.id, rule={"object_ownership": "BucketOwnerEnforced"})


def bucket_with_a_list_for_somebody() -> None:
    _listed({"type": "CanonicalUser", "id": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"})


def bucket_with_a_list_for_its_owner() -> None:
    _listed({"type": "CanonicalUser", "id": _OWNER})


def table_under_the_key_of_another_account() -> None:
    _table(server_side_encryption={"enabled": True, "kms_key_arn": _KEY.replace(_OWN, _FOREIGN)})
    aws.sqs.Queue("queue")  # its ARN says whose account this is


def topic_for_any_alarm() -> None:
    topic = aws.sns.Topic("topic", kms_master_key_id="alias/aws/sns")
    statement = {"Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": "sns:Publish"}
    aws.sns.TopicPolicy("topic", arn=topic.arn, policy=_document({**statement, "Resource": "*"}))


def topic_for_own_alarms() -> None:
    topic = aws.sns.Topic("topic", kms_master_key_id=_KEY)
    statement = {"Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": "sns:Publish"}
    condition = {"StringEquals": {"aws:SourceAccount": _OWN}}
    own = {**statement, "Resource": "*", "Condition": condition}
    aws.sns.TopicPolicy("topic", arn=topic.arn, policy=_document(own, _tls_only("sns:*")))


def queue_over_http() -> None:
    aws.sqs.Queue("queue", kms_master_key_id=_KEY)


def key_for_everybody() -> None:
    aws.kms.Key("key", policy=_document({"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}))


def key_for_callers_of_the_account() -> None:
    condition = {"StringEquals": {"kms:CallerAccount": _OWN}}
    open_to_own = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "kms:Decrypt",
        "Resource": "*",
        "Condition": condition,
    }
    aws.kms.Key("key", enable_key_rotation=True, policy=_document(open_to_own))


def key_soon_gone() -> None:
    aws.kms.Key("key", enable_key_rotation=True, deletion_window_in_days=7)


def key_that_signs() -> None:
    aws.kms.Key("key", key_usage="SIGN_VERIFY", customer_master_key_spec="ECC_NIST_P256")


def database_without_backups() -> None:
    aws.rds.Instance("database", instance_class="db.t4g.micro", backup_retention_period=1)


def database_with_backups() -> None:
    aws.rds.Instance(
        "database", instance_class="db.t4g.micro", backup_retention_period=14, deletion_protection=True, kms_key_id=_KEY
    )


def stream_under_own_key() -> None:
    stream = aws.kinesis.Stream("stream", kms_key_id=_KEY, encryption_type="KMS")
    aws.dynamodb.KinesisStreamingDestination("copy", table_name=_table().name, stream_arn=stream.arn)


def stream_in_clear() -> None:
    stream = aws.kinesis.Stream("stream")
    aws.dynamodb.KinesisStreamingDestination("copy", table_name=_table().name, stream_arn=stream.arn)


def export_under_own_key() -> None:
    aws.dynamodb.TableExport("copy", table_arn=_table().arn, s3_bucket="exports", s3_sse_kms_key_id=_KEY)


def export_in_clear() -> None:
    aws.dynamodb.TableExport("copy", table_arn=_table().arn, s3_bucket="exports")


def replicas_without_key() -> None:
    _table(replicas=[{"region_name": "eu-west-1"}])


def replicas_with_key() -> None:
    _table(replicas=[{"region_name": "eu-west-1", "kms_key_arn": _KEY}])


def delivery_to_another_account() -> None:
    aws.cloudwatch.LogSubscriptionFilter(
        "copy",
        log_group="/ocpi/access",
        filter_pattern="",
        destination_arn=f"arn:aws:logs:eu-central-1:{_FOREIGN}:destination:analysis",
    )
    aws.sqs.Queue("queue")  # its ARN says whose account this is


def delivery_in_clear() -> None:
    _delivery()


def delivery_under_own_key() -> None:
    _delivery(kms_key_arn=_KEY)


def replication_in_clear() -> None:
    _replication({})


def replication_under_own_key() -> None:
    _replication({"encryption_configuration": {"replica_kms_key_id": _KEY}})


def _table(**more: object) -> aws.dynamodb.Table:
    return aws.dynamodb.Table(
        "table",
        hash_key="pk",
        attributes=[{"name": "pk", "type": "S"}],
        billing_mode="PAY_PER_REQUEST",
        **more,
    )


def _bucket_for(statement: dict[str, object]) -> None:
    bucket = aws.s3.Bucket("bucket", bucket="exports")
    aws.s3.BucketPolicy("bucket", bucket=bucket.id, policy=_document(statement))
    aws.sqs.Queue("queue")  # its ARN says whose account this is


def _listed(grantee: dict[str, str]) -> aws.s3.Bucket:
    bucket = aws.s3.Bucket("bucket", bucket="exports")
    grants = [{"grantee": grantee, "permission": "READ"}]
    aws.s3.BucketAcl("list", bucket=bucket.id, access_control_policy={"owner": {"id": _OWNER}, "grants": grants})
    return bucket


def _delivery(**more: object) -> None:
    role = f"arn:aws:iam::{_OWN}:role/delivery"
    target = {"role_arn": role, "bucket_arn": "arn:aws:s3:::exports", **more}
    aws.kinesis.FirehoseDeliveryStream("copy", destination="extended_s3", extended_s3_configuration=target)
    aws.sqs.Queue("queue")


def _replication(more: dict[str, object]) -> None:
    aws.s3.BucketReplicationConfig(
        "copy",
        bucket="exports",
        role=f"arn:aws:iam::{_OWN}:role/replication",
        rules=[{"status": "Enabled", "destination": {"bucket": "arn:aws:s3:::replicas", **more}}],
    )
    aws.sqs.Queue("queue")


def _tls_only(actions: str) -> dict[str, object]:
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    return {"Effect": "Deny", "Principal": "*", "Action": actions, "Resource": "*", "Condition": plain}


def _document(*statements: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


globals()[pulumi.Config("case").require("name")]()
