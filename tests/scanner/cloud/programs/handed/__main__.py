"""Code that is handed over: as text, from a folder, and from a file in an archive."""

import pulumi
import pulumi_aws as aws

TOKEN = "d41d8cd9" + "8f00b204" * 2 + "ecf8427e"
inline = pulumi.AssetArchive(
    {
        "index.py": pulumi.StringAsset(f'PARTNER_TOKEN = "{TOKEN}"\n'),
        "handler.py": pulumi.FileAsset("./app/handler.py"),
    }
)
aws.lambda_.Function("inline", role="arn:aws:iam::123456789012:role/x", code=inline)
aws.lambda_.Function("folder", role="arn:aws:iam::123456789012:role/x", code=pulumi.FileArchive("app"))
aws.s3.BucketObjectv2("sealed", bucket="b", source=pulumi.Output.secret(pulumi.StringAsset("sealed " + TOKEN)))
