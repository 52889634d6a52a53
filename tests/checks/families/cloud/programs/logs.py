"""Logs, trails, alarms and detectors, sound and not."""

import json

import pulumi
import pulumi_aws as aws

_KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
_GOOD_LINE = {
    "id": "$context.requestId",
    "time": "$context.requestTime",
    "status": "$context.status",
    "partner": "$context.authorizer.principalId",
    "resource": "$context.resourcePath",
}
_PATTERNS = {
    "token-failures": '{ $.status = "401" }',
    "throttled": '{ $.status = "429" }',
    "unknown-routes": "{ $.route IS NULL }",
    "server-errors": '{ $.status = "5*" }',
    "cdr-volume": '{ $.route = "*cdrs*" }',
    "credentials-changes": '{ $.module = "credentials" }',
    "commands": '{ $.event = "command" }',
}


def group_for_a_year() -> None:
    aws.cloudwatch.LogGroup("group", retention_in_days=400, kms_key_id=_KEY)


def group_for_a_week() -> None:
    aws.cloudwatch.LogGroup("group", retention_in_days=7)


def group_for_ever() -> None:
    aws.cloudwatch.LogGroup("group")


def line_with_everything() -> None:
    _stage(_GOOD_LINE)


def line_without_the_caller() -> None:
    _stage({name: value for name, value in _GOOD_LINE.items() if name != "partner"})


def line_with_the_path() -> None:
    _stage({**_GOOD_LINE, "path": "$context.path"})


def line_with_the_key() -> None:
    _stage({**_GOOD_LINE, "key": "$context.identity.apiKey"})


def sound_trail() -> None:
    bucket = aws.s3.Bucket("records", bucket="audit-records", object_lock_enabled=True)
    aws.s3.BucketObjectLockConfiguration(
        "lock", bucket=bucket.id, rule={"default_retention": {"mode": "COMPLIANCE", "years": 1}}
    )
    aws.cloudtrail.Trail(
        "trail",
        s3_bucket_name=bucket.id,
        is_multi_region_trail=True,
        enable_log_file_validation=True,
        kms_key_id=_KEY,
    )


def trail_of_one_region() -> None:
    bucket = aws.s3.Bucket("records", bucket="records")
    aws.cloudtrail.Trail("trail", s3_bucket_name=bucket.id, enable_log_file_validation=True, kms_key_id=_KEY)


def trail_without_key() -> None:
    bucket = aws.s3.Bucket("records", bucket="records")
    aws.cloudtrail.Trail("trail", s3_bucket_name=bucket.id, is_multi_region_trail=True, enable_log_file_validation=True)


def trail_switched_off() -> None:
    aws.cloudtrail.Trail(
        "trail",
        s3_bucket_name="records",
        is_multi_region_trail=True,
        enable_log_file_validation=True,
        enable_logging=False,
    )


def evidence_locked_for_a_day() -> None:
    bucket = aws.s3.Bucket("evidence", bucket="evidence", object_lock_enabled=True)
    aws.s3.BucketObjectLockConfiguration(
        "lock", bucket=bucket.id, rule={"default_retention": {"mode": "GOVERNANCE", "days": 1}}
    )


def evidence_locked_for_those_without_the_right() -> None:
    _evidence()


def evidence_that_nobody_may_unlock() -> None:
    nobody = {"Effect": "Deny", "Principal": "*", "Action": "s3:BypassGovernanceRetention", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [nobody]})
    aws.s3.BucketPolicy("evidence", bucket=_evidence().id, policy=document)


def network_with_flow_log() -> None:
    _network("ALL")


def network_with_refusals_only() -> None:
    _network("REJECT")


def network_without_flow_log() -> None:
    aws.ec2.Vpc("network", cidr_block="10.0.0.0/16")


def logs_in_one_account_and_region() -> None:
    _network("ALL")
    aws.cloudwatch.LogGroup("access", name="/ocpi/access", retention_in_days=400)
    _function("service")


def logs_of_a_balancer_in_a_bucket() -> None:
    logs_in_one_account_and_region()
    _balancer(aws.s3.Bucket("balanced", bucket="balanced"))


def logs_in_another_region() -> None:
    logs_in_one_account_and_region()
    _elsewhere("far")


