"""What is true of a whole account before anything is made in it. Guard rails keep it so."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws


class AccountBaseline(pulumi.ComponentResource):
    """Nothing of S3, of snapshots or of machine images can be public; disks are encrypted; passwords are long.

    Everything is made by the provider in `opts`, which works in the account.
    """

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:AccountBaseline", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        aws.s3.AccountPublicAccessBlock(
            name,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=own,
        )
        aws.ebs.EncryptionByDefault(name, enabled=True, opts=own)
        aws.ebs.SnapshotBlockPublicAccess(name, state="block-all-sharing", opts=own)
        aws.ec2.ImageBlockPublicAccess(name, state="block-new-sharing", opts=own)
        # no user of ours has a password; should somebody make one, it is no short one
        aws.iam.AccountPasswordPolicy(
            name,
            minimum_password_length=20,
            password_reuse_prevention=24,
            max_password_age=90,
            require_lowercase_characters=True,
            require_uppercase_characters=True,
            require_numbers=True,
            require_symbols=True,
            allow_users_to_change_password=True,
            opts=own,
        )
        self.register_outputs({})
