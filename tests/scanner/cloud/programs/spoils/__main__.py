import pulumi
import pulumi_aws as aws


def refuses(args):
    raise ValueError("no key may be made here")


aws.sns.Topic("first")
aws.kms.Key("second", opts=pulumi.ResourceOptions(transforms=[refuses]))
