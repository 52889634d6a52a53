"""What an account holds, read with clients of its own: nothing of what was declared comes in here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from tests.infra.applied.account import Account

Facts = Mapping[str, Any]


def read_back(account: Account, *parts: str) -> dict[str, Any]:
    """Facts by part, plain values throughout; all parts of an environment unless some are named."""
    fresh = Account(account_id=account.account_id, region=account.region)
    return {name: _PARTS[name](fresh) for name in parts or _ENVIRONMENT}


def _gateway(client: Any, firewall: Any, region: str) -> Facts:
    (api,) = client.get_rest_apis()["items"]
    stages = client.get_stages(restApiId=api["id"])["item"]
    arns = [f"arn:aws:apigateway:{region}::/restapis/{api['id']}/stages/{stage['stageName']}" for stage in stages]
    plans = client.get_usage_plans()["items"]
    return {
        "api": api,
        "methods": list(_methods(client, api["id"])),
        "authorizers": client.get_authorizers(restApiId=api["id"])["items"],
        "models": client.get_models(restApiId=api["id"])["items"],
        "responses": client.get_gateway_responses(restApiId=api["id"])["items"],
        "stages": stages,
        "firewalls": [firewall.get_web_acl_for_resource(ResourceArn=arn).get("WebACL") for arn in arns],
        "domains": client.get_domain_names()["items"],
        "plans": [{**plan, "keys": client.get_usage_plan_keys(usagePlanId=plan["id"])["items"]} for plan in plans],
    }


def _methods(client: Any, api: str) -> Iterator[Facts]:
    for page in client.get_paginator("get_resources").paginate(restApiId=api, embed=["methods"]):
        for resource in page["items"]:
            for verb in resource.get("resourceMethods", {}):
                found = client.get_method(restApiId=api, resourceId=resource["id"], httpMethod=verb)
                yield {"path": resource["path"], "verb": verb, **found}


def _tables(client: Any) -> Facts:
    return {
        name: {
            **client.describe_table(TableName=name)["Table"],
            **client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"],
            "ttl": client.describe_time_to_live(TableName=name)["TimeToLiveDescription"],
            "items": client.scan(TableName=name)["Items"],
        }
        for name in client.list_tables()["TableNames"]
    }


def _keys(client: Any) -> Facts:
    """By alias; those without one under their id."""
    aliases = {one["TargetKeyId"]: one["AliasName"] for one in client.list_aliases()["Aliases"] if "TargetKeyId" in one}
    found = {}
    for key in client.list_keys()["Keys"]:
        described = client.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        symmetric = described["KeySpec"] == "SYMMETRIC_DEFAULT"
        rotates = client.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"] if symmetric else None
        policy = client.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"]
        found[aliases.get(key["KeyId"], key["KeyId"])] = {
            **described, "rotates": rotates, "policy": json.loads(policy),
        }  # fmt: skip
    return found


def _functions(client: Any) -> Iterator[Facts]:
    for function in client.list_functions()["Functions"]:
        name = function["FunctionName"]
        whole = client.get_function(FunctionName=name)
        yield {
            **whole["Configuration"],
            "concurrency": whole.get("Concurrency", {}).get("ReservedConcurrentExecutions"),
            "policy": json.loads(client.get_policy(FunctionName=name)["Policy"]),
        }


def _roles(client: Any) -> Iterator[Facts]:
    for role in client.list_roles()["Roles"]:
        name = role["RoleName"]
        attached = client.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        inline = client.list_role_policies(RoleName=name)["PolicyNames"]
        documents = [client.get_role_policy(RoleName=name, PolicyName=one)["PolicyDocument"] for one in inline]
        whole = client.get_role(RoleName=name)["Role"]
        yield {**whole, "attached": [one["PolicyArn"] for one in attached], "inline": documents}


def _network(client: Any) -> Facts:
    own = [vpc["VpcId"] for vpc in client.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]
    (vpc,) = own
    here = [{"Name": "vpc-id", "Values": [vpc]}]
    return {
        "subnets": client.describe_subnets(Filters=here)["Subnets"],
        "groups": client.describe_security_groups(Filters=here)["SecurityGroups"],
        "routes": client.describe_route_tables(Filters=here)["RouteTables"],
        "endpoints": client.describe_vpc_endpoints(Filters=here)["VpcEndpoints"],
        "flow_logs": client.describe_flow_logs(Filters=[{"Name": "resource-id", "Values": [vpc]}])["FlowLogs"],
    }


def _logs(client: Any, alarms: Any) -> Facts:
    return {
        "groups": [g for page in client.get_paginator("describe_log_groups").paginate() for g in page["logGroups"]],
        "filters": client.describe_metric_filters()["metricFilters"],
        "alarms": alarms.describe_alarms()["MetricAlarms"],
    }


def _trails(client: Any) -> Iterator[Facts]:
    for trail in client.describe_trails()["trailList"]:
        chosen = client.get_event_selectors(TrailName=trail["TrailARN"]).get("AdvancedEventSelectors", [])
        yield {**trail, "status": client.get_trail_status(Name=trail["TrailARN"]), "chosen": chosen}


def _buckets(client: Any) -> Iterator[Facts]:
    for bucket in client.list_buckets()["Buckets"]:
        name = bucket["Name"]
        yield {
            "name": name,
            "versioning": client.get_bucket_versioning(Bucket=name).get("Status"),
            "encryption": client.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"],
            "public_access": client.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"],
            "lock": client.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"],
            "policy": json.loads(client.get_bucket_policy(Bucket=name)["Policy"]),
            "lifecycle": client.get_bucket_lifecycle_configuration(Bucket=name)["Rules"],
        }


def _queues(client: Any) -> Iterator[Facts]:
    for url in client.list_queues().get("QueueUrls", ()):
        attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        yield {**attributes, "Policy": json.loads(attributes["Policy"])}


def _topics(client: Any) -> Iterator[Facts]:
    for topic in client.list_topics()["Topics"]:
        attributes = client.get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"]
        subscriptions = client.list_subscriptions_by_topic(TopicArn=topic["TopicArn"])["Subscriptions"]
        yield {**attributes, "Policy": json.loads(attributes["Policy"]), "subscriptions": subscriptions}


def _schedules(client: Any) -> Iterator[Facts]:
    for one in client.list_schedules()["Schedules"]:
        yield client.get_schedule(Name=one["Name"], GroupName=one["GroupName"])


def _tasks(client: Any) -> Iterator[Facts]:
    for arn in client.list_task_definitions()["taskDefinitionArns"]:
        yield client.describe_task_definition(taskDefinition=arn)["taskDefinition"]


def _buses(client: Any) -> Iterator[Facts]:
    for bus in client.list_event_buses()["EventBuses"]:
        rules = client.list_rules(EventBusName=bus["Name"])["Rules"]
        targets = [
            target
            for rule in rules
            for target in client.list_targets_by_rule(Rule=rule["Name"], EventBusName=bus["Name"])["Targets"]
        ]
        yield {**bus, "Policy": json.loads(bus.get("Policy", "null")), "rules": rules, "targets": targets}


def _organization(client: Any) -> Facts:
    """Accounts with the units above them, and where each policy of the organisation's own holds."""
    policies = client.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    return {
        "accounts": {
            one["Name"]: client.list_parents(ChildId=one["Id"])["Parents"] for one in client.list_accounts()["Accounts"]
        },
        "policies": [
            {
                **client.describe_policy(PolicyId=one["Id"])["Policy"],
                "targets": client.list_targets_for_policy(PolicyId=one["Id"])["Targets"],
            }
            for one in policies
            if not one["AwsManaged"]
        ],
    }


