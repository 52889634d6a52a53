import pulumi
import pulumi_aws as aws

pulumi.runtime.register_resource_transform(lambda args: None)
aws.kms.Key("key")
