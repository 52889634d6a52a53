"""Groups of users: what a group's policies say holds for each of its users (IAM User Guide, IAM user groups)."""

from collections.abc import Iterator
from typing import Final

from checks.resource_graph.leaves import items
from checks.resource_graph.stack import Stack
from scanner.model.resource import Resource

GROUP: Final = "aws:iam/group:Group"
_OF_USER: Final = "aws:iam/userGroupMembership:UserGroupMembership"
_OF_GROUP: Final = "aws:iam/groupMembership:GroupMembership"


def groups_of(stack: Stack, user: Resource) -> tuple[Resource, ...]:
    """The declared groups that a user is in."""
    found = [one for each in stack.referring(user, "user", _OF_USER) for one in stack.referred(each, "groups", GROUP)]
    found += [one for each in stack.referring(user, "users", _OF_GROUP) for one in stack.referred(each, "group", GROUP)]
    return tuple({one.urn: one for one in found}.values())


def groups_not_declared(stack: Stack, user: Resource) -> Iterator[str]:
    """Why a user may be in more groups than the stack declares."""
    for membership in stack.referring(user, "user", _OF_USER):
        if len(stack.referred(membership, "groups", GROUP)) < len(items(membership.get("groups"))):
            yield f"{membership.name} puts it in a group that is not declared in this stack"
    for membership in stack.referring(user, "users", _OF_GROUP):
        if not stack.referred(membership, "group", GROUP):
            yield f"{membership.name} puts it in a group that is not declared in this stack"
