"""Stacks as demanding people write them: functions behind CloudFront, APIs with JWTs, tasks that a schedule begins."""

import json

import pulumi
import pulumi_aws as aws

_OWN = "123456789012"
_READ = "secretsmanager:GetSecretValue"


def url_for_signed_requests_behind_a_distribution() -> None:
    function = _function("ocpi")
    url = aws.lambda_.FunctionUrl("url", function_name=function.name, authorization_type="AWS_IAM")
    host = url.function_url.apply(lambda text: text.split("/")[2])
    origin: aws.cloudfront.DistributionOriginArgsDict = {
        "domain_name": host,
        "origin_id": "ocpi",
        "custom_origin_config": {
            "http_port": 80,
            "https_port": 443,
            "origin_protocol_policy": "https-only",
            "origin_ssl_protocols": ["TLSv1.2"],
        },
    }
    front = aws.cloudfront.Distribution(
        "front",
        enabled=True,
        origins=[origin],
        default_cache_behavior={
            "target_origin_id": "ocpi",
            "viewer_protocol_policy": "https-only",
            "allowed_methods": ["GET", "HEAD"],
            "cached_methods": ["GET", "HEAD"],
        },
        restrictions={"geo_restriction": {"restriction_type": "none"}},
        viewer_certificate={"cloudfront_default_certificate": True},
    )
    aws.lambda_.Permission(
        "called",
        action="lambda:InvokeFunctionUrl",
        function=function.name,
        principal="cloudfront.amazonaws.com",
        source_arn=front.arn,
    )


def api_with_web_tokens() -> None:
    api = aws.apigatewayv2.Api("ocpi", protocol_type="HTTP")
    aws.apigatewayv2.Authorizer(
        "tokens",
        api_id=api.id,
        authorizer_type="JWT",
        name="tokens",
        identity_sources=["$request.header.Authorization"],
        jwt_configuration={"issuer": "https://issuer.example.com", "audiences": ["ocpi"]},
    )


def task_without_a_role() -> None:
    aws.ecs.TaskDefinition("ocpi", family="ocpi", container_definitions="[]")


def bucket_for_a_balancers_logs() -> None:
    bucket = aws.s3.Bucket("logs", bucket="ocpi-balancer-logs")
    aws.lb.LoadBalancer("front", subnets=["subnet-1"], access_logs={"bucket": bucket.bucket, "enabled": True})


def bucket_for_a_network_balancers_logs() -> None:
    bucket = aws.s3.Bucket("logs", bucket="ocpi-balancer-logs")
    logs: aws.lb.LoadBalancerAccessLogsArgsDict = {"bucket": bucket.bucket, "enabled": True}
    aws.lb.LoadBalancer("front", load_balancer_type="network", subnets=["subnet-1"], access_logs=logs)


def export_of_ocpi_by_a_schedule() -> None:
    _by_schedule("ocpi-export")


def export_of_a_shop_by_a_schedule() -> None:
    _by_schedule("shop-export")


def archive_with_a_log_of_its_own() -> None:
    there = aws.Provider("archive", region="eu-central-1", allowed_account_ids=["999999999999"])
    here = aws.Provider("here", region="eu-central-1", allowed_account_ids=[_OWN])
    own, archive = pulumi.ResourceOptions(provider=here), pulumi.ResourceOptions(provider=there)
    _function("ocpi", own)
    bucket = aws.s3.Bucket("log-archive", bucket="log-archive", opts=archive)
    aws.cloudwatch.LogGroup("delivery", name="delivery", retention_in_days=400, opts=archive)
    stream = aws.kinesis.FirehoseDeliveryStream(
        "lines",
        destination="extended_s3",
        extended_s3_configuration={"role_arn": f"arn:aws:iam::{_OWN}:role/lines", "bucket_arn": bucket.arn},
        opts=own,
    )
    for name in ("one", "other"):
        group = aws.cloudwatch.LogGroup(name, name=name, retention_in_days=400, opts=own)
        aws.cloudwatch.LogSubscriptionFilter(
            name, log_group=group.name, filter_pattern="", destination_arn=stream.arn, opts=own
        )


def _function(name: str, opts: pulumi.ResourceOptions | None = None) -> aws.lambda_.Function:
    role = aws.iam.Role(name, name=name, assume_role_policy=_trust("lambda"), opts=opts)
    return aws.lambda_.Function(
        name,
        name=name,
        role=role.arn,
        runtime="python3.13",
        handler="h.h",
        code=pulumi.AssetArchive({}),
        logging_config={"log_format": "JSON", "log_group": "one"},
        opts=opts,
    )


def _by_schedule(name: str) -> None:
    aws.lambda_.Function("ocpi", name="ocpi", role=f"arn:aws:iam::{_OWN}:role/ocpi", code=pulumi.AssetArchive({}))
    role = aws.iam.Role(name, name=name, assume_role_policy=_trust("ecs-tasks"))
    secret = aws.secretsmanager.Secret("tokens", name="tokens")
    policy = secret.arn.apply(
        lambda arn: json.dumps({"Statement": [{"Effect": "Allow", "Action": _READ, "Resource": arn}]})
    )
    aws.iam.RolePolicy("reads", role=role.id, policy=policy)
    task = aws.ecs.TaskDefinition(name, family=name, container_definitions="[]", task_role_arn=role.arn)
    rule = aws.cloudwatch.EventRule("nightly", schedule_expression="rate(1 day)")
    aws.cloudwatch.EventTarget(
        "begins",
        rule=rule.name,
        arn=f"arn:aws:ecs:eu-central-1:{_OWN}:cluster/jobs",
        ecs_target={"task_definition_arn": task.arn},
    )


def _trust(service: str) -> str:
    taken = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [taken]})


globals()[pulumi.Config("case").require("name")]()
