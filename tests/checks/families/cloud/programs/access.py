"""Roles, boundaries, resource policies, keys and guardrails that together let somebody read, or do not."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

_OWN = "123456789012"
_FOREIGN = "210987654321"
_ROOT = {"AWS": f"arn:aws:iam::{_OWN}:root"}
_LAMBDA = {"Service": "lambda.amazonaws.com"}
_CENTER = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
_READ = "secretsmanager:GetSecretValue"


def read_by_ocpi() -> None:
    _reads(_workload("ocpi"), _secret().arn)


def read_by_another_workload() -> None:
    _workload("ocpi")
    _reads(_workload("shop"), _secret().arn)


def another_workload_without_the_key() -> None:
    _workload("ocpi")
    service = f"arn:aws:iam::{_OWN}:role/ocpi"
    key = aws.kms.Key("key", policy=_document(_allow("kms:*", principal={"AWS": service})))
    _reads(_workload("shop"), _secret(kms_key_id=key.arn).arn)


def another_workload_with_the_key_by_iam() -> None:
    _workload("ocpi")
    key = aws.kms.Key("key", policy=_document(_allow("kms:*", principal=_ROOT)))
    shop = _workload("shop")
    _reads(shop, _secret(kms_key_id=key.arn).arn)
    _may(shop, _allow("kms:Decrypt"), name="decrypt")


def another_workload_denied_by_the_secret() -> None:
    _workload("ocpi")
    secret = _secret()
    _reads(_workload("shop"), secret.arn)
    others = {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{_OWN}:role/ocpi"}}
    aws.secretsmanager.SecretPolicy("policy", secret_arn=secret.arn, policy=_document(_deny(_READ, others)))


def another_workload_denied_at_other_times() -> None:
    _workload("ocpi")
    secret = _secret()
    _reads(_workload("shop"), secret.arn)
    outside = {"StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}
    aws.secretsmanager.SecretPolicy("policy", secret_arn=secret.arn, policy=_document(_deny(_READ, outside)))


def another_workload_under_a_boundary() -> None:
    _workload("ocpi")
    boundary = aws.iam.Policy("boundary", policy=_document(_allow("sqs:*")))
    _reads(_workload("shop", permissions_boundary=boundary.arn), _secret().arn)


def another_workload_under_a_guardrail() -> None:
    _workload("ocpi")
    _reads(_workload("shop"), _secret().arn)
    others = {"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ocpi"}}
    _guardrail(_deny("secretsmanager:*", others), _OWN)


def another_workload_under_a_guardrail_of_another_account() -> None:
    _workload("ocpi")
    _reads(_workload("shop"), _secret().arn)
    _guardrail(_deny("secretsmanager:*", {}), _FOREIGN)


def another_workload_by_the_policy_of_the_secret() -> None:
    _workload("ocpi")
    secret = _secret()
    shop = _workload("shop")
    named = shop.arn.apply(lambda arn: _document(_allow(_READ, principal={"AWS": arn})))
    aws.secretsmanager.SecretPolicy("policy", secret_arn=secret.arn, policy=named)


def another_workload_by_a_policy_that_is_not_declared() -> None:
    _workload("ocpi")
    shop = _workload("shop")
    aws.iam.RolePolicyAttachment("other", role=shop.name, policy_arn=f"arn:aws:iam::{_OWN}:policy/other")
    _secret()


def another_workload_by_a_policy_of_aws() -> None:
    _workload("ocpi")
    aws.iam.RolePolicyAttachment(
        "broad", role=_workload("shop").name, policy_arn="arn:aws:iam::aws:policy/SecretsManagerReadWrite"
    )
    _secret()


def another_account_through_a_role() -> None:
    _workload("ocpi")
    condition = {"StringEquals": {"sts:ExternalId": "agreed"}}
    _reads(_role("partner", {"AWS": f"arn:aws:iam::{_FOREIGN}:root"}, condition), _secret().arn)


def another_account_by_the_policy_of_the_table() -> None:
    _workload("ocpi")
    table = _table()
    foreign = {"AWS": f"arn:aws:iam::{_FOREIGN}:role/reports"}
    aws.dynamodb.ResourcePolicy(
        "policy", resource_arn=table.arn, policy=_document(_allow("dynamodb:Query", principal=foreign))
    )


def people_read_secrets() -> None:
    _workload("ocpi")
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    _reads(_role("operators", _ROOT, mfa), _secret().arn)


def people_read_data() -> None:
    _workload("ocpi")
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    role = _role("operators", _ROOT, mfa)
    _may(role, _allow("dynamodb:Query", _table().arn))


def user_reads_secrets() -> None:
    _workload("ocpi")
    user = aws.iam.User("user", name="reader")
    policy = _secret().arn.apply(lambda arn: _document(_allow(_READ, arn)))
    aws.iam.UserPolicy("reads", user=user.name, policy=policy)


def user_by_a_group() -> None:
    _in_group(_allow(_READ, _secret().arn))


def user_in_a_group_without_secrets() -> None:
    _secret()
    _in_group(_allow("sqs:SendMessage"))


def user_in_a_group_that_is_not_declared() -> None:
    _workload("ocpi")
    _secret()
    aws.iam.UserGroupMembership("joined", user=aws.iam.User("user", name="reader").name, groups=["operators"])


def people_by_a_permission_set() -> None:
    _permission_set(_OWN, _allow(_READ, _secret().arn))


def people_by_a_permission_set_without_secrets() -> None:
    _secret()
    _permission_set(_OWN, _allow("dynamodb:Query"))


def people_of_another_account_by_a_permission_set() -> None:
    _permission_set(_FOREIGN, _allow(_READ, _secret().arn))


def administrators_by_a_permission_set() -> None:
    _secret()
    one = _permission_set(_OWN, _allow("sqs:SendMessage"))
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    aws.ssoadmin.ManagedPolicyAttachment(
        "all", instance_arn=_CENTER, permission_set_arn=one.arn, managed_policy_arn=arn
    )


def another_account_through_an_access_point() -> None:
    _point(delegated=True)


def another_account_through_an_access_point_that_the_bucket_knows_nothing_of() -> None:
    _point(delegated=False)


def objects_left_to_access_points() -> None:
    _point(delegated=True, to=f"arn:aws:iam::{_OWN}:role/ocpi")


def another_workload_by_the_api_of_a_database() -> None:
    _workload("ocpi")
    _may(_workload("shop"), _allow("rds-data:*", _database(enable_http_endpoint=True).arn))


def ocpi_by_the_api_of_a_database() -> None:
    _may(_workload("ocpi"), _allow("rds-data:ExecuteStatement", _database(enable_http_endpoint=True).arn))


def database_without_an_api() -> None:
    _workload("ocpi")
    _may(_workload("shop"), _allow("rds-data:*", _database().arn))


def another_workload_by_a_login_of_iam() -> None:
    """As a user of the database that IAM lets in: no password, and no secret to read."""
    _workload("ocpi")
    database = aws.rds.Instance("billing", instance_class="db.t4g.micro", iam_database_authentication_enabled=True)
    _may(_workload("shop"), _allow("rds-db:connect", database.resource_id.apply(_login)))


def another_workload_by_any_login_of_iam() -> None:
    _workload("ocpi")
    _database(iam_database_authentication_enabled=True)
    _may(_workload("shop"), _allow("rds-db:*", "*"))


def another_workload_by_a_login_of_some_database() -> None:
    _workload("ocpi")
    _database(iam_database_authentication_enabled=True)
    _may(_workload("shop"), _allow("rds-db:connect", _login("cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ")))


def ocpi_by_a_login_of_iam() -> None:
    database = _database(iam_database_authentication_enabled=True, enable_http_endpoint=True)
    _may(_workload("ocpi"), _allow("rds-db:connect", database.cluster_resource_id.apply(_login)))


def database_without_logins_of_iam() -> None:
    _workload("ocpi")
    _database()
    _may(_workload("shop"), _allow("rds-db:*", "*"))


def another_workload_in_a_search_collection() -> None:
    _workload("ocpi")
    _collection(_workload("shop"), named="shop")


def another_workload_that_a_collection_does_not_name() -> None:
    _workload("ocpi")
    _collection(_workload("shop"), named="ocpi")


def another_workload_that_iam_lets_into_no_collection() -> None:
    _workload("ocpi")
    _workload("shop")
    _collection(None, named="shop")


def collection_on_the_internet() -> None:
    _collection(_workload("ocpi"), named="ocpi", rule={"AllowFromPublic": True})


def people_by_a_role_of_ocpi() -> None:
    """The role that people take may not read; it may take the one that does."""
    people = _role("operators", _ROOT)
    statements = people.arn.apply(
        lambda arn: _document(
            {**_allow("sts:AssumeRole", principal={**_LAMBDA, "AWS": arn}), "Resource": None},
        )
    )
    role = aws.iam.Role("ocpi", name="ocpi", assume_role_policy=statements)
    aws.lambda_.Function("ocpi", name="ocpi", role=role.arn)
    _reads(role, _secret().arn)


def role_of_nobody() -> None:
    _workload("ocpi")
    _reads(_role("later", _LAMBDA), _secret().arn)


def pipeline_that_reads() -> None:
    _workload("ocpi")
    issuer = {"Federated": f"arn:aws:iam::{_OWN}:oidc-provider/token.actions.githubusercontent.com"}
    _reads(_role("deploy", issuer), _secret().arn)


def tables_by_a_pattern() -> None:
    _workload("ocpi")
    _table()
    _may(_workload("shop"), _allow("dynamodb:Get*", f"arn:aws:dynamodb:*:{_OWN}:table/*"))


def tables_of_its_own() -> None:
    _workload("ocpi")
    _table()
    _may(_workload("shop"), _allow("dynamodb:*", f"arn:aws:dynamodb:*:{_OWN}:table/shop-*"))


def backups_read_tables() -> None:
    _workload("ocpi")
    _may(_role("backup", {"Service": "backup.amazonaws.com"}), _allow("dynamodb:*", _table().arn))


def objects_by_a_pattern() -> None:
    _workload("ocpi")
    aws.s3.Bucket("exports", bucket="ocpi-exports")
    _may(_workload("shop"), _allow("s3:GetObject", "arn:aws:s3:::*/*"))


def only_one_who_decrypts() -> None:
    _workload("ocpi")
    key = aws.kms.Key("key")
    _secret(kms_key_id=key.arn)
    _may(_workload("shop"), _allow("kms:Decrypt", "*"))


def key_that_nobody_else_uses() -> None:
    service = _workload("ocpi")
    key = aws.kms.Key("key")
    _reads(service, _secret(kms_key_id=key.arn).arn)
    _may(service, _allow("kms:Decrypt", key.arn), name="decrypt")


def key_of_alarms() -> None:
    _workload("ocpi")
    key = aws.kms.Key("key")
    aws.sns.Topic("alarms", kms_master_key_id=key.arn)
    _may(_workload("shop"), _allow("kms:Decrypt", key.arn))


def containers_of_ocpi() -> None:
    role = _role("task", {"Service": "ecs-tasks.amazonaws.com"})
    task = aws.ecs.TaskDefinition("ocpi", family="ocpi", container_definitions="[]", task_role_arn=role.arn)
    aws.ecs.Service("ocpi", name="ocpi", task_definition=task.arn)
    _workload("shop")
    _reads(role, _secret().arn)


def _workload(name: str, **more: Any) -> aws.iam.Role:
    role = _role(name, _LAMBDA, **more)
    aws.lambda_.Function(name, name=name, role=role.arn)
    return role


def _role(
    name: str, principal: dict[str, str], condition: Mapping[str, object] | None = None, **more: Any
) -> aws.iam.Role:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition or {}}
    return aws.iam.Role(name, name=name, assume_role_policy=_document(statement), **more)


def _reads(role: aws.iam.Role, arn: pulumi.Input[str]) -> None:
    _may(role, _allow(_READ, arn))


def _may(role: aws.iam.Role, statement: Mapping[str, object], name: str = "may") -> None:
    document = pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.iam.RolePolicy(f"{role._name}-{name}", role=role.name, policy=document)


def _secret(**more: object) -> aws.secretsmanager.Secret:
    return aws.secretsmanager.Secret("tokens", name="ocpi/partners/one", **more)


def _in_group(statement: Mapping[str, object]) -> None:
    _workload("ocpi")
    group = aws.iam.Group("operators", name="operators")
    document = pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.iam.GroupPolicy("may", group=group.name, policy=document)
    user = aws.iam.User("user", name="reader")
    aws.iam.GroupMembership("members", group=group.name, users=[user.name])


def _permission_set(account: str, statement: Mapping[str, object]) -> aws.ssoadmin.PermissionSet:
    _workload("ocpi")
    one = aws.ssoadmin.PermissionSet("operators", instance_arn=_CENTER, name="operators")
    document = pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.ssoadmin.PermissionSetInlinePolicy(
        "may", instance_arn=_CENTER, permission_set_arn=one.arn, inline_policy=document
    )
    aws.ssoadmin.AccountAssignment(
        "assigned",
        instance_arn=_CENTER,
        permission_set_arn=one.arn,
        principal_id="11111111-2222-3333-4444-555555555555",
        principal_type="GROUP",
        target_id=account,
        target_type="AWS_ACCOUNT",
    )
    return one


def _point(*, delegated: bool, to: str = f"arn:aws:iam::{_FOREIGN}:role/partner") -> None:
    _workload("ocpi")
    _workload("shop")
    bucket = aws.s3.Bucket("exports", bucket="ocpi-exports")
    point = "arn:aws:s3:eu-central-1:123456789012:accesspoint/partners/object/*"
    policy = _document(_allow("s3:GetObject", point, principal={"AWS": to}))
    aws.s3.AccessPoint("partners", name="partners", bucket=bucket.id, policy=policy)
    if delegated:
        by_points = {"StringEquals": {"s3:DataAccessPointAccount": _OWN}}
        everybody = {**_allow("*", "arn:aws:s3:::ocpi-exports/*", principal={"AWS": "*"}), "Condition": by_points}
        aws.s3.BucketPolicy("delegated", bucket=bucket.id, policy=_document(everybody))


def _collection(
    role: aws.iam.Role | None, *, named: str, rule: Mapping[str, object] | None = None
) -> aws.opensearch.ServerlessCollection:
    search = aws.opensearch.ServerlessCollection("records", name="ocpi-records")
    inside = rule or {"SourceVPCEs": ["vpce-0123456789abcdef0"]}
    network = [{"Rules": [{"ResourceType": "collection", "Resource": ["collection/ocpi-*"]}], **inside}]
    aws.opensearch.ServerlessSecurityPolicy("network", name="network", type="network", policy=json.dumps(network))
    reading = {"ResourceType": "index", "Resource": ["index/ocpi-records/*"], "Permission": ["aoss:ReadDocument"]}
    data = [{"Rules": [reading], "Principal": [f"arn:aws:iam::{_OWN}:role/{named}"]}]
    aws.opensearch.ServerlessAccessPolicy("data", name="data", type="data", policy=json.dumps(data))
    if role:
        _may(role, _allow("aoss:APIAccessAll", search.arn))
    return search


def _login(database: str) -> str:
    return f"arn:aws:rds-db:eu-central-1:{_OWN}:dbuser:{database}/billing"


def _database(**more: object) -> aws.rds.Cluster:
    return aws.rds.Cluster("billing", cluster_identifier="ocpi-billing", engine="aurora-postgresql", **more)


def _table() -> aws.dynamodb.Table:
    return aws.dynamodb.Table("cdrs", name="ocpi-cdrs", hash_key="pk", attributes=[{"name": "pk", "type": "S"}])


def _guardrail(statement: Mapping[str, object], account: str) -> None:
    policy = aws.organizations.Policy("guardrail", content=_document(statement))
    aws.organizations.PolicyAttachment("guardrail", policy_id=policy.id, target_id=account)


def _allow(
    actions: str, resources: pulumi.Input[str] | Sequence[str] = "*", principal: dict[str, str] | None = None
) -> dict[str, object]:
    by = {"Principal": principal} if principal else {}
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **by}


def _deny(actions: str, condition: Mapping[str, object]) -> dict[str, object]:
    return {"Effect": "Deny", "Principal": "*", "Action": actions, "Resource": "*", "Condition": condition}


def _document(*statements: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


globals()[pulumi.Config("case").require("name")]()
