"""The web firewall in front, the network firewall on the way out."""

from __future__ import annotations

from typing import Any

from tests.infra.applied.account import Account
from tests.infra.applied.declared import Declared
from tests.infra.applied.parameters import parameters

_NOT_IN_MOTO = "moto has no rule groups and policies of AWS Network Firewall"


def ip_set(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    tags = declared.tag_list()
    made = aws.call("wafv2", "CreateIPSet", declared.rest(), Tags=tags)["Summary"]
    return made["Id"], {"arn": made["ARN"]}


def web_acl(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    tags, bodies = declared.tag_list(), (declared.take("associationConfig") or {}).get("requestBodies") or ()
    limits = {
        kind: {"DefaultSizeInspectionLimit": limit["defaultSizeInspectionLimit"]}
        for body in bodies
        for kind, limit in (("API_GATEWAY", body["apiGateway"]),)
    }
    config = {"RequestBody": limits} if limits else None
    made = aws.call("wafv2", "CreateWebACL", declared.rest(), AssociationConfig=config, Tags=tags)["Summary"]
    return made["Id"], {"arn": made["ARN"], "name": made["Name"]}


def web_acl_association(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    aws.call("wafv2", "AssociateWebACL", declared.rest())
    return declared.inputs["resourceArn"], {}


def web_acl_logging(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    aws.call("wafv2", "PutLoggingConfiguration", {"loggingConfiguration": declared.rest()})
    return declared.inputs["resourceArn"], {}


def rule_group(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    name, tags = declared.take("name"), declared.tag_list()
    group = dict(declared.take("ruleGroup"))
    variables = dict(group.pop("ruleVariables", {}))
    sets = {one["key"]: {"Definition": one["ipSet"]["definitions"]} for one in variables.pop("ipSets", ())}
    assert not variables, f"rule variables {sorted(variables)} are not looked at"
    inputs = {**declared.rest(), "ruleGroup": group}
    operation = aws.client("network-firewall").meta.service_model.operation_model("CreateRuleGroup")
    translated = parameters(operation.input_shape, inputs)
    translated["RuleGroup"]["RuleVariables"] = {"IPSets": sets}
    aws.call("network-firewall", "CreateRuleGroup", RuleGroupName=name, Tags=tags, unsent=_NOT_IN_MOTO, **translated)
    arn = aws.arn("network-firewall", f"stateful-rulegroup/{name}")
    return arn, {"arn": arn}


def firewall_policy(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    name, tags = declared.take("name"), declared.tag_list()
    inputs = declared.rest()
    aws.call(
        "network-firewall", "CreateFirewallPolicy", inputs, FirewallPolicyName=name, Tags=tags, unsent=_NOT_IN_MOTO
    )
    arn = aws.arn("network-firewall", f"firewall-policy/{name}")
    return arn, {"arn": arn}


def firewall(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    name, tags, subnets = declared.take("name"), declared.tag_list(), declared.inputs["subnetMappings"]
    made = aws.call("network-firewall", "CreateFirewall", declared.rest(), FirewallName=name, Tags=tags)["Firewall"]
    states = [{"attachments": [_endpoint(n, one["subnetId"])]} for n, one in enumerate(subnets)]
    for state, one in zip(states, subnets, strict=True):
        (found,) = aws.client("ec2").describe_subnets(SubnetIds=[one["subnetId"]])["Subnets"]
        state["availabilityZone"] = found["AvailabilityZone"]
    return made["FirewallArn"], {"arn": made["FirewallArn"], "firewallStatuses": [{"syncStates": states}]}


def _endpoint(number: int, subnet: str) -> dict[str, str]:
    return {"endpointId": f"vpce-{number:017x}", "subnetId": subnet}


def firewall_logging(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    aws.call("network-firewall", "UpdateLoggingConfiguration", declared.rest())
    return declared.inputs["firewallArn"], {}


KINDS = {
    "aws:wafv2/ipSet:IpSet": ip_set,
    "aws:wafv2/webAcl:WebAcl": web_acl,
    "aws:wafv2/webAclAssociation:WebAclAssociation": web_acl_association,
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": web_acl_logging,
    "aws:networkfirewall/ruleGroup:RuleGroup": rule_group,
    "aws:networkfirewall/firewallPolicy:FirewallPolicy": firewall_policy,
    "aws:networkfirewall/firewall:Firewall": firewall,
    "aws:networkfirewall/loggingConfiguration:LoggingConfiguration": firewall_logging,
}
