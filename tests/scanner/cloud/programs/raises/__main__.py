import pulumi_aws as aws

aws.kms.Key("first")
if aws.kms:
    raise RuntimeError("no such partner")
aws.kms.Key("second")
