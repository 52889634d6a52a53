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
