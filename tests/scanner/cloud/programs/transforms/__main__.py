"""Transforms of every kind: on a resource, on its parent, on the stack; and the older transformations."""

import pulumi
import pulumi_aws as aws


def tagged(name):
    def transform(args):
        if not args.custom:
            return None
        tags = {**args.props.get("tags", {}), name: args.name}
        return pulumi.ResourceTransformResult(props={**args.props, "tags": tags}, opts=args.opts)

    return transform


async def rotating(args):
    if args.type_ != "aws:kms/key:Key":
        return None
    return pulumi.ResourceTransformResult(props={**args.props, "enableKeyRotation": True}, opts=args.opts)


def described(args):
    return pulumi.ResourceTransformationResult(props={**args.props, "description": "older"}, opts=args.opts)


class Store(pulumi.ComponentResource):  # type: ignore[misc] # pulumi is not installed where types are checked
    def __init__(self, name):
        super().__init__("sample:store:Store", name, opts=pulumi.ResourceOptions(transforms=[tagged("parent")]))
        own = pulumi.ResourceOptions(parent=self, transforms=[tagged("own")], transformations=[described])
        self.key = aws.kms.Key(name, opts=own)


frankfurt = aws.Provider("frankfurt", region="eu-central-1")
before = aws.kms.Key("before")
pulumi.runtime.register_resource_transform(rotating)
pulumi.runtime.register_resource_transform(tagged("stack"))
pulumi.runtime.register_invoke_transform(lambda args: None)
store = Store("partner")
aws.secretsmanager.Secret("plain", kms_key_id=store.key.key_id, opts=pulumi.ResourceOptions(provider=frankfurt))
aws.secretsmanager.SecretVersion("plain", secret_id="s", secret_string=pulumi.Output.secret("CANARY-4c1d"))
aws.cloudwatch.MetricAlarm(
    "errors",
    comparison_operator="GreaterThanThreshold",
    evaluation_periods=1,
    threshold=store.key.rotation_period_in_days,
)