def logs_of_two_regions_in_one_archive() -> None:
    near = aws.cloudwatch.LogGroup("near", retention_in_days=400)
    far, there = _elsewhere("far")
    archive = "arn:aws:logs:eu-central-1:210987654321:destination:log-archive"
    _handed_on("near", near, archive)
    _handed_on("far", far, archive, opts=pulumi.ResourceOptions(provider=there))


def logs_of_two_regions_but_one_by_a_pattern() -> None:
    near = aws.cloudwatch.LogGroup("near", retention_in_days=400)
    other = aws.cloudwatch.LogGroup("other", retention_in_days=400)
    far, there = _elsewhere("far")
    archive = "arn:aws:logs:eu-central-1:210987654321:destination:log-archive"
    for name, one in (("near", near), ("other", other)):
        _handed_on(name, one, archive)
    _handed_on("far", far, archive, pattern="ERROR", opts=pulumi.ResourceOptions(provider=there))


def logs_to_somebody_else() -> None:
    near = aws.cloudwatch.LogGroup("near", retention_in_days=400)
    _handed_on("near", near, "arn:aws:logs:eu-central-1:210987654321:destination:partner")


def logs_with_a_balancer_through_a_stream_to_its_bucket() -> None:
    bucket = aws.s3.Bucket("log-archive", bucket="log-archive")
    _balancer(bucket)
    stream = aws.kinesis.FirehoseDeliveryStream(
        "lines",
        destination="extended_s3",
        extended_s3_configuration={"role_arn": "arn:aws:iam::123456789012:role/f", "bucket_arn": bucket.arn},
    )
    document = json.dumps({"DestinationArn": "arn:aws:iam::123456789012:role/none", "FilterPattern": ""})
    aws.cloudwatch.LogGroup("access", name="/ocpi/access", retention_in_days=400)
    _function("service")
    aws.cloudwatch.LogAccountPolicy(
        "everything",
        policy_name="everything",
        policy_type="SUBSCRIPTION_FILTER_POLICY",
        policy_document=stream.arn.apply(lambda arn: json.dumps({**json.loads(document), "DestinationArn": arn})),
    )


def containers_that_log() -> None:
    _containers(
        {"logDriver": "awslogs", "options": {"awslogs-group": "/ocpi/access", "awslogs-region": "eu-central-1"}}
    )


def containers_that_log_nowhere() -> None:
    _containers(None)


def containers_that_log_by_a_router() -> None:
    _containers({"logDriver": "awsfirelens"})


def all_patterns() -> None:
    topic = _topic(heard=True)
    _stage(_GOOD_LINE)
    for name, pattern in _PATTERNS.items():
        _alarm(name, pattern, topic)


def all_patterns_unheard() -> None:
    topic = _topic(heard=False)
    _stage(_GOOD_LINE)
    for name, pattern in _PATTERNS.items():
        _alarm(name, pattern, topic)


def no_patterns() -> None:
    _stage(_GOOD_LINE)


def alarm_without_action() -> None:
    aws.cloudwatch.MetricAlarm(
        "alarm", comparison_operator="GreaterThanThreshold", evaluation_periods=1, metric_name="Errors", threshold=1
    )


def alarm_switched_off() -> None:
    _alarm("alarm", '{ $.status = "401" }', _topic(heard=True), actions_enabled=False)


def alarm_of_somebody_elses_topic() -> None:
    _alarm("alarm", '{ $.status = "401" }', "arn:aws:sns:eu-central-1:123456789012:on-call")


def credentials_changes_by_event_rule() -> None:
    _stage(_GOOD_LINE)
    pattern = json.dumps({"source": ["aws.secretsmanager"], "detail": {"eventName": ["PutSecretValue"]}})
    rule = aws.cloudwatch.EventRule("changes", event_pattern=pattern)
    aws.cloudwatch.EventTarget("told", rule=rule.name, arn=_topic(heard=True).arn)


def detectors_on() -> None:
    aws.guardduty.Detector("threats", enable=True)
    aws.securityhub.Account("hub")
    aws.accessanalyzer.Analyzer("access", analyzer_name="access", type="ACCOUNT")


def detectors_off() -> None:
    aws.guardduty.Detector("threats", enable=False)
    aws.securityhub.Account("hub", enable_default_standards=False)


