"""aws-native resources become what pulumi-aws would have declared; both Checkov's policies and ours then judge them."""

import pytest

from checks.families.cloud import secrets
from checks.model.verdict import Outcome
from scanner.cloud.bridge.plan_writer import write_plan
from scanner.cloud.bridge.token_map import token_map
from scanner.cloud.declared import Declared
from scanner.cloud.native.spelling import template_type
from scanner.cloud.native.translated import translated
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import HIDDEN, UNKNOWN, CloudValue, Resource
from tests.checks.families.cloud.cases import findings
from tests.scanner.cloud.checkov_many import judge_plans
from tests.scanner.cloud.declared import declare


def stack(*resources: Resource) -> Declared:
    return translated(Declared(source="s", resources=resources, document={}))


def one(token: str, **inputs: CloudValue) -> Resource:
    (found,) = stack(declare(f"aws-native:{token}", "it", inputs)).resources
    return found


MOST_USED = {
    "apigateway:RestApi": "aws:apigateway/restApi:RestApi",
    "apigateway:Stage": "aws:apigateway/stage:Stage",
    "apigateway:Method": "aws:apigateway/method:Method",
    "apigateway:Authorizer": "aws:apigateway/authorizer:Authorizer",
    "apigateway:DomainName": "aws:apigateway/domainName:DomainName",
    "apigateway:UsagePlan": "aws:apigateway/usagePlan:UsagePlan",
    "apigatewayv2:Api": "aws:apigatewayv2/api:Api",
    "apigatewayv2:Stage": "aws:apigatewayv2/stage:Stage",
    "lambda:Function": "aws:lambda/function:Function",
    "lambda:Url": "aws:lambda/functionUrl:FunctionUrl",
    "lambda:Permission": "aws:lambda/permission:Permission",
    "dynamodb:Table": "aws:dynamodb/table:Table",
    "secretsmanager:Secret": "aws:secretsmanager/secret:Secret",
    "secretsmanager:RotationSchedule": "aws:secretsmanager/secretRotation:SecretRotation",
    "wafv2:WebAcl": "aws:wafv2/webAcl:WebAcl",
    "wafv2:WebAclAssociation": "aws:wafv2/webAclAssociation:WebAclAssociation",
    "wafv2:IpSet": "aws:wafv2/ipSet:IpSet",
    "wafv2:LoggingConfiguration": "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    "s3:Bucket": "aws:s3/bucket:Bucket",
    "s3:BucketPolicy": "aws:s3/bucketPolicy:BucketPolicy",
    "kms:Key": "aws:kms/key:Key",
    "logs:LogGroup": "aws:cloudwatch/logGroup:LogGroup",
    "ec2:Vpc": "aws:ec2/vpc:Vpc",
    "ec2:Subnet": "aws:ec2/subnet:Subnet",
    "ec2:RouteTable": "aws:ec2/routeTable:RouteTable",
    "ec2:Route": "aws:ec2/route:Route",
    "ec2:SecurityGroup": "aws:ec2/securityGroup:SecurityGroup",
    "ec2:InternetGateway": "aws:ec2/internetGateway:InternetGateway",
    "ec2:NatGateway": "aws:ec2/natGateway:NatGateway",
    "ec2:VpcEndpoint": "aws:ec2/vpcEndpoint:VpcEndpoint",
    "ec2:FlowLog": "aws:ec2/flowLog:FlowLog",
    "iam:Role": "aws:iam/role:Role",
    "sns:Topic": "aws:sns/topic:Topic",
    "sqs:Queue": "aws:sqs/queue:Queue",
    "cloudtrail:Trail": "aws:cloudtrail/trail:Trail",
    "elasticloadbalancingv2:LoadBalancer": "aws:lb/loadBalancer:LoadBalancer",
    "certificatemanager:Certificate": "aws:acm/certificate:Certificate",
}


@pytest.mark.parametrize("native, expected", MOST_USED.items())
def test_the_types_that_ocpi_stacks_use_have_a_counterpart(native, expected):
    assert one(native).token == expected


@pytest.mark.parametrize("token", ["aws:s3/bucket:Bucket", "aws-native:s3:Nothing", "aws-native:index", "random:x:Y"])
def test_anything_else_keeps_its_own_token(token):
    assert template_type(token) is None
    (found,) = stack(declare(token, "it")).resources
    assert found.token == token


