import pulumi_aws as aws

aws.kms.Key("first")
everything = b"x" * (64 * 2**30)
