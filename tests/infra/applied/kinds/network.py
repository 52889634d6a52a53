"""VPC, subnets, routes, groups, endpoints, ways out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.infra.applied.account import Account
from tests.infra.applied.declared import Declared


def _tagged(declared: Declared, kind: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": declared.tag_list()}]


def vpc(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    made = aws.call("ec2", "CreateVpc", declared.some("cidrBlock"), TagSpecifications=_tagged(declared, "vpc"))["Vpc"]
    for input_name, attribute in (
        ("enableDnsSupport", "EnableDnsSupport"),
        ("enableDnsHostnames", "EnableDnsHostnames"),
    ):
        change: dict[str, Any] = {attribute: {"Value": declared.take(input_name)}}
        aws.call("ec2", "ModifyVpcAttribute", VpcId=made["VpcId"], **change)
    return made["VpcId"], {"arn": aws.arn("ec2", f"vpc/{made['VpcId']}")}


def subnet(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    made = aws.call(
        "ec2",
        "CreateSubnet",
        declared.some("vpcId", "cidrBlock", "availabilityZone"),
        TagSpecifications=_tagged(declared, "subnet"),
    )["Subnet"]
    public = {"Value": bool(declared.take("mapPublicIpOnLaunch"))}
    aws.call("ec2", "ModifySubnetAttribute", SubnetId=made["SubnetId"], MapPublicIpOnLaunch=public)
    return made["SubnetId"], {"arn": made["SubnetArn"]}


def internet_gateway(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    tags = _tagged(declared, "internet-gateway")
    made = aws.call("ec2", "CreateInternetGateway", TagSpecifications=tags)["InternetGateway"]["InternetGatewayId"]
    aws.call("ec2", "AttachInternetGateway", declared.some("vpcId"), InternetGatewayId=made)
    return made, {}


def eip(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    tags = _tagged(declared, "elastic-ip")
    made = aws.call("ec2", "AllocateAddress", declared.some("domain"), TagSpecifications=tags)
    return made["AllocationId"], {"allocationId": made["AllocationId"], "publicIp": made["PublicIp"]}


def nat_gateway(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    made = aws.call(
        "ec2",
        "CreateNatGateway",
        declared.some("subnetId", "allocationId"),
        TagSpecifications=_tagged(declared, "natgateway"),
    )["NatGateway"]
    return made["NatGatewayId"], {}


_A_ROUTE = {"cidrBlock": "DestinationCidrBlock", "destinationPrefixListId": "DestinationPrefixListId"}


def _route(aws: Account, table: str, route: Mapping[str, Any]) -> None:
    named = {_A_ROUTE.get(key, key[0].upper() + key[1:]): value for key, value in route.items()}
    # the firewall's endpoint is invented, as its zones are
    unsent = "the route to a firewall's endpoint, which moto does not make" if "VpcEndpointId" in named else None
    aws.call("ec2", "CreateRoute", RouteTableId=table, unsent=unsent, **named)


def route_table(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    tags = _tagged(declared, "route-table")
    made = aws.call("ec2", "CreateRouteTable", declared.some("vpcId"), TagSpecifications=tags)["RouteTable"]
    for route in declared.take("routes") or ():
        _route(aws, made["RouteTableId"], route)
    return made["RouteTableId"], {}


def route_table_association(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    made = aws.call("ec2", "AssociateRouteTable", declared.some("routeTableId", "subnetId", "gatewayId"))
    return made["AssociationId"], {}


def security_group(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    made = aws.call(
        "ec2",
        "CreateSecurityGroup",
        declared.some("vpcId", "description"),
        GroupName=declared.physical_name,
        TagSpecifications=_tagged(declared, "security-group"),
    )["GroupId"]
    _revoke_everything(aws, made)  # AWS lets everything out of a new group, the provider takes that away
    return made, {"arn": aws.arn("ec2", f"security-group/{made}")}


def _revoke_everything(aws: Account, group: str) -> None:
    (found,) = aws.client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"]
    if found["IpPermissions"]:
        aws.call("ec2", "RevokeSecurityGroupIngress", GroupId=group, IpPermissions=found["IpPermissions"])
    if found["IpPermissionsEgress"]:
        aws.call("ec2", "RevokeSecurityGroupEgress", GroupId=group, IpPermissions=found["IpPermissionsEgress"])


def default_security_group(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    """Adopted: AWS has made it with the VPC. Nothing is declared in it, so nothing stays in it."""
    filters = [{"Name": "vpc-id", "Values": [declared.take("vpcId")]}, {"Name": "group-name", "Values": ["default"]}]
    (found,) = aws.client("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
    _revoke_everything(aws, found["GroupId"])
    aws.call("ec2", "CreateTags", Resources=[found["GroupId"]], Tags=declared.tag_list())
    return found["GroupId"], {}


def _rule(operation: str) -> Callable[[Account, Declared], tuple[str, dict[str, Any]]]:
    def rule(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
        said = {"Description": declared.take("description")} if declared.inputs.get("description") else {}
        others = {
            "UserIdGroupPairs": ("GroupId", "referencedSecurityGroupId"),
            "PrefixListIds": ("PrefixListId", "prefixListId"),
            "IpRanges": ("CidrIp", "cidrIpv4"),
            "Ipv6Ranges": ("CidrIpv6", "cidrIpv6"),
        }
        permission: dict[str, Any] = {
            plural: [{one: declared.take(key), **said}]
            for plural, (one, key) in others.items()
            if declared.inputs.get(key)
        }
        permission["IpProtocol"] = declared.take("ipProtocol")
        for key, name in (("fromPort", "FromPort"), ("toPort", "ToPort")):
            if (port := declared.take(key)) is not None:
                permission[name] = int(port)
        made = aws.call(
            "ec2",
            operation,
            GroupId=declared.take("securityGroupId"),
            IpPermissions=[permission],
            TagSpecifications=_tagged(declared, "security-group-rule"),
        )
        return made["SecurityGroupRules"][0]["SecurityGroupRuleId"], {}

    return rule


def managed_prefix_list(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    made = aws.call(
        "ec2",
        "CreateManagedPrefixList",
        declared.some("addressFamily", "maxEntries", "entries"),
        PrefixListName=declared.take("name"),
        TagSpecifications=_tagged(declared, "prefix-list"),
    )["PrefixList"]
    return made["PrefixListId"], {"arn": made["PrefixListArn"]}


def vpc_endpoint(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    policy, tags = declared.take("policy"), _tagged(declared, "vpc-endpoint")
    made = aws.call("ec2", "CreateVpcEndpoint", declared.rest(), PolicyDocument=policy, TagSpecifications=tags)
    made = made["VpcEndpoint"]
    lists = aws.client("ec2").describe_prefix_lists()["PrefixLists"]
    found = [one["PrefixListId"] for one in lists if one["PrefixListName"] == declared.inputs["serviceName"]]
    return made["VpcEndpointId"], {"prefixListId": found[0] if found else "pl-66a5400f"}


def vpc_endpoint_route_table(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    table = declared.take("routeTableId")
    aws.call("ec2", "ModifyVpcEndpoint", declared.some("vpcEndpointId"), AddRouteTableIds=[table])
    return f"{declared.inputs['vpcEndpointId']}/{table}", {}


def flow_log(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    made = aws.call(
        "ec2",
        "CreateFlowLogs",
        declared.some("trafficType", "logDestination", "maxAggregationInterval", "logFormat"),
        ResourceIds=[declared.take("vpcId")],
        ResourceType="VPC",
        LogDestinationType=declared.take("logDestinationType", "cloud-watch-logs"),
        DeliverLogsPermissionArn=declared.take("iamRoleArn"),
        TagSpecifications=_tagged(declared, "vpc-flow-log"),
    )
    assert not made["Unsuccessful"], made["Unsuccessful"]
    return made["FlowLogIds"][0], {}


KINDS = {
    "aws:ec2/vpc:Vpc": vpc,
    "aws:ec2/subnet:Subnet": subnet,
    "aws:ec2/internetGateway:InternetGateway": internet_gateway,
    "aws:ec2/eip:Eip": eip,
    "aws:ec2/natGateway:NatGateway": nat_gateway,
    "aws:ec2/routeTable:RouteTable": route_table,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": route_table_association,
    "aws:ec2/securityGroup:SecurityGroup": security_group,
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": default_security_group,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule("AuthorizeSecurityGroupIngress"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule("AuthorizeSecurityGroupEgress"),
    "aws:ec2/managedPrefixList:ManagedPrefixList": managed_prefix_list,
    "aws:ec2/vpcEndpoint:VpcEndpoint": vpc_endpoint,
    "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation": vpc_endpoint_route_table,
    "aws:ec2/flowLog:FlowLog": flow_log,
}
