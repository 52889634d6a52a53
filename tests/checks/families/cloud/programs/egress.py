"""Workloads that a peer's URL could lead inward, and workloads that it could not."""

import json

import pulumi
import pulumi_aws as aws

_ALL = {"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}


def everywhere() -> None:
    _service([_ALL])


def to_partners_only() -> None:
    _service([{**_ALL, "cidr_blocks": ["192.0.2.0/24"]}])


def to_own_subnet_only() -> None:
    _service([{**_ALL, "cidr_blocks": ["10.0.0.0/24"]}])


def two_halves_of_a_private_range() -> None:
    _service([{**_ALL, "cidr_blocks": ["10.0.0.0/9"]}, {**_ALL, "cidr_blocks": ["10.128.0.0/9"]}])


def everywhere_and_private_refused_by_network_acl() -> None:
    network, subnet = _service([_ALL])
    refused = [
        {"rule_no": 10 + number, "action": "deny", "cidr_block": block, "protocol": "-1", "from_port": 0, "to_port": 0}
        for number, block in enumerate(("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
    ]
    others = {
        "rule_no": 99,
        "action": "allow",
        "cidr_block": "0.0.0.0/0",
        "protocol": "-1",
        "from_port": 0,
        "to_port": 0,
    }
    aws.ec2.NetworkAcl("acl", vpc_id=network.id, subnet_ids=[subnet.id], egress=[*refused, others])


def in_the_network_of_aws() -> None:
    aws.lambda_.Function("service", name="ocpi", role="arn:aws:iam::123456789012:role/a")


def session_wanted() -> None:
    _machine(http_tokens="required", http_put_response_hop_limit=1)


def plain_get_answered() -> None:
    _machine(http_tokens="optional")


def metadata_travels_far() -> None:
    _machine(http_tokens="required", http_put_response_hop_limit=64)


def no_metadata_at_all() -> None:
    _machine(http_endpoint="disabled")


def nothing_said_of_metadata() -> None:
    aws.ec2.Instance("machine", ami="ami-1", instance_type="t4g.small")


def as_the_template_says() -> None:
    template = aws.ec2.LaunchTemplate("template", metadata_options={"http_tokens": "required"})
    aws.ec2.Instance("machine", launch_template={"id": template.id})


def endpoint_with_a_policy() -> None:
    who = {"AWS": "arn:aws:iam::123456789012:root"}
    _endpoint([{"Effect": "Allow", "Principal": who, "Action": "dynamodb:GetItem", "Resource": "*"}])


def endpoint_open_to_all() -> None:
    _endpoint([{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}])


def endpoint_for_own_principals() -> None:
    own = {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}
    _endpoint([{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": own}])


def endpoint_without_a_policy() -> None:
    aws.ec2.VpcEndpoint("endpoint", vpc_id="vpc-1", service_name="com.amazonaws.eu-central-1.dynamodb")


def endpoint_with_a_policy_beside_it() -> None:
    endpoint = aws.ec2.VpcEndpoint("endpoint", vpc_id="vpc-1", service_name="com.amazonaws.eu-central-1.s3")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::ocpi/*"}
    aws.ec2.VpcEndpointPolicy("policy", vpc_endpoint_id=endpoint.id, policy=json.dumps({"Statement": [statement]}))


def _endpoint(statements: list[dict[str, object]]) -> None:
    aws.ec2.VpcEndpoint(
        "endpoint",
        vpc_id="vpc-1",
        service_name="com.amazonaws.eu-central-1.dynamodb",
        policy=json.dumps({"Version": "2012-10-17", "Statement": statements}),
    )


def _machine(**options: object) -> None:
    aws.ec2.Instance("machine", ami="ami-1", instance_type="t4g.small", metadata_options=options)


def _service(egress: list[dict[str, object]]) -> tuple[aws.ec2.Vpc, aws.ec2.Subnet]:
    network = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")
    subnet = aws.ec2.Subnet("subnet", vpc_id=network.id, cidr_block="10.0.0.0/24")
    group = aws.ec2.SecurityGroup("group", vpc_id=network.id, egress=egress)
    aws.lambda_.Function(
        "service",
        name="ocpi",
        role="arn:aws:iam::123456789012:role/a",
        vpc_config={"subnet_ids": [subnet.id], "security_group_ids": [group.id]},
    )
    return network, subnet


globals()[pulumi.Config("case").require("name")]()