def test_properties_have_pulumis_names_at_every_depth():
    table = one(
        "dynamodb:Table",
        tableName="cdrs",
        sseSpecification={"sseEnabled": True, "kmsMasterKeyId": "arn:aws:kms:x"},
        pointInTimeRecoverySpecification={"pointInTimeRecoveryEnabled": True},
        tags=({"key": "owner", "value": "ocpi"},),
    )
    assert table.get("name") == "cdrs"
    assert (table.get("serverSideEncryption.enabled"), table.get("serverSideEncryption.kmsKeyArn")) == (
        True,
        "arn:aws:kms:x",
    )
    assert table.get("pointInTimeRecovery.enabled") is True
    assert table.get("tags") == {"owner": "ocpi"}


def test_keys_that_are_the_authors_own_stay_as_they_are():
    function = one("lambda:Function", environment={"variables": {"partnerTable": "t", "OCPI_TOKEN": HIDDEN}})
    assert function.get("environment.variables") == {"partnerTable": "t", "OCPI_TOKEN": HIDDEN}
    statement = {"effect": "Allow", "Action": "sts:AssumeRole"}
    role = one("iam:Role", assumeRolePolicyDocument={"Version": "2012-10-17", "Statement": (statement,)})
    assert role.get("assumeRolePolicy.Statement.0") == statement


def test_what_is_unknown_or_secret_stays_so():
    assert one("sns:Topic", kmsMasterKeyId=UNKNOWN).inputs["kmsMasterKeyId"] is UNKNOWN
    stage = one("apigateway:Stage", accessLogSetting={"destinationArn": UNKNOWN, "format": "f"})
    assert (stage.get("accessLogSettings.destinationArn"), stage.get("accessLogSettings.format")) == (UNKNOWN, "f")


def test_what_pulumi_has_in_resources_of_their_own_stands_beside():
    access: dict[str, CloudValue] = {"blockPublicAcls": True, "blockPublicPolicy": UNKNOWN}
    rule: dict[str, CloudValue] = {"serverSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "k"}}
    inputs: dict[str, CloudValue] = {
        "publicAccessBlockConfiguration": access,
        "bucketEncryption": {"serverSideEncryptionConfiguration": (rule,)},
    }
    bucket = declare("aws-native:s3:Bucket", "cdrs", inputs)
    found = {one.token.rpartition(":")[2]: one for one in stack(bucket).resources}
    block = found["BucketPublicAccessBlock"]
    assert block.urn == f"{bucket.urn}/PublicAccessBlock"
    assert block.depends_on_by_property == {"bucket": (bucket.urn,)}
    assert (block.inputs["blockPublicAcls"], block.inputs["blockPublicPolicy"]) == (True, UNKNOWN)
    assert block.position == bucket.position
    encryption = found["BucketServerSideEncryptionConfiguration"]
    assert "aws:kms" in str(encryption.inputs)


def test_references_lead_to_the_same_resources_under_the_new_names():
    key = declare("aws-native:kms:Key", "k", {"enableKeyRotation": True})
    secret = declare("aws-native:secretsmanager:Secret", "s", {"kmsKeyId": "k-1"}, {"kmsKeyId": (key,)})
    rotation = declare(
        "aws:secretsmanager/secretRotation:SecretRotation", "r", {"secretId": "s-1"}, {"secretId": (secret,)}
    )
    found = {one.name: one for one in stack(key, secret, rotation).resources}
    assert found["s"].depends_on_by_property == {"kmsKeyId": (key.urn,)}
    assert found["r"] == rotation
    assert (found["s"].urn, found["s"].position, found["s"].id) == (secret.urn, secret.position, secret.id)


def test_a_property_without_a_counterpart_is_named():
    declared = stack(declare("aws-native:s3:Bucket", "cdrs", {"intelligentTieringConfigurations": ({"id": "x"},)}))
    assert declared.unmapped == (
        "properties of aws-native resources that pulumi-aws does not have: cdrs IntelligentTieringConfigurations",
    )


def test_checkovs_policies_and_ours_judge_them():
    topic = declare("aws-native:sns:Topic", "alarms", {"topicName": "alarms"})
    url = declare("aws-native:lambda:Url", "open", {"authType": "NONE", "targetFunctionArn": "f"})
    secret = declare("aws-native:secretsmanager:Secret", "partner", {"name": "partner"})
    declared = stack(topic, url, secret)
    plan = write_plan(declared.resources, token_map())
    said = judge_plans({"plan": plan.document})["plan"]
    assert said["CKV_AWS_26", "aws_sns_topic.alarms"] == "FAILED"
    assert said["CKV_AWS_258", "aws_lambda_function_url.open"] == "FAILED"
    fact = DeclaredResources(stack="s", source="s", resources=declared.resources)
    assert [one.outcome for one in findings(secrets.ROTATION, fact)] == [Outcome.FAIL]
