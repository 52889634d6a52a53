"""Environments that have nothing in common with `first`, and some that have."""

import json

import pulumi
import pulumi_aws as aws

FIRST, SECOND = "210987654321", "345678901234"
KEY = "arn:aws:kms:eu-central-1:210987654321:key/11111111-2222-3333-4444-555555555555"


def first() -> None:
    _environment(FIRST, "first", KEY)


def second() -> None:
    _environment(SECOND, "second", KEY.replace(FIRST, SECOND))


def same_account() -> None:
    _environment(FIRST, "second", KEY.replace("1111", "2222"))


def account_not_said() -> None:
    _environment(None, "second", KEY.replace(FIRST, SECOND))


def same_key() -> None:
    _environment(SECOND, "second", KEY)


def same_domain() -> None:
    _environment(SECOND, "second", KEY.replace(FIRST, SECOND), domain="ocpi.first.example.com")


def same_bucket() -> None:
    _environment(SECOND, "second", KEY.replace(FIRST, SECOND), bucket="ocpi-cdrs-first")


def reads_the_bucket() -> None:
    _environment(SECOND, "second", KEY.replace(FIRST, SECOND))
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::ocpi-cdrs-first/*"}
    aws.iam.Policy("read", policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def same_image_by_tag() -> None:
    _environment(SECOND, "second", KEY.replace(FIRST, SECOND), image=":live")


def same_image_by_digest() -> None:
    _environment(SECOND, "second", KEY.replace(FIRST, SECOND), image="@sha256:" + "ab" * 32)


def trusts_the_first() -> None:
    _environment(SECOND, "second", KEY.replace(FIRST, SECOND))
    _role(f"arn:aws:iam::{FIRST}:role/deployer")


def trusts_the_account_of_the_first() -> None:
    _environment(SECOND, "second", KEY.replace(FIRST, SECOND))
    _role(FIRST)


def peers_with_the_first() -> None:
    _environment(SECOND, "second", KEY.replace(FIRST, SECOND))
    aws.ec2.VpcPeeringConnection(
        "peer", vpc_id="vpc-0123456789abcdef1", peer_vpc_id="vpc-0123456789abcdef0", peer_owner_id=FIRST
    )


def logs_into_the_same_archive() -> None:
    """Both write flow logs into the archive of an audit account."""
    _environment(SECOND, "second", KEY.replace(FIRST, SECOND))


def _role(principal: str) -> None:
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}]}
    aws.iam.Role("deploy", assume_role_policy=json.dumps(trust))


def _environment(
    account: str | None, name: str, key: str, domain: str | None = None, bucket: str | None = None, image: str = ""
) -> None:
    """Resources with the same names in every environment, as one program with two configurations has them."""
    provider = aws.Provider("account", region="eu-central-1", allowed_account_ids=[account] if account else None)
    options = pulumi.ResourceOptions(provider=provider)
    aws.apigateway.DomainName("domain", domain_name=domain or f"ocpi.{name}.example.com", opts=options)
    data = aws.s3.Bucket("cdrs", bucket=bucket or f"ocpi-cdrs-{name}", opts=options)
    made = aws.kms.Key("own", opts=options)
    aws.dynamodb.Table(
        "objects", hash_key="pk", server_side_encryption={"enabled": True, "kms_key_arn": made.arn}, opts=options
    )
    aws.sns.Topic("alarms", kms_master_key_id=key, opts=options)
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": data.arn.apply(lambda arn: f"{arn}/*")}
    aws.iam.Policy("own", policy=pulumi.Output.json_dumps({"Statement": [statement]}), opts=options)
    aws.ec2.FlowLog("flow", log_destination="arn:aws:s3:::audit-archive", vpc_id="vpc-" + name[0] * 17, opts=options)
    tag = image or f":{name}"
    aws.ecs.TaskDefinition(
        "service",
        family="ocpi",
        container_definitions=json.dumps(
            [{"name": "ocpi", "image": f"111122223333.dkr.ecr.eu-central-1.amazonaws.com/ocpi{tag}"}]
        ),
        opts=options,
    )
    _first_image(name, options)


def _first_image(name: str, options: pulumi.ResourceOptions) -> None:
    """The first environment runs images that others may name, too."""
    if name == "first":
        for tag in (":live", "@sha256:" + "ab" * 32):
            aws.lambda_.Function(
                f"image{tag[:4]}",
                package_type="Image",
                image_uri=f"111122223333.dkr.ecr.eu-central-1.amazonaws.com/ocpi{tag}",
                role="arn:aws:iam::210987654321:role/ocpi",
                opts=options,
            )


globals()[pulumi.Config("case").require("name")]()
