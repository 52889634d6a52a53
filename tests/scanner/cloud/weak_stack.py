"""A stack with weak and strong spots, in which every rule of the plan writer changes what Checkov says."""

from scanner.model.resource import HIDDEN, CloudValue, Resource
from tests.scanner.cloud.declared import declare

ADMIN: CloudValue = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ANYBODY: CloudValue = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}],
}


def _edge() -> list[Resource]:
    api = declare("aws:apigateway/restApi:RestApi", "ocpi", {"name": "ocpi"})
    logs = declare("aws:cloudwatch/logGroup:LogGroup", "access", {"retentionInDays": 400.0})
    stage = declare(
        "aws:apigateway/stage:Stage",
        "live",
        {
            "restApi": "ocpi-id-0123",
            "deployment": "d-1",
            "stageName": "live",
            "accessLogSettings": {
                "destinationArn": "arn:aws:logs:eu-west-1:123456789012:log-group:access",
                "format": "x",
            },
        },
        {"restApi": (api,), "accessLogSettings": (logs,)},
        {"arn": "arn:aws:apigateway:eu-west-1::/restapis/ocpi/stages/live"},
    )
    bare = declare(
        "aws:apigateway/stage:Stage", "bare", {"restApi": "ocpi-id-0123", "stageName": "bare"}, {"restApi": (api,)}
    )
    settings = declare(
        "aws:apigateway/methodSettings:MethodSettings",
        "all",
        {
            "restApi": "ocpi-id-0123",
            "stageName": "live",
            "methodPath": "*/*",
            "settings": {"loggingLevel": "INFO", "metricsEnabled": True},
        },
        {"restApi": (api,), "stageName": (stage,)},
    )
    visible: CloudValue = {"cloudwatchMetricsEnabled": True, "metricName": "m", "sampledRequestsEnabled": False}
    acl = declare(
        "aws:wafv2/webAcl:WebAcl",
        "edge",
        {
            "scope": "REGIONAL",
            "defaultAction": {"block": {}},
            "visibilityConfig": visible,
            "rules": (
                {
                    "name": "known",
                    "priority": 1,
                    "overrideAction": {"none": {}},
                    "statement": {
                        "managedRuleGroupStatement": {
                            "name": "AWSManagedRulesKnownBadInputsRuleSet",
                            "vendorName": "AWS",
                        }
                    },
                    "visibilityConfig": visible,
                },
            ),
        },
        outputs={"arn": "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/edge/1"},
    )
    association = declare(
        "aws:wafv2/webAclAssociation:WebAclAssociation",
        "edge",
        {"resourceArn": stage.outputs["arn"], "webAclArn": acl.outputs["arn"]},
        {"resourceArn": (stage,), "webAclArn": (acl,)},
    )
    return [api, logs, stage, bare, settings, acl, association]


def _network() -> list[Resource]:
    vpc = declare("aws:ec2/vpc:Vpc", "ocpi", {"cidrBlock": "10.0.0.0/16"})
    group = declare(
        "aws:ec2/securityGroup:SecurityGroup",
        "open",
        {
            "vpcId": "ocpi-id-0123",
            "ingress": (
                {"protocol": "tcp", "fromPort": 22.0, "toPort": 22.0, "cidrBlocks": ("0.0.0.0/0",), "description": "x"},
            ),
        },
        {"vpcId": (vpc,)},
    )
    return [vpc, group]


def _function(group: Resource) -> list[Resource]:
    role = declare("aws:iam/role:Role", "function", {"assumeRolePolicy": {"Version": "2012-10-17", "Statement": ()}})
    policy = declare("aws:iam/rolePolicy:RolePolicy", "admin", {"policy": ADMIN, "role": "x"}, {"role": (role,)})
    function = declare(
        "aws:lambda/function:Function",
        "service",
        {
            "role": "arn:aws:iam::123456789012:role/function",
            "environment": {"variables": {"camelKey": "kept", "TOKEN": HIDDEN}},
            "vpcConfig": {"subnetIds": ("subnet-1",), "securityGroupIds": (group.id,)},
            "code": {"asset": {"kind": "archive", "path": "build/service.zip"}},
            "reservedConcurrentExecutions": 5.0,
        },
        {"role": (role,), "vpcConfig": (group,)},
    )
    return [role, policy, function]


def _stores() -> list[Resource]:
    bucket = declare("aws:s3/bucket:Bucket", "exports", {})
    block = declare(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "exports",
        {
            "bucket": bucket.id,
            "blockPublicAcls": True,
            "blockPublicPolicy": True,
            "ignorePublicAcls": True,
            "restrictPublicBuckets": True,
        },
        {"bucket": (bucket,)},
    )
    policy = declare(
        "aws:s3/bucketPolicy:BucketPolicy", "exports", {"bucket": bucket.id, "policy": ANYBODY}, {"bucket": (bucket,)}
    )
    table = declare(
        "aws:dynamodb/table:Table",
        "cdrs",
        {
            "hashKey": "id",
            "attributes": ({"name": "id", "type": "S"},),
            "pointInTimeRecovery": {"enabled": True},
            "serverSideEncryption": {"enabled": True, "kmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/1"},
        },
    )
    secret = declare("aws:secretsmanager/secret:Secret", "partner", {"kmsKeyId": "alias/x"})
    rotation = declare(
        "aws:secretsmanager/secretRotation:SecretRotation",
        "partner",
        {"secretId": secret.id, "rotationLambdaArn": "arn:x", "rotationRules": {"automaticallyAfterDays": 30.0}},
        {"secretId": (secret,)},
    )
    return [bucket, block, policy, table, secret, rotation]


def weak_stack() -> tuple[Resource, ...]:
    """All of it, 18 resources."""
    network = _network()
    return (*_edge(), *network, *_function(network[1]), *_stores())
