import sys

import pulumi
import pulumi_aws as aws

found = aws.ec2.get_ami(owners=["amazon"], most_recent=True)
zone = aws.route53.get_zone(name="example.com")
certificate = aws.acm.get_certificate_output(domain="ocpi.example.com", statuses=["ISSUED"])
parameter = aws.ssm.get_parameter(name="/ocpi/limit")
service = aws.get_service_principal(service_name="logs")
parts = aws.get_arn(arn="arn:aws:s3:::a-bucket/a/key")
pulumi.export("ami", found.id)
sys.stdout.write("what a program says belongs to standard error\n")
aws.ec2.Instance("relay", ami=found.id, instance_type="t3.micro", user_data=f"LIMIT={parameter.value}")
aws.route53.Record("ocpi", zone_id=zone.zone_id, name=f"ocpi.{zone.name}", type="A", records=["192.0.2.1"], ttl=60)
aws.lb.Listener("https", load_balancer_arn="arn:x", port=443, protocol="HTTPS", certificate_arn=certificate.arn,
                default_actions=[{"type": "fixed-response"}])  # fmt: skip
aws.sns.Topic("all", name=parts.resource.replace("/", "-"), display_name=service.name)
network = pulumi.StackReference("organization/network/test")
aws.ec2.Subnet("private", vpc_id=network.get_output("vpc_id"), cidr_block="10.0.0.0/24")


def subnets(zones):
    for name in zones:
        aws.ec2.Subnet(f"more-{name}", vpc_id="vpc-1", cidr_block="10.0.1.0/24")


pulumi.ComponentResource("awsx:ec2:Vpc", "net", {"cidrBlock": "10.0.0.0/16"}, remote=True)
network.get_output("zones").apply(lambda zones: subnets(sorted(zones)))
network.get_output("name").apply(lambda name: name.upper())
