"""Ways to tokens and data that one reads past: conditions, variables, sessions, chains of roles, grants, guardrails."""

import json
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

_OWN = "123456789012"
_FOREIGN = "210987654321"
_ROOT = {"AWS": f"arn:aws:iam::{_OWN}:root"}
_LAMBDA = {"Service": "lambda.amazonaws.com"}
_READ = "secretsmanager:GetSecretValue"
_SHOP = f"arn:aws:iam::{_OWN}:role/shop"
_SERVICE = f"arn:aws:iam::{_OWN}:role/ocpi"  # every case has it
_Statement = Mapping[str, object]


def everybody_called_shop() -> None:
    """The role has no policy at all; the secret lets it in by a condition."""
    _workload("shop")
    _on_secret(_allow(_READ, by="*", when={"ArnEquals": {"aws:PrincipalArn": _SHOP}}))


def everybody_called_ocpi() -> None:
    _workload("shop")
    _on_secret(_allow(_READ, by="*", when={"ArnEquals": {"aws:PrincipalArn": _SERVICE}}))


def everybody_called_by_a_name_that_is_not_here() -> None:
    _workload("shop")
    elsewhere = f"arn:aws:iam::{_OWN}:role/elsewhere"
    _on_secret(_allow(_READ, by="*", when={"ArnEquals": {"aws:PrincipalArn": elsewhere}}))


def everybody_of_another_account() -> None:
    _on_secret(_allow(_READ, by="*", when={"StringEquals": {"aws:PrincipalAccount": _FOREIGN}}))


def everybody_of_the_organisation() -> None:
    _on_secret(_allow(_READ, by="*", when={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}))


def everybody_of_the_organisation_but_others() -> None:
    others = {"ArnNotLike": {"aws:PrincipalArn": _SERVICE}}
    _on_secret(
        _allow(_READ, by="*", when={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}), _deny(_READ, when=others)
    )