def changes_recorded() -> None:
    recorder = aws.cfg.Recorder("recorder", role_arn="arn:aws:iam::123456789012:role/config", name="recorder")
    aws.cfg.DeliveryChannel("channel", s3_bucket_name="audit")
    aws.cfg.RecorderStatus("status", name=recorder.name, is_enabled=True)


def changes_not_recorded() -> None:
    aws.cfg.Recorder("recorder", role_arn="arn:aws:iam::123456789012:role/config", name="recorder")


def _stage(line: dict[str, str]) -> None:
    api = aws.apigateway.RestApi("api")
    deployment = aws.apigateway.Deployment("deployment", rest_api=api.id)
    logged = {"destination_arn": "arn:aws:logs:eu-central-1:123456789012:log-group:access", "format": json.dumps(line)}
    aws.apigateway.Stage(
        "stage", rest_api=api.id, deployment=deployment.id, stage_name="ocpi", access_log_settings=logged
    )


def _evidence() -> aws.s3.Bucket:
    bucket = aws.s3.Bucket("evidence", bucket="evidence", object_lock_enabled=True)
    aws.s3.BucketObjectLockConfiguration(
        "lock", bucket=bucket.id, rule={"default_retention": {"mode": "GOVERNANCE", "days": 400}}
    )
    return bucket


def _network(kind: str) -> None:
    vpc = aws.ec2.Vpc("network", cidr_block="10.0.0.0/16")
    group = aws.cloudwatch.LogGroup("flow", retention_in_days=400)
    aws.ec2.FlowLog("flow", vpc_id=vpc.id, traffic_type=kind, log_destination=group.arn)


def _function(name: str) -> None:
    role = "arn:aws:iam::123456789012:role/service"
    aws.lambda_.Function(name, name=name, role=role, runtime="python3.13", handler="h.h", code=pulumi.AssetArchive({}))
    aws.cloudwatch.LogGroup(f"{name}-lines", name=f"/aws/lambda/{name}", retention_in_days=400)


def _balancer(bucket: aws.s3.Bucket) -> None:
    aws.lb.LoadBalancer("balancer", subnets=["subnet-1"], access_logs={"bucket": bucket.bucket, "enabled": True})


def _elsewhere(name: str) -> tuple[aws.cloudwatch.LogGroup, aws.Provider]:
    there = aws.Provider("there", region="us-east-1")
    own = pulumi.ResourceOptions(provider=there)
    return aws.cloudwatch.LogGroup(name, retention_in_days=400, opts=own), there


def _handed_on(
    name: str,
    group: aws.cloudwatch.LogGroup,
    to: str,
    pattern: str = "",
    opts: pulumi.ResourceOptions | None = None,
) -> None:
    aws.cloudwatch.LogSubscriptionFilter(
        name, log_group=group.name, filter_pattern=pattern, destination_arn=to, opts=opts
    )


def _containers(logging: dict[str, object] | None) -> None:
    aws.cloudwatch.LogGroup("access", name="/ocpi/access", retention_in_days=400)
    one = {"name": "service", "image": "service", **({"logConfiguration": logging} if logging else {})}
    aws.ecs.TaskDefinition("task", family="ocpi", container_definitions=json.dumps([one]))


def _topic(*, heard: bool) -> aws.sns.Topic:
    topic = aws.sns.Topic("alarms")
    if heard:
        aws.sns.TopicSubscription("alarms", topic=topic.arn, protocol="email", endpoint="on-call@example.com")
    return topic


def _alarm(name: str, pattern: str, topic: aws.sns.Topic | str, **more: object) -> None:
    metric = {"name": name, "namespace": "ocpi", "value": "1"}
    aws.cloudwatch.LogMetricFilter(name, log_group_name="/ocpi/access", pattern=pattern, metric_transformation=metric)
    aws.cloudwatch.MetricAlarm(
        name,
        comparison_operator="GreaterThanOrEqualToThreshold",
        evaluation_periods=1,
        namespace="ocpi",
        metric_name=name,
        threshold=1,
        alarm_actions=[topic if isinstance(topic, str) else topic.arn],
        **more,
    )


globals()[pulumi.Config("case").require("name")]()
