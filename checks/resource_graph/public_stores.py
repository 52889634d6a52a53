"""Buckets that anybody may read (Amazon S3 User Guide, blocking public access; hosting a static website)."""

from typing import Final

from checks.resource_graph.access_grants import LISTS, grantees
from checks.resource_graph.leaves import word
from checks.resource_graph.opening import OPEN, SHUT, Opening, in_doubt
from checks.resource_graph.policy_documents import read_document
from checks.resource_graph.policy_reach import is_everybody
from checks.resource_graph.stack import Stack
from scanner.model.resource import UNKNOWN, Resource

_BLOCKS: Final = ("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",)
_POLICIES: Final = ("aws:s3/bucketPolicy:BucketPolicy",)
_PUBLIC_LISTS: Final = frozenset({"public-read", "public-read-write", "website", "authenticated-read"})


def bucket(stack: Stack, one: Resource) -> Opening:
    """A policy or access list that lets everybody in, and no block of public access that takes it back."""
    blocks = stack.referring(one, "bucket", *_BLOCKS)
    for asks, lets, blocked_by in (
        (_by_policy(stack, one), "policy", "restrictPublicBuckets"),
        (_by_list(stack, one), "access list", "ignorePublicAcls"),
    ):
        taken_back = {word(block.get(blocked_by)) for block in blocks}
        if asks is True and True not in taken_back:
            return in_doubt(f"whether its {lets} is blocked is unknown until deploy") if UNKNOWN in taken_back else OPEN
        if asks is None and True not in taken_back:
            return in_doubt(f"whom its {lets} lets in is unknown until deploy")
    return SHUT


def _by_list(stack: Stack, one: Resource) -> bool | None:
    said = {word(one.get("acl")), *(word(each.get("acl")) for each in stack.referring(one, "bucket", *LISTS))}
    named = grantees(stack, one)
    if said & _PUBLIC_LISTS or any(who is not None and who.is_everybody for who in named):
        return True
    return None if UNKNOWN in said or None in named else False


def _by_policy(stack: Stack, one: Resource) -> bool | None:
    said = [one.get("policy"), *(each.get("policy") for each in stack.referring(one, "bucket", *_POLICIES))]
    documents = [read_document(value) for value in said]
    if any(is_everybody(statement) for document in documents for statement in document.allowing()):
        return True
    return None if any(document.doubt for document in documents) else False