def everybody_in_the_network() -> None:
    _on_secret(_allow(_READ, by="*", when={"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}))


def everybody_but_one() -> None:
    statement = {"Effect": "Allow", "NotPrincipal": {"AWS": _SHOP}, "Action": _READ, "Resource": "*"}
    _on_secret({**statement, "Condition": {"StringEquals": {"aws:PrincipalAccount": _OWN}}})
    _workload("billing")


def all_values_of_none() -> None:
    _workload("shop")
    trick = {"ForAllValues:ArnLike": {"aws:SourceArn": f"arn:aws:sns:*:{_OWN}:*"}}
    _on_secret(_allow(_READ, by={"AWS": _SHOP}, when=trick))


def where_no_service_asks() -> None:
    _workload("shop")
    _on_secret(_allow(_READ, by={"AWS": _SHOP}, when={"Null": {"aws:SourceArn": "true"}}))


def where_a_service_asks() -> None:
    _workload("shop")
    _on_secret(_allow(_READ, by={"AWS": _SHOP}, when={"Null": {"aws:SourceArn": "false"}}))


def denied_to_nobody() -> None:
    denied = {"Effect": "Deny", "NotPrincipal": {"AWS": "*"}, "Action": _READ, "Resource": "*"}
    _may(_workload("shop"), _allow(_READ))
    _on_secret(denied)


def one_role_of_another_account() -> None:
    role = {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{_FOREIGN}:role/reports"}}
    _on_secret(_allow(_READ, by={"AWS": f"arn:aws:iam::{_FOREIGN}:root"}, when=role))


def no_role_of_another_account() -> None:
    foreign = {"AWS": f"arn:aws:iam::{_FOREIGN}:root"}
    _on_secret(_allow(_READ, by=foreign), _deny(_READ, when={"ArnNotEquals": {"aws:PrincipalArn": _SERVICE}}))


def another_account_but_its_root() -> None:
    foreign = f"arn:aws:iam::{_FOREIGN}:root"
    _on_secret(_allow(_READ, by={"AWS": foreign}), _deny(_READ, when={"ArnEquals": {"aws:PrincipalArn": foreign}}))


def another_account_under_a_guardrail() -> None:
    """Guardrails on principals hold those of the organisation's own accounts, not whom a secret lets in."""
    _on_secret(_allow(_READ, by={"AWS": f"arn:aws:iam::{_FOREIGN}:role/reports"}))
    _guardrail("SERVICE_CONTROL_POLICY")


def another_account_under_a_guardrail_of_resources() -> None:
    _on_secret(_allow(_READ, by={"AWS": f"arn:aws:iam::{_FOREIGN}:role/reports"}))
    _guardrail("RESOURCE_CONTROL_POLICY")


def user_whose_boundary_does_not_hold() -> None:
    boundary = aws.iam.Policy("boundary", policy=_document(_allow("sqs:*")))
    user = aws.iam.User("reader", name="reader", permissions_boundary=boundary.arn)
    secret = _secret()
    policy = user.arn.apply(lambda arn: _document(_allow(_READ, by={"AWS": arn})))
    aws.secretsmanager.SecretPolicy("policy", secret_arn=secret.arn, policy=policy)


def role_whose_boundary_holds() -> None:
    boundary = aws.iam.Policy("boundary", policy=_document(_allow("sqs:*")))
    _workload("shop", permissions_boundary=boundary.arn)
    _on_secret(_allow(_READ, by={"AWS": _SHOP}))


def resource_with_a_variable() -> None:
    _secret()
    secrets = f"arn:aws:secretsmanager:*:{_OWN}:secret:${{aws:PrincipalTag/team}}/*"
    _may(_workload("shop"), _allow(_READ, secrets))


def all_but_a_variable() -> None:
    """Its own part is not taken away by the Deny, and that may be anybody's."""
    _secret()
    shop = _workload("shop")
    _may(shop, _allow(_READ))
    others = f"arn:aws:secretsmanager:*:{_OWN}:secret:${{aws:PrincipalTag/team}}/*"
    _may(shop, {"Effect": "Deny", "Action": _READ, "NotResource": others}, "but")


def half_an_arn() -> None:
    _secret()
    _may(_workload("shop"), _allow(_READ, "arn:aws:secretsmanager"))


def some_objects_stay_open() -> None:
    aws.s3.Bucket("exports", bucket="ocpi-exports")
    shop = _workload("shop")
    _may(shop, _allow("s3:GetObject", "arn:aws:s3:::ocpi-exports/*"))
    _may(shop, {"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::ocpi-exports/cdrs/*"}, "but")


def tagged_for_somebody_else() -> None:
    _secret(tags={"Team": "ocpi"})
    _may(_workload("shop"), _allow(_READ, when={"StringEquals": {"aws:ResourceTag/team": "shop"}}))


def tagged_for_it() -> None:
    _secret(tags={"Team": "shop"})
    _may(_workload("shop"), _allow(_READ, when={"StringEquals": {"secretsmanager:ResourceTag/Team": "shop"}}))


def tagged_by_nobody_here() -> None:
    _secret()
    _may(_workload("shop"), _allow(_READ, when={"StringEquals": {"aws:ResourceTag/Team": "shop"}}))


def workload_by_a_chain() -> None:
    """The shop may not read; it may take a role that its account's own policies may take."""
    chained = aws.iam.Role("reports", name="reports", assume_role_policy=_trust(_ROOT))
    _may(chained, _allow("dynamodb:Query", _table().arn))
    _may(_workload("shop"), _allow("sts:AssumeRole", "*"))


def workload_without_a_chain() -> None:
    chained = aws.iam.Role("reports", name="reports", assume_role_policy=_trust(_ROOT))
    _may(chained, _allow("dynamodb:Query", _table().arn))
    _may(_workload("shop"), _allow("sts:AssumeRole", f"arn:aws:iam::{_OWN}:role/shop-*"))


def workload_by_its_session() -> None:
    session = {"AWS": f"arn:aws:sts::{_OWN}:assumed-role/shop/shop"}
    reports = aws.iam.Role("reports", name="reports", assume_role_policy=_trust(session))
    _may(reports, _allow("dynamodb:Query", _table().arn))
    _workload("shop")


def role_for_the_organisation() -> None:
    trust = _trust({"AWS": "*"}, {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})
    reports = aws.iam.Role("reports", name="reports", assume_role_policy=trust)
    _may(reports, _allow("dynamodb:Query", _table().arn))


def role_for_one_by_condition() -> None:
    trust = _trust({"AWS": "*"}, {"ArnEquals": {"aws:PrincipalArn": _SHOP}})
    reports = aws.iam.Role("reports", name="reports", assume_role_policy=trust)
    _may(reports, _allow("dynamodb:Query", _table().arn))
    _workload("shop")


def role_for_holders_of_certificates() -> None:
    anywhere = {"Service": "rolesanywhere.amazonaws.com"}
    _may(aws.iam.Role("edge", name="edge", assume_role_policy=_trust(anywhere)), _allow(_READ, _secret().arn))


def people_of_a_directory() -> None:
    saml = {"Federated": f"arn:aws:iam::{_OWN}:saml-provider/directory"}
    _may(aws.iam.Role("staff", name="staff", assume_role_policy=_trust(saml)), _allow("dynamodb:Query", _table().arn))


def stream_by_subscription() -> None:
    stream = aws.kinesis.Stream("cdrs", name="ocpi-cdrs", shard_count=1)
    _may(_workload("shop"), _allow("kinesis:SubscribeToShard", stream.arn.apply(lambda arn: f"{arn}/*")))


def key_by_a_grant() -> None:
    shop, key = _workload("shop"), _only_ocpi_s()
    aws.kms.Grant("shop", key_id=key.key_id, grantee_principal=shop.arn, operations=["Decrypt"])


def key_by_making_grants() -> None:
    key = aws.kms.Key("key")
    _secret(kms_key_id=key.arn)
    _may(_workload("shop"), _allow("kms:CreateGrant", key.arn))


def key_by_making_grants_for_services() -> None:
    key = aws.kms.Key("key")
    _secret(kms_key_id=key.arn)
    _may(_workload("shop"), _allow("kms:CreateGrant", key.arn, when={"Bool": {"kms:GrantIsForAWSResource": "true"}}))


def key_through_the_secret_only() -> None:
    """Whoever may not ask for the secret gets nothing of the key."""
    through = {
        "StringEquals": {"kms:CallerAccount": _OWN, "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com"}
    }
    policy = _document(_allow("kms:*", by=_ROOT), _allow("kms:Decrypt", by="*", when=through))
    _secret(kms_key_id=aws.kms.Key("key", policy=policy).arn)
    _workload("shop")


def objects_for_a_canonical_user() -> None:
    bucket = aws.s3.Bucket("exports", bucket="ocpi-exports")
    policy = _document(_allow("s3:GetObject", "arn:aws:s3:::ocpi-exports/*", by={"CanonicalUser": "79a59d" * 10}))
    aws.s3.BucketPolicy("policy", bucket=bucket.id, policy=policy)


def parameter_read_by_another_workload() -> None:
    token = aws.ssm.Parameter("tokens", name="/ocpi/partners/one", type="SecureString", value="made-up")
    _may(_workload("shop"), _allow("ssm:GetParameter*", token.arn))


def parameter_read_by_nobody_else() -> None:
    token = aws.ssm.Parameter("tokens", name="/ocpi/partners/one", type="SecureString", value="made-up")
    aws.ssm.Parameter("colour", name="/shop/colour", type="String", value="green")
    _may(_workload("hub", service="ocpi-hub"), _allow("ssm:GetParameter", token.arn))
    _may(_workload("shop"), _allow("ssm:GetParameter", f"arn:aws:ssm:*:{_OWN}:parameter/shop/*"))


def _workload(name: str, *, service: str = "", **more: object) -> aws.iam.Role:
    role = aws.iam.Role(name, name=name, assume_role_policy=_trust(_LAMBDA), **more)
    aws.lambda_.Function(name, name=service or name, role=role.arn)
    return role


def _trust(by: dict[str, str], when: _Statement | None = None) -> str:
    return _document({"Effect": "Allow", "Principal": by, "Action": "sts:AssumeRole", "Condition": when or {}})


def _may(role: aws.iam.Role, statement: _Statement, name: str = "may") -> None:
    document = pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.iam.RolePolicy(f"{role._name}-{name}", role=role.name, policy=document)


def _secret(**more: object) -> aws.secretsmanager.Secret:
    return aws.secretsmanager.Secret("tokens", name="ocpi/partners/one", **more)


def _on_secret(*statements: _Statement) -> None:
    aws.secretsmanager.SecretPolicy("policy", secret_arn=_secret().arn, policy=_document(*statements))


def _table() -> aws.dynamodb.Table:
    return aws.dynamodb.Table("cdrs", name="ocpi-cdrs", hash_key="pk", attributes=[{"name": "pk", "type": "S"}])


def _only_ocpi_s() -> aws.kms.Key:
    key = aws.kms.Key("key", policy=_document(_allow("kms:*", by={"AWS": _SERVICE})))
    _secret(kms_key_id=key.arn)
    return key


def _guardrail(kind: str) -> None:
    policy = aws.organizations.Policy("guardrail", type=kind, content=_document(_deny("secretsmanager:*")))
    aws.organizations.PolicyAttachment("guardrail", policy_id=policy.id, target_id=_OWN)


def _allow(
    action: str,
    resources: pulumi.Input[str] = "*",
    *,
    by: dict[str, str] | str | None = None,
    when: Mapping[str, object] | None = None,
) -> _Statement:
    principal = {"Principal": by} if by else {}
    return {"Effect": "Allow", "Action": action, "Resource": resources, "Condition": when or {}, **principal}


def _deny(action: str, when: _Statement | None = None) -> _Statement:
    return {**_allow(action, by="*", when=when), "Effect": "Deny"}


def _document(*statements: _Statement) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


_workload("ocpi")
globals()[pulumi.Config("case").require("name")]()
