"""A component, a provider of its own, a secret, documents, references, assets."""

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
token = config.require_secret("partnerToken")
made_here = pulumi.Output.secret("CANARY-7f3a-clear-text")


class TokenStore(pulumi.ComponentResource):  # type: ignore[misc] # pulumi is not installed where types are checked
    def __init__(self, name, key):
        super().__init__("sample:store:TokenStore", name)
        own = pulumi.ResourceOptions(parent=self)
        self.secret = aws.secretsmanager.Secret(name, kms_key_id=key.key_id, opts=own)
        aws.secretsmanager.SecretVersion(name, secret_id=self.secret.id, secret_string=token, opts=own)
        aws.ssm.Parameter(name, type="SecureString", value=made_here, opts=own)


frankfurt = aws.Provider(
    "frankfurt", region="eu-central-1", allowed_account_ids=["210987654321"], access_key="AKIA" + "IOSFODNN7EXAMPLE"
)
key = aws.kms.Key("tokens", deletion_window_in_days=config.require_int("keyDays"))
store = TokenStore("partner", key)
bucket = aws.s3.Bucket("logs", opts=pulumi.ResourceOptions(provider=frankfurt))
aws.s3.BucketPolicy(
    "logs",
    bucket=bucket.id,
    policy=bucket.arn.apply(lambda arn: {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Resource": arn}]}),
)
document = aws.iam.get_policy_document(
    statements=[
        {"actions": ["sts:AssumeRole"], "principals": [{"type": "Service", "identifiers": ["lambda.amazonaws.com"]}]}
    ]
)
role = aws.iam.Role("service", assume_role_policy=document.json)
for zone in config.require_object("zones"):
    aws.ec2.Subnet(f"private-{zone}", vpc_id="vpc-1", availability_zone=f"{aws.get_region().region}{zone}")
function = aws.lambda_.Function(
    "service",
    role=role.arn,
    handler="app.handler",
    runtime="python3.13",
    code=pulumi.FileArchive("./app"),
    environment={"variables": {"camelKey": store.secret.arn, "TOKEN": token}},
)
aws.cloudwatch.LogGroup("service", name=function.name.apply(lambda name: f"/aws/lambda/{name}"), retention_in_days=400)
aws.cloudwatch.MetricAlarm(
    "errors",
    comparison_operator="GreaterThanThreshold",
    evaluation_periods=1,
    threshold=function.timeout,  # set by AWS, unknown before
    # ocpi-posture: accept CKV_AWS_319 owner="Ada" reason="watched by hand" until=2027-01-01
)
