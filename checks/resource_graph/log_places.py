"""Where logs end: the places that a log is written to, and those that it is handed on to from there.

Amazon CloudWatch Logs User Guide, subscriptions (also of a whole account, and to destinations of other accounts);
CloudWatch User Guide, cross-account observability; Amazon Data Firehose Developer Guide, destinations.
"""

from collections.abc import Iterator
from typing import Final

from checks.resource_graph import types as aws
from checks.resource_graph.leaves import is_set, items
from checks.resource_graph.log_forwarding import Forwarding, forwarding
from checks.resource_graph.policy_documents import Principal
from checks.resource_graph.policy_reach import account_of, is_own, own_accounts
from checks.resource_graph.stack import Stack
from checks.resource_graph.stores import DELIVERY, LOG_GROUP
from checks.resource_graph.words import words
from scanner.model.late_dataclass import dataclass
from scanner.model.leaves import texts
from scanner.model.resource import HIDDEN, UNKNOWN, CloudValue, Resource

_DESTINATION: Final = "aws:cloudwatch/logDestination:LogDestination"
_NOTIFICATION: Final = "aws:s3/bucketNotification:BucketNotification"
_DELIVERS_TO: Final = ("extendedS3Configuration", "s3Configuration")
_ARCHIVE: Final = frozenset({"archive", "archives", "audit", "central", "siem"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`key` is the same for the same place. `doubt`: why it may be another one, or lead on to others."""

    key: str
    said: str
    doubt: str = ""


def group_places(stack: Stack, group: Resource) -> Iterator[Place]:
    """Of a log group: CloudWatch Logs where it lives, and all that its lines are handed on to."""
    account, region = _home(stack, group)
    yield own_logs(stack, group)
    yield from _as_archive(stack, group)
    for one in forwarding(stack, group, account, region):
        yield from _handed_on(stack, one)


def own_logs(stack: Stack, one: Resource) -> Place:
    """CloudWatch Logs in the account and region of a resource, where one query reads all groups."""
    account, region = _home(stack, one)
    where = " ".join(part for part in (account, region) if part) or "its account"
    return Place(key=f"logs:{account}:{region}", said=f"CloudWatch Logs of {where}")


def undeclared_group_places(stack: Stack, writer: Resource) -> Iterator[Place]:
    """Of a group that a service makes for a resource: only what holds for the whole account hands it on."""
    account, region = _home(stack, writer)
    yield own_logs(stack, writer)
    for one in forwarding(stack, None, account, region):
        yield from _handed_on(stack, one)


def named_places(stack: Stack, source: Resource, name: str, value: CloudValue) -> Iterator[Place]:
    """What a property names: declared groups, buckets, streams, or the ARN of something that is not declared."""
    targets = [each.target for each in stack.outgoing(source) if each.name == name and each.target.token in _ENDS]
    for target in targets:
        yield from _ending(stack, target)
    if targets:
        return
    said = [text for text in texts(value) if text.startswith("arn:") or "/" not in text]
    for text in said:
        yield from _of_text(stack, text)
    if not said:
        unknown = value is UNKNOWN or value is HIDDEN or any(one in (UNKNOWN, HIDDEN) for one in items(value))
        doubt = "where it goes is unknown until deploy" if unknown else "where it goes is not declared"
        yield Place(key="", said="a place that is not declared", doubt=doubt)


def _of_text(stack: Stack, text: str) -> Iterator[Place]:
    """A log group that is written by its ARN lives where the ARN says; a bucket goes by its name alone."""
    parts = text.removesuffix(":*").split(":")
    if text.startswith("arn:") and parts[2] == "logs" and "log-group" in parts:
        account, region = parts[4], parts[3]
        yield Place(key=f"logs:{account}:{region}", said=f"CloudWatch Logs of {account} {region}")
        for one in forwarding(stack, None, account, region):
            yield from _handed_on(stack, one)
        return
    plain = text.removeprefix("arn:aws:s3:::").partition("/")[0] if ":s3:::" in text else text
    yield Place(key=f"named:{plain}", said=plain)
    yield from _elsewhere(stack, text)


def _handed_on(stack: Stack, one: Forwarding) -> Iterator[Place]:
    for place in named_places(stack, one.by, one.name, one.to):
        yield Place(key=place.key, said=place.said, doubt=place.doubt or one.doubt)


def _ending(stack: Stack, target: Resource, *, followed: bool = False) -> Iterator[Place]:
    """A delivery stream ends in its bucket, a destination in its target; what else is named is an end itself."""
    if target.token == LOG_GROUP:
        yield from group_places(stack, target)
        return
    if target.token in (DELIVERY, _DESTINATION) and not followed:
        by = _DELIVERS_TO if target.token == DELIVERY else ("targetArn",)
        found = [name for name in by if is_set(target.get(name))]
        for name in found:
            for inner in stack.outgoing(target):
                if inner.name == name and inner.target.token in _ENDS:
                    yield from _ending(stack, inner.target, followed=inner.target.token != DELIVERY)
            literal = target.get(f"{name}.bucketArn") if target.token == DELIVERY else target.get(name)
            yield from (place for text in texts(literal) for place in _of_text(stack, text))
    yield Place(key=target.urn, said=f"{_kind(target)} {target.name}", doubt=_read_on(stack, target))
    yield from _as_archive(stack, target)


def _as_archive(stack: Stack, target: Resource) -> Iterator[Place]:
    """What lives in an account of its own is one place, whatever is there; so is what a stack names as the archive."""
    account = target.provider.account if target.provider else None
    others = {one.provider.account for one in stack.of(*aws.WORKLOADS) if one.provider and one.provider.account}
    if account and others and account not in others:
        yield Place(key=f"account:{account}", said=f"account {account}")


def _elsewhere(stack: Stack, text: str) -> Iterator[Place]:
    account, own = account_of(Principal(kind="AWS", name=text)), own_accounts(stack)
    if account and own and not is_own(account, own):
        yield Place(key=f"account:{account}", said=f"account {account}")


def _read_on(stack: Stack, target: Resource) -> str:
    """A bucket that tells somebody of each object may be emptied into the others' place."""
    told = stack.referring(target, "bucket", _NOTIFICATION)
    return f"{told[0].name} tells of what arrives there, and where that is taken is not declared" if told else ""


def names_archive(arn: str) -> bool:
    """True for a destination of CloudWatch Logs that is named as the place where all logs end."""
    return ":logs:" in arn and bool(words(arn.rpartition(":destination:")[2]) & _ARCHIVE)


def _home(stack: Stack, one: Resource) -> tuple[str, str]:
    """Account and region; "" for what nothing says, which is then the same for all."""
    accounts = own_accounts(stack)
    account = one.provider.account if one.provider else None
    region = one.get("region")
    if not isinstance(region, str):
        region = (one.provider.region if one.provider else None) or ""
    return account or (next(iter(accounts)) if len(accounts) == 1 else ""), region


def _kind(target: Resource) -> str:
    return "bucket" if target.token in aws.BUCKETS else target.token.rpartition(":")[2]


_ENDS: Final = frozenset(
    {
        *(LOG_GROUP, DELIVERY, _DESTINATION, *aws.BUCKETS, aws.FUNCTION),
        *("aws:kinesis/stream:Stream", "aws:opensearch/domain:Domain", "aws:oam/sink:Sink"),
    }
)
