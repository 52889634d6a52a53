"""Networks in which OCPI workloads stand apart from others, and networks in which they do not."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

SSH, HTTPS, POSTGRES = 22, 443, 5432


def apart() -> None:
    """The finance database is in the same VPC, and its security group lets the OCPI service in nowhere."""
    network = _Network("ocpi")
    service = _group("service", network, egress=[_to("0.0.0.0/0", HTTPS)])
    _function(network, service)
    _database("finance", network, _group("finance-db", network, ingress=[_to("10.9.0.0/16", POSTGRES)]))


def administered_by_everybody() -> None:
    network = _Network("ocpi")
    aws.vpc.SecurityGroupIngressRule(
        "ssh",
        security_group_id=_group("machines", network).id,
        cidr_ipv4="0.0.0.0/0",
        ip_protocol="tcp",
        from_port=SSH,
        to_port=SSH,
    )


def database_reached_by_group() -> None:
    network = _Network("ocpi")
    service = _group("service", network, egress=[_to("10.0.0.0/16", POSTGRES)])
    _function(network, service)
    ledger = _group("ledger", network)
    aws.vpc.SecurityGroupIngressRule(
        "from-service",
        security_group_id=ledger.id,
        referenced_security_group_id=service.id,
        ip_protocol="tcp",
        from_port=POSTGRES,
        to_port=POSTGRES,
    )
    _database("finance", network, ledger)


def database_reached_by_no_common_port() -> None:
    network = _Network("ocpi")
    _function(network, _group("service", network, egress=[_to("10.0.0.0/16", HTTPS)]))
    _database("finance", network, _group("ledger", network, ingress=[_to("10.0.0.0/16", POSTGRES)]))


def network_acl_denies_first() -> None:
    """Everything is allowed by rule 200, but rule 100 has refused the OCPI network before."""
    _listed(deny=100, allow=200)


def network_acl_allows_first() -> None:
    _listed(deny=200, allow=100)


def peered_with_a_route() -> None:
    _peered(route="10.1.0.0/16")


def peered_without_a_route() -> None:
    _peered(route=None)


def peered_with_a_longer_route_elsewhere() -> None:
    """The peering has the wide route; for the admin subnet itself a longer one leads to a network interface."""
    network, table = _peered(route="10.0.0.0/8")
    shunt = aws.ec2.NetworkInterface("shunt", subnet_id=network.subnet.id)
    aws.ec2.Route(
        "longer", route_table_id=table.id, destination_cidr_block="10.1.0.0/16", network_interface_id=shunt.id
    )


def peered_with_a_stranger() -> None:
    network = _Network("ocpi")
    _function(network, _group("service", network, egress=[_to("0.0.0.0/0", HTTPS)]))
    peering = aws.ec2.VpcPeeringConnection("peer", vpc_id=network.vpc.id, peer_vpc_id="vpc-0123456789abcdef0")
    aws.ec2.Route(
        "peer",
        route_table_id=network.table.id,
        destination_cidr_block="10.7.0.0/16",
        vpc_peering_connection_id=peering.id,
    )


def joined_by_a_transit_gateway() -> None:
    _transit(associated=False)


def kept_apart_by_transit_route_tables() -> None:
    _transit(associated=True)


def admin_host_may_log_in() -> None:
    """The other direction: containers that a bastion can open connections to."""
    network = _Network("ocpi")
    bastion = _group("bastion", network, egress=[_to("10.0.0.0/16", SSH)])
    tasks = _group("tasks", network, ingress=[_to("10.0.0.0/24", SSH)])
    aws.ec2.Instance("bastion", subnet_id=network.subnet.id, vpc_security_group_ids=[bastion.id])
    _containers(network, tasks)


def nat_gateway_in_front() -> None:
    _behind_nat("nat")


def nat_gateway_named_egress() -> None:
    _behind_nat("partner-egress")


def nat_gateway_and_no_rule_out() -> None:
    network = _Network("ocpi")
    _nat(network, "nat")
    _function(network, _group("service", network, egress=[_to("10.0.0.0/16", HTTPS)]))


def nat_gateway_refused_by_network_acl() -> None:
    network = _Network("ocpi")
    _nat(network, "nat")
    _acl(network.vpc, network.subnet, egress=[_entry(100, "allow", "10.0.0.0/8")], ingress=[])
    _function(network, _group("service", network, egress=[_to("0.0.0.0/0", HTTPS)]))


def firewall_in_front() -> None:
    network = _Network("ocpi")
    firewall = aws.networkfirewall.Firewall(
        "filter",
        firewall_policy_arn="arn:aws:network-firewall:eu-central-1:123456789012:firewall-policy/p",
        vpc_id=network.vpc.id,
        subnet_mappings=[{"subnet_id": network.subnet.id}],
    )
    inner = firewall.firewall_statuses.apply(lambda statuses: statuses[0].sync_states[0].attachments[0].endpoint_id)
    aws.ec2.Route("out", route_table_id=network.table.id, destination_cidr_block="0.0.0.0/0", vpc_endpoint_id=inner)
    _function(network, _group("service", network, egress=[_to("0.0.0.0/0", HTTPS)]))


def proxy_instance_in_front() -> None:
    network = _Network("ocpi")
    proxy = aws.ec2.NetworkInterface("out", subnet_id=network.subnet.id, tags={"segment": "egress"})
    aws.ec2.Route(
        "out", route_table_id=network.table.id, destination_cidr_block="0.0.0.0/0", network_interface_id=proxy.id
    )
    _function(network, _group("service", network, egress=[_to("0.0.0.0/0", HTTPS)]))


def something_unnamed_in_front() -> None:
    network = _Network("ocpi")
    box = aws.ec2.NetworkInterface("box", subnet_id=network.subnet.id)
    aws.ec2.Route(
        "out", route_table_id=network.table.id, destination_cidr_block="0.0.0.0/0", network_interface_id=box.id
    )
    _function(network, _group("service", network, egress=[_to("0.0.0.0/0", HTTPS)]))


def egress_only_gateway() -> None:
    network = _Network("ocpi")
    gateway = aws.ec2.EgressOnlyInternetGateway("six", vpc_id=network.vpc.id)
    aws.ec2.Route(
        "six",
        route_table_id=network.table.id,
        destination_ipv6_cidr_block="::/0",
        egress_only_gateway_id=gateway.id,
    )
    _function(network, _group("service", network, egress=[_to("::/0", HTTPS)]))


def containers_with_public_addresses() -> None:
    network = _Network("ocpi")
    gateway = aws.ec2.InternetGateway("gateway", vpc_id=network.vpc.id)
    aws.ec2.Route("out", route_table_id=network.table.id, destination_cidr_block="0.0.0.0/0", gateway_id=gateway.id)
    _containers(network, _group("tasks", network, egress=[_to("0.0.0.0/0", HTTPS)]), public=True)


def function_in_the_network_of_aws() -> None:
    _function(None, None)


def function_that_is_the_egress() -> None:
    _function(None, None, tags={"segment": "egress"})


class _Network:
    """A VPC with one subnet and its route table."""

    def __init__(self, name: str, cidr: str = "10.0.0.0/16") -> None:
        self.vpc = aws.ec2.Vpc(name, cidr_block=cidr)
        self.subnet = aws.ec2.Subnet(name, vpc_id=self.vpc.id, cidr_block=cidr.replace("/16", "/24"))
        self.table = aws.ec2.RouteTable(name, vpc_id=self.vpc.id)
        aws.ec2.RouteTableAssociation(name, subnet_id=self.subnet.id, route_table_id=self.table.id)


def _to(network: str, port: int) -> aws.ec2.SecurityGroupEgressArgsDict:
    key = "ipv6_cidr_blocks" if ":" in network else "cidr_blocks"
    return {"protocol": "tcp", "from_port": port, "to_port": port, key: [network]}


def _group(
    name: str,
    network: _Network,
    egress: Sequence[aws.ec2.SecurityGroupEgressArgsDict] = (),
    ingress: Sequence[aws.ec2.SecurityGroupEgressArgsDict] = (),
) -> aws.ec2.SecurityGroup:
    return aws.ec2.SecurityGroup(name, vpc_id=network.vpc.id, egress=list(egress), ingress=list(ingress))


def _function(
    network: _Network | None, group: aws.ec2.SecurityGroup | None, tags: dict[str, str] | None = None
) -> None:
    aws.lambda_.Function(
        "service",
        name="ocpi-service",
        role="arn:aws:iam::123456789012:role/service",
        vpc_config={"subnet_ids": [network.subnet.id], "security_group_ids": [group.id]} if network and group else None,
        tags=tags,
    )


def _containers(network: _Network, group: aws.ec2.SecurityGroup, *, public: bool = False) -> None:
    aws.ecs.Service(
        "service",
        name="ocpi-service",
        network_configuration={
            "subnets": [network.subnet.id],
            "security_groups": [group.id],
            "assign_public_ip": public,
        },
    )


def _database(name: str, network: _Network, group: aws.ec2.SecurityGroup) -> None:
    subnets = aws.rds.SubnetGroup(name, subnet_ids=[network.subnet.id])
    aws.rds.Instance(
        name, instance_class="db.t4g.micro", db_subnet_group_name=subnets.name, vpc_security_group_ids=[group.id]
    )


def _entry(number: int, action: str, network: str) -> aws.ec2.NetworkAclEgressArgsDict:
    return {
        "rule_no": number,
        "action": action,
        "cidr_block": network,
        "protocol": "-1",
        "from_port": 0,
        "to_port": 0,
    }


def _acl(
    vpc: aws.ec2.Vpc,
    subnet: aws.ec2.Subnet,
    egress: Sequence[aws.ec2.NetworkAclEgressArgsDict],
    ingress: Sequence[aws.ec2.NetworkAclEgressArgsDict],
) -> None:
    aws.ec2.NetworkAcl("acl", vpc_id=vpc.id, subnet_ids=[subnet.id], egress=list(egress), ingress=list(ingress))


def _listed(*, deny: int, allow: int) -> None:
    """An admin subnet of its own in the VPC, with a network ACL that has both rules."""
    network = _Network("ocpi")
    admin = aws.ec2.Subnet("admin", vpc_id=network.vpc.id, cidr_block="10.0.9.0/24")
    rules = [_entry(deny, "deny", "10.0.0.0/24"), _entry(allow, "allow", "0.0.0.0/0")]
    _acl(network.vpc, admin, egress=[], ingress=rules)
    _function(network, _group("service", network, egress=[_to("10.0.0.0/16", HTTPS)]))


def _peered(route: str | None) -> tuple[_Network, aws.ec2.RouteTable]:
    network, admin = _Network("ocpi"), _Network("admin", "10.1.0.0/16")
    _function(network, _group("service", network, egress=[_to("10.0.0.0/8", HTTPS)]))
    peering = aws.ec2.VpcPeeringConnection("peer", vpc_id=network.vpc.id, peer_vpc_id=admin.vpc.id)
    if route:
        aws.ec2.Route(
            "peer",
            route_table_id=network.table.id,
            destination_cidr_block=route,
            vpc_peering_connection_id=peering.id,
        )
    return network, network.table


def _transit(*, associated: bool) -> None:
    """Both networks at one transit gateway; `associated`: with route tables that know nothing of each other."""
    gateway = aws.ec2transitgateway.TransitGateway("hub")
    networks = [_Network("ocpi"), _Network("finance", "10.1.0.0/16")]
    for name, network in zip(("ocpi", "finance"), networks, strict=True):
        attachment = aws.ec2transitgateway.VpcAttachment(
            name,
            subnet_ids=[network.subnet.id],
            vpc_id=network.vpc.id,
            transit_gateway_id=gateway.id,
            transit_gateway_default_route_table_association=not associated,
            transit_gateway_default_route_table_propagation=not associated,
        )
        aws.ec2.Route(
            name,
            route_table_id=network.table.id,
            destination_cidr_block="10.0.0.0/8",
            transit_gateway_id=gateway.id,
        )
        if associated:
            table = aws.ec2transitgateway.RouteTable(name, transit_gateway_id=gateway.id)
            ids = {
                "transit_gateway_attachment_id": attachment.id,
                "transit_gateway_route_table_id": table.id,
            }
            aws.ec2transitgateway.RouteTableAssociation(name, **ids)
            aws.ec2transitgateway.RouteTablePropagation(name, **ids)
    _function(networks[0], _group("service", networks[0], egress=[_to("10.0.0.0/8", HTTPS)]))


def _nat(network: _Network, name: str) -> None:
    nat = aws.ec2.NatGateway(name, subnet_id=network.subnet.id, allocation_id="eipalloc-1")
    aws.ec2.Route("out", route_table_id=network.table.id, destination_cidr_block="0.0.0.0/0", nat_gateway_id=nat.id)


def _behind_nat(name: str) -> None:
    network = _Network("ocpi")
    _nat(network, name)
    _function(network, _group("service", network, egress=[_to("0.0.0.0/0", HTTPS)]))


globals()[pulumi.Config("case").require("name")]()
