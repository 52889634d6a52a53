import os

import pulumi_aws as aws

vpc = aws.ec2.Vpc.get("shared", "vpc-0123456789")
aws.ec2.Subnet("private", vpc_id=vpc.id, cidr_block="10.0.0.0/24", tags=dict.fromkeys(os.environ, "seen"))
