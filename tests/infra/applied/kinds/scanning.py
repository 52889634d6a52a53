"""What runs the scanner by itself: images, tasks, schedules, and the names it may ask for."""

from __future__ import annotations

import json
from typing import Any

from tests.infra.applied.account import Account
from tests.infra.applied.declared import Declared
from tests.infra.applied.kinds.detection import awsvpc

Made = tuple[str, dict[str, Any]]


def cluster(aws: Account, declared: Declared) -> Made:
    tags = [{"key": key, "value": value} for key, value in declared.tags.items()]
    inputs = declared.rest()
    name = inputs.pop("name")
    arn = aws.call("ecs", "CreateCluster", inputs, clusterName=name, tags=tags)["cluster"]["clusterArn"]
    return arn, {"arn": arn, "name": name}


def task_definition(aws: Account, declared: Declared) -> Made:
    tags = [{"key": key, "value": value} for key, value in declared.tags.items()]
    containers = json.loads(declared.take("containerDefinitions"))
    inputs = declared.rest()
    for volume in inputs.get("volumes", ()):
        assert volume.keys() <= {"name"}, f"a volume has {sorted(volume)}"
    made = aws.call("ecs", "RegisterTaskDefinition", inputs, containerDefinitions=containers, tags=tags)
    made = made["taskDefinition"]
    arn = made["taskDefinitionArn"]
    outputs = {"arn": arn, "arnWithoutRevision": arn.rpartition(":")[0], "revision": made["revision"]}
    return made["family"], outputs


def repository(aws: Account, declared: Declared) -> Made:
    tags, name = declared.tag_list(), declared.physical_name
    inputs = declared.rest()
    if "encryptionConfigurations" in inputs:
        inputs["encryptionConfiguration"] = inputs.pop("encryptionConfigurations")
    inputs.pop("forceDelete", None)  # the provider's own: it empties the repository before it deletes it
    made = aws.call("ecr", "CreateRepository", inputs, repositoryName=name, tags=tags)["repository"]
    return name, {"arn": made["repositoryArn"], "repositoryUrl": made["repositoryUri"], "name": name}


def image_lifecycle(aws: Account, declared: Declared) -> Made:
    repository, policy = declared.take("repository"), declared.take("policy")
    aws.call("ecr", "PutLifecyclePolicy", repositoryName=repository, lifecyclePolicyText=policy)
    return repository, {}


def schedule_group(aws: Account, declared: Declared) -> Made:
    tags = declared.tag_list()
    made = aws.call("scheduler", "CreateScheduleGroup", declared.rest(), Tags=tags)
    return declared.inputs["name"], {"arn": made["ScheduleGroupArn"], "name": declared.inputs["name"]}


def schedule(aws: Account, declared: Declared) -> Made:
    target = dict(declared.take("target"))
    if "ecsParameters" in target:
        task = dict(target["ecsParameters"])
        if network := task.pop("networkConfiguration", None):
            task["networkConfiguration"] = {"awsvpcConfiguration": awsvpc(network)}
        target["ecsParameters"] = task
    made = aws.call("scheduler", "CreateSchedule", declared.rest(), {"target": target})
    return declared.inputs["name"], {"arn": made["ScheduleArn"]}


_RESOLVER = "moto has no DNS firewall of Route 53 Resolver"


def names_group(aws: Account, declared: Declared) -> Made:
    return _resolver(aws, declared, "CreateFirewallRuleGroup", "rslvr-frg")


def names_list(aws: Account, declared: Declared) -> Made:
    domains = declared.take("domains")
    id_, outputs = _resolver(aws, declared, "CreateFirewallDomainList", "rslvr-fdl")
    aws.call(
        "route53resolver",
        "UpdateFirewallDomains",
        FirewallDomainListId=id_,
        Operation="REPLACE",
        Domains=domains,
        unsent=_RESOLVER,
    )
    return id_, outputs


def _resolver(aws: Account, declared: Declared, operation: str, prefix: str) -> Made:
    tags, id_ = declared.tag_list(), f"{prefix}-{declared.name}"
    asked = f"{prefix}-{declared.name}"
    aws.call("route53resolver", operation, declared.rest(), Tags=tags, CreatorRequestId=asked, unsent=_RESOLVER)
    return id_, {"arn": aws.arn("route53resolver", f"{prefix}/{id_}")}


def names_rule(aws: Account, declared: Declared) -> Made:
    asked = f"rule-{declared.name}"
    aws.call("route53resolver", "CreateFirewallRule", declared.rest(), CreatorRequestId=asked, unsent=_RESOLVER)
    return asked, {}


def names_association(aws: Account, declared: Declared) -> Made:
    asked, tags = f"association-{declared.name}", declared.tag_list()
    operation = "AssociateFirewallRuleGroup"
    aws.call("route53resolver", operation, declared.rest(), CreatorRequestId=asked, Tags=tags, unsent=_RESOLVER)
    return asked, {}


def names_config(aws: Account, declared: Declared) -> Made:
    aws.call("route53resolver", "UpdateFirewallConfig", declared.rest(), unsent=_RESOLVER)
    return declared.inputs["resourceId"], {}


def route(aws: Account, declared: Declared) -> Made:
    aws.call("ec2", "CreateRoute", declared.rest())
    return f"{declared.inputs['routeTableId']}-{declared.name}", {}


KINDS = {
    "aws:ecs/cluster:Cluster": cluster,
    "aws:ecs/taskDefinition:TaskDefinition": task_definition,
    "aws:ecr/repository:Repository": repository,
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": image_lifecycle,
    "aws:scheduler/scheduleGroup:ScheduleGroup": schedule_group,
    "aws:scheduler/schedule:Schedule": schedule,
    "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup": names_group,
    "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList": names_list,
    "aws:route53/resolverFirewallRule:ResolverFirewallRule": names_rule,
    "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation": names_association,
    "aws:route53/resolverFirewallConfig:ResolverFirewallConfig": names_config,
    "aws:ec2/route:Route": route,
}