_PARTS: Final[Mapping[str, Callable[[Account], Any]]] = {
    "gateway": lambda account: _gateway(account.client("apigateway"), account.client("wafv2"), account.region),
    "tables": lambda account: _tables(account.client("dynamodb")),
    "keys": lambda account: _keys(account.client("kms")),
    "secrets": lambda account: account.client("secretsmanager").list_secrets()["SecretList"],
    "functions": lambda account: list(_functions(account.client("lambda"))),
    "roles": lambda account: list(_roles(account.client("iam"))),
    "network": lambda account: _network(account.client("ec2")),
    "logs": lambda account: _logs(account.client("logs"), account.client("cloudwatch")),
    "trails": lambda account: list(_trails(account.client("cloudtrail"))),
    "buckets": lambda account: list(_buckets(account.client("s3"))),
    "queues": lambda account: list(_queues(account.client("sqs"))),
    "topics": lambda account: list(_topics(account.client("sns"))),
    "schedules": lambda account: list(_schedules(account.client("scheduler"))),
    "tasks": lambda account: list(_tasks(account.client("ecs"))),
    "buses": lambda account: list(_buses(account.client("events"))),
    "organization": lambda account: _organization(account.client("organizations")),
}
_ENVIRONMENT: Final = (
    *("gateway", "tables", "keys", "secrets", "functions", "roles"),
    *("network", "logs", "trails", "buckets", "queues", "topics"),
)
