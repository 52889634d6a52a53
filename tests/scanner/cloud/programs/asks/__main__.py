import sys

import pulumi
import pulumi_aws as aws

found = aws.ec2.get_ami(owners=["amazon"], most_recent=True)
pulumi.export("ami", found.id)
sys.stdout.write("what a program says belongs to standard error\n")
aws.ec2.Instance("relay", ami=found.id, instance_type="t3.micro")
network = pulumi.StackReference("organization/network/test")
aws.ec2.Subnet("private", vpc_id=network.get_output("vpc_id"), cidr_block="10.0.0.0/24")
