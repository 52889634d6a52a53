"""Whom the access list of a bucket lets in (Amazon S3 User Guide, access control list overview: grantees)."""

from collections.abc import Iterator, Mapping
from typing import Final

from checks.resource_graph.leaves import items, word
from checks.resource_graph.stack import Stack
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import ABSENT, UNKNOWN, CloudValue, Resource

LISTS: Final = ("aws:s3/bucketAcl:BucketAcl", "aws:s3/bucketAclV2:BucketAclV2")
_OWNERSHIP: Final = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
_EVERYBODY: Final = frozenset({"AllUsers", "AuthenticatedUsers"})  # the second: whoever has any AWS account
# Delivers logs of CloudFront into buckets that still have access lists (CloudFront Developer Guide, standard logging).
_LOG_DELIVERY: Final = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grantee:
    """`kind`: Group, CanonicalUser or AmazonCustomerByEmail; `name`: a group's last word, a user's id or address."""

    kind: str
    name: str

    @property
    def is_everybody(self) -> bool:
        """Anybody at all, or anybody with an account of AWS."""
        return self.kind == "Group" and self.name in _EVERYBODY


def grantees(stack: Stack, bucket: Resource) -> tuple[Grantee | None, ...]:
    """Whom its lists name besides its owner; None for one that is not known. None at all where lists are off."""
    owner = {value for one in stack.referring(bucket, "bucket", _OWNERSHIP) for value in (_ownership(one),)}
    if "BucketOwnerEnforced" in owner:
        return ()
    found = (*_of_bucket(bucket), *(one for each in stack.referring(bucket, "bucket", *LISTS) for one in _of(each)))
    return tuple(dict.fromkeys(found))


def _ownership(controls: Resource) -> CloudValue:
    return word(controls.get("rule.objectOwnership"))


def _of_bucket(bucket: Resource) -> Iterator[Grantee | None]:
    for grant in items(bucket.get("grants")):
        yield from _grantee(grant, owner=ABSENT)


def _of(access_list: Resource) -> Iterator[Grantee | None]:
    policy = access_list.get("accessControlPolicy")
    if policy is UNKNOWN:
        yield None
    owner = access_list.get("accessControlPolicy.owner.id")
    for grant in items(access_list.get("accessControlPolicy.grants")):
        inner = grant.get("grantee", ABSENT) if isinstance(grant, Mapping) else grant
        yield from _grantee(inner, owner=owner)


def _grantee(value: CloudValue, *, owner: CloudValue) -> Iterator[Grantee | None]:
    if not isinstance(value, Mapping):
        yield None
        return
    kind = str(value.get("type", ""))
    named = next((value[name] for name in ("uri", "id", "emailAddress") if isinstance(value.get(name), str)), None)
    if named is None:
        yield None
    elif kind != "CanonicalUser" or (named not in (owner, _LOG_DELIVERY)):
        yield Grantee(kind=kind, name=str(named).rpartition("/")[2])
