"""Where the scanner's image is kept: by digest, scanned for known holes, under the stack's own key."""

from __future__ import annotations

import json
from typing import Final

import pulumi
import pulumi_aws as aws

from infra.naming import physical_name

_KEPT_IMAGES: Final = 20


def scanner_repository(name: str, key_arn: pulumi.Input[str], opts: pulumi.ResourceOptions) -> aws.ecr.Repository:
    """Tags cannot be moved; the oldest images go when there are more than twenty."""
    repository = aws.ecr.Repository(
        name,
        name=physical_name("audit", "scanner"),
        image_tag_mutability="IMMUTABLE",
        image_scanning_configuration={"scan_on_push": True},
        encryption_configurations=[{"encryption_type": "KMS", "kms_key": key_arn}],
        opts=opts,
    )
    oldest = {
        "rulePriority": 1,
        "description": "The oldest go",
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": _KEPT_IMAGES},
        "action": {"type": "expire"},
    }
    aws.ecr.LifecyclePolicy(name, repository=repository.name, policy=json.dumps({"rules": [oldest]}), opts=opts)
    return repository
