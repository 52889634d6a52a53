"""Topic, queue, log groups, filters, alarms, trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.infra.applied.account import Account
from tests.infra.applied.declared import Declared


def _attributes(declared: Mapping[str, Any]) -> dict[str, str]:
    """As the two messaging services want them: names with a capital, values as text."""
    return {name[0].upper() + name[1:]: _text(value) for name, value in declared.items()}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def topic(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    name, tags = declared.physical_name, declared.tag_list()
    arn = aws.call("sns", "CreateTopic", Name=name, Tags=tags, Attributes=_attributes(declared.rest()))["TopicArn"]
    return arn, {"arn": arn, "name": name}


def topic_policy(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    arn, policy = declared.take("arn"), declared.take("policy")
    aws.call("sns", "SetTopicAttributes", TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    return arn, {}


def topic_subscription(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    made = aws.call("sns", "Subscribe", declared.some("protocol", "endpoint"), TopicArn=declared.take("topic"))
    return made["SubscriptionArn"], {"arn": made["SubscriptionArn"]}


def queue(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    name, tags = declared.physical_name, declared.tags
    declared_of_provider = {"messageRetentionSeconds": "messageRetentionPeriod"}
    attributes = {declared_of_provider.get(key, key): value for key, value in declared.rest().items()}
    url = aws.call("sqs", "CreateQueue", QueueName=name, Attributes=_attributes(attributes), tags=tags)["QueueUrl"]
    return url, {"arn": aws.arn("sqs", name), "name": name, "url": url}


def queue_policy(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    url, policy = declared.take("queueUrl"), declared.take("policy")
    aws.call("sqs", "SetQueueAttributes", QueueUrl=url, Attributes={"Policy": policy})
    return url, {}


def log_group(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    name, days = declared.physical_name, declared.take("retentionInDays")
    aws.call(
        "logs", "CreateLogGroup", declared.some("kmsKeyId", "logGroupClass"), logGroupName=name, tags=declared.tags
    )
    if days:
        # the model has no list of the days that are accepted, the documentation has one
        assert days in KEPT_DAYS, f"{days} days are no retention that CloudWatch Logs knows"
        aws.call("logs", "PutRetentionPolicy", logGroupName=name, retentionInDays=int(days))
    return name, {"arn": aws.arn("logs", f"log-group:{name}"), "name": name}


KEPT_DAYS = frozenset(
    {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
)


def log_resource_policy(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    aws.call("logs", "PutResourcePolicy", declared.some("policyName", "policyDocument"))
    return declared.inputs["policyName"], {}


def log_metric_filter(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    into = {
        "namespace": "metricNamespace", "name": "metricName", "value": "metricValue",
    }  # fmt: skip
    transformation = {into.get(key, key): value for key, value in declared.take("metricTransformation").items()}
    if "defaultValue" in transformation:
        transformation["defaultValue"] = float(transformation["defaultValue"])
    aws.call(
        "logs",
        "PutMetricFilter",
        declared.some("logGroupName"),
        filterName=declared.take("name"),
        filterPattern=declared.take("pattern"),
        metricTransformations=[transformation],
    )
    return declared.inputs["name"], {}


def metric_alarm(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    dimensions = [{"Name": name, "Value": value} for name, value in (declared.take("dimensions") or {}).items()]
    name, description = declared.take("name"), declared.take("alarmDescription") or declared.take("description")
    ok_actions, queries, tags = declared.take("okActions"), declared.take("metricQueries"), declared.tag_list()
    inputs = declared.rest()
    aws.call(
        "cloudwatch",
        "PutMetricAlarm",
        inputs,
        AlarmName=name,
        AlarmDescription=description,
        Dimensions=dimensions or None,
        OKActions=ok_actions,
        Tags=tags,
        Metrics=queries,
    )
    return name, {"arn": aws.arn("cloudwatch", f"alarm:{name}")}


def _chosen(selectors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As the service wants them: its member for what begins so has no plural."""
    into = {"field": "Field", "equals": "Equals", "startsWiths": "StartsWith"}
    return [
        {
            "Name": one["name"],
            "FieldSelectors": [{into[key]: value for key, value in field.items()} for field in one["fieldSelectors"]],
        }
        for one in selectors
    ]


def trail(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    into = {"enableLogFileValidation": "enableLogFileValidation", "cloudWatchLogsGroupArn": "cloudWatchLogsLogGroupArn"}
    tags = declared.tag_list()
    logging = declared.take("enableLogging", default=True)
    selectors = declared.take("advancedEventSelectors", default=[])
    inputs = {into.get(key, key): value for key, value in declared.rest().items()}
    made = aws.call("cloudtrail", "CreateTrail", inputs, TagsList=tags)
    if logging:
        aws.call("cloudtrail", "StartLogging", Name=made["Name"])
    if selectors:
        aws.call("cloudtrail", "PutEventSelectors", TrailName=made["Name"], AdvancedEventSelectors=_chosen(selectors))
    return made["TrailARN"], {"arn": made["TrailARN"], "name": made["Name"]}


KINDS = {
    "aws:sns/topic:Topic": topic,
    "aws:sns/topicPolicy:TopicPolicy": topic_policy,
    "aws:sns/topicSubscription:TopicSubscription": topic_subscription,
    "aws:sqs/queue:Queue": queue,
    "aws:sqs/queuePolicy:QueuePolicy": queue_policy,
    "aws:cloudwatch/logGroup:LogGroup": log_group,
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": log_resource_policy,
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": log_metric_filter,
    "aws:cloudwatch/metricAlarm:MetricAlarm": metric_alarm,
    "aws:cloudtrail/trail:Trail": trail,
}
