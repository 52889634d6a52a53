import time

import pulumi_aws as aws

key = aws.kms.Key("first")
key.arn.apply(lambda arn: time.sleep(3600))
