"""ARNs that resources will have, in AWS's own form, so that policies can be held against them before a deployment.

Service Authorization Reference, resource types. A name that a service will choose is made up, the same each time; one
that is declared and not known yet leaves a resource without an ARN. `OWN` stands for an account that nothing names.
"""

import re
from collections.abc import Mapping
from typing import Final

from scanner.model.resource import ABSENT, CloudValue, Resource

OWN: Final = "own"
MADE_UP: Final = "-1a2b3c4"
# Properties that hold policies, under whatever type.
POLICIES: Final = frozenset(
    {"policy", "assumeRolePolicy", "resourcePolicy", "accessPolicies", "accessPolicy", "content"}
)
_OF_IAM: Final = re.compile(r"^(arn:aws[\w-]*:iam::)\d{12}:")
_ANY: Final = "*"
_FORMS: Final[Mapping[str, str]] = {
    "aws:s3/bucket:Bucket": "arn:aws:s3:::{name}",
    "aws:s3/bucketV2:BucketV2": "arn:aws:s3:::{name}",
    "aws:iam/role:Role": "arn:aws:iam::{account}:role{path}{name}",
    "aws:iam/user:User": "arn:aws:iam::{account}:user{path}{name}",
    "aws:iam/policy:Policy": "arn:aws:iam::{account}:policy{path}{name}",
    "aws:secretsmanager/secret:Secret": "arn:aws:secretsmanager:{region}:{account}:secret:{name}",
    "aws:ssm/parameter:Parameter": "arn:aws:ssm:{region}:{account}:parameter/{name}",
    "aws:dynamodb/table:Table": "arn:aws:dynamodb:{region}:{account}:table/{name}",
    "aws:kms/key:Key": "arn:aws:kms:{region}:{account}:key/{name}",
    "aws:sqs/queue:Queue": "arn:aws:sqs:{region}:{account}:{name}",
    "aws:sns/topic:Topic": "arn:aws:sns:{region}:{account}:{name}",
    "aws:kinesis/stream:Stream": "arn:aws:kinesis:{region}:{account}:stream/{name}",
    "aws:lambda/function:Function": "arn:aws:lambda:{region}:{account}:function:{name}",
    "aws:cloudwatch/logGroup:LogGroup": "arn:aws:logs:{region}:{account}:log-group:{name}",
    "aws:rds/instance:Instance": "arn:aws:rds:{region}:{account}:db:{name}",
    "aws:rds/cluster:Cluster": "arn:aws:rds:{region}:{account}:cluster:{name}",
}
_NAMES: Final[Mapping[str, tuple[str, str]]] = {  # the property that names it, and the one that begins its name
    "aws:s3/bucket:Bucket": ("bucket", "bucketPrefix"),
    "aws:s3/bucketV2:BucketV2": ("bucket", "bucketPrefix"),
    "aws:rds/cluster:Cluster": ("clusterIdentifier", "clusterIdentifierPrefix"),
    "aws:rds/instance:Instance": ("identifier", "identifierPrefix"),
    "aws:kms/key:Key": ("", ""),
}


def arn_of(one: Resource) -> str | None:
    """The ARN that it has, or will have; None where that cannot be said."""
    known = one.outputs.get("arn")
    if isinstance(known, str) and known:
        return known
    account, region = (one.provider.account, one.provider.region) if one.provider else (None, None)
    return made_up_arn(one.token, one.name, one.inputs, account=account, region=region)


def own_form(arn: str) -> str:
    """The same name in an account that nothing names: `arn:aws:iam::own:role/x`."""
    return _OF_IAM.sub(rf"\g<1>{OWN}:", arn)


def made_up_arn(
    token: str, called: str, inputs: Mapping[str, CloudValue], *, account: str | None, region: str | None
) -> str | None:
    """By its Pulumi type; `called`: what the author calls it, where nothing says what AWS will."""
    form, name = _FORMS.get(token), physical_name(token, called, inputs)
    if form is None or name is None:
        return None
    path = inputs.get("path", ABSENT)
    return form.format(
        name=name.lstrip("/") if "parameter/" in form else name,
        account=account or OWN,
        region=region or _ANY,
        path=path if isinstance(path, str) and path.startswith("/") else "/",
    )


def physical_name(token: str, called: str, inputs: Mapping[str, CloudValue]) -> str | None:
    """What it will be called; None where that is unknown until deploy."""
    by_name, by_prefix = _NAMES.get(token, ("name", "namePrefix"))
    name, prefix = inputs.get(by_name, ABSENT), inputs.get(by_prefix, ABSENT)
    if isinstance(name, str) and name:
        return name
    if name is not ABSENT and name is not None:
        return None
    return f"{prefix if isinstance(prefix, str) else called}{MADE_UP}"
