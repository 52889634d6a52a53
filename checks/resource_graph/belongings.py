"""What a stack calls its own, and what of others it names: the things that two environments may not have in common.

Only what an author wrote, or a cloud answered, counts: ids that a Pulumi program is given under mocks are made up, so
those of its own resources, and all that is derived from them, are left out.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Final

from checks.resource_graph import types as aws
from checks.resource_graph.identifiers import identifiers
from checks.resource_graph.index import once_a_stack
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.late_dataclass import dataclass
from scanner.model.leaves import texts
from scanner.model.made_up_arns import MADE_UP
from scanner.model.resource import Resource

_MADE_UP: Final = "Pulumi program"  # sources that begin so answer outputs themselves
_ARN: Final = re.compile(r"arn:aws[\w-]*:([\w-]+):[\w-]*:(\d{12})?:([^\s\"'\\,<>{}$]+)")
_NETWORK: Final = re.compile(r"^(?:vpc|subnet|sg|tgw|tgw-attach|pcx|vpce|igw|nat|rtb)-[0-9a-f]{8,17}$")
_KEY_ID: Final = re.compile(r"^(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$")
_ACCOUNT: Final = re.compile(r"(?:^|\")(\d{12})(?:\"|$)")  # by itself, or as a principal of a policy
_IMAGE: Final = re.compile(r"\b\d{12}\.dkr\.ecr\.[\w-]+\.amazonaws\.com/[\w./-]+(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?")
_SERVICES: Final[Mapping[str, str]] = {
    "kms": "key",
    "secretsmanager": "secret",
    "ssm": "parameter",
    "s3": "bucket",
    "acm": "certificate",
    "sns": "topic",
    "sqs": "queue",
    "dynamodb": "table",
    "rds": "database",
}
_NAMED: Final[Mapping[str, tuple[str, str]]] = {
    **dict.fromkeys(aws.BUCKETS, ("bucket", "bucket")),
    aws.REST_DOMAIN: ("domainName", "domain"),
    aws.HTTP_DOMAIN: ("domainName", "domain"),
    aws.DISTRIBUTION: ("aliases", "domain"),
    "aws:acm/certificate:Certificate": ("domainName", "domain"),
    "aws:route53/record:Record": ("zoneId", "hosted zone"),
    "aws:cognito/userPoolDomain:UserPoolDomain": ("domain", "domain"),
}
# Logs of all environments may end in one archive: an environment writes there, and reads nothing.
_ARCHIVES: Final = frozenset(
    {"logDestination", "logDestinationConfigs", "s3BucketName", "accessLogs", "loggingConfig", "logging", "loggings"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongings:
    """`accounts`: those the stack lives in. `things`: kind and value, with the resource that has or names each.

    `foreign`: accounts that are named and are none of its own, with who names them.
    """

    accounts: frozenset[str]
    things: Mapping[tuple[str, str], Resource]
    foreign: Mapping[str, Resource] = field(default_factory=dict)


@once_a_stack
def belongings(declared: DeclaredResources) -> Belongings:
    """What one stack has and names."""
    stack = Stack(declared=declared)
    real = not declared.source.startswith(_MADE_UP)
    own = frozenset(text for one in declared.resources for text in identifiers(one))
    accounts = _accounts(declared, real=real)
    things: dict[tuple[str, str], Resource] = {}
    foreign: dict[str, Resource] = {}
    for one in stack.declared.resources:
        for kind, value, account in _things(one, own, real=real):
            if kind != "account":  # that both name a third one is no link between them
                things.setdefault((kind, value), one)
            if account and account not in accounts:
                foreign.setdefault(account, one)
    return Belongings(accounts=accounts, things=things, foreign=foreign)


def _accounts(declared: DeclaredResources, *, real: bool) -> frozenset[str]:
    said = {one.provider.account for one in declared.resources if one.provider and one.provider.account}
    if said or not real:
        return frozenset(said)
    arns = (text for one in declared.resources for text in texts(one.outputs.get("arn")))
    return frozenset(found[2] for found in map(_ARN.fullmatch, arns) if found and found[2])


def _things(one: Resource, own: frozenset[str], *, real: bool) -> Iterator[tuple[str, str, str | None]]:
    """Kind, value, and the account that an ARN names."""
    if one.token in _NAMED:
        name, kind = _NAMED[one.token]
        if not one.depends_on_by_property.get(name):
            yield from ((kind, text.lower(), None) for text in texts(one.get(name)))
    if real:
        yield from _in_text(str(one.outputs.get("arn") or one.id or ""))
    for name, value in one.inputs.items():
        if name not in _ARCHIVES:
            derived = bool(one.depends_on_by_property.get(name))
            for text in texts(value):
                yield from (found for found in _in_text(text) if not _is_own(found[1], own))
                if not derived:
                    yield from _by_id(name, text)


def _by_id(name: str, text: str) -> Iterator[tuple[str, str, str | None]]:
    """Ids without an ARN; a UUID is a key's only where a property of keys has it."""
    if _NETWORK.match(text):
        yield "network", text, None
    elif "kms" in name.lower() and _KEY_ID.match(text):
        yield "key", text, None


def _in_text(text: str) -> Iterator[tuple[str, str, str | None]]:
    for account in _ACCOUNT.findall(text):
        yield "account", account, account
    for image in _IMAGE.findall(text):
        if "@sha256:" not in image:  # a digest is the same bytes wherever it runs; a tag is whatever was pushed last
            yield "image", image, None
    for found in _ARN.finditer(text):
        service, account, rest = found.groups()
        if MADE_UP in rest:  # a name that nobody gave yet
            continue
        if service in _SERVICES:
            name = f"arn:aws:s3:::{rest.split('/')[0]}" if service == "s3" else found[0].removesuffix(":*")
            yield _SERVICES[service], rest.split("/")[0].lower() if service == "s3" else name, account
        elif service == "iam" and account:
            yield "principal", found[0], account


def _is_own(value: str, own: frozenset[str]) -> bool:
    """True for what a resource of the stack is called, and for what lies below it."""
    while value:
        if value in own or f"arn:aws:s3:::{value}" in own:
            return True
        value = value[: max(value.rfind(":"), value.rfind("/"), 0)]
    return False
