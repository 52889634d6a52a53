"""Permission sets of IAM Identity Center: people who may enter an account with the policies of a set.

IAM Identity Center User Guide, permission sets: in each account that a set is assigned to, a role comes to be under
/aws-reserved/sso.amazonaws.com/, and every person it is assigned to takes it.
"""

from collections.abc import Collection, Iterator
from typing import Final

from checks.resource_graph.leaves import items
from checks.resource_graph.policy_documents import PolicyDocument, read_document
from checks.resource_graph.roles import MANAGED, Rights
from checks.resource_graph.stack import Stack
from scanner.model.leaves import texts
from scanner.model.made_up_arns import OWN
from scanner.model.resource import UNKNOWN, CloudValue, Resource

SET: Final = "aws:ssoadmin/permissionSet:PermissionSet"
_ASSIGNMENT: Final = "aws:ssoadmin/accountAssignment:AccountAssignment"
_INLINE: Final = "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy"
_MANAGED: Final = "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment"
_MANAGED_ALL: Final = "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive"
_CUSTOMER: Final = "aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment"
_BOUNDARY: Final = "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment"
_POLICY: Final = "aws:iam/policy:Policy"
_ACCOUNT: Final = "aws:organizations/account:Account"
_BY_SET: Final = "permissionSetArn"
_NAMED: Final = "customerManagedPolicyReference"


def permission_sets(stack: Stack, accounts: Collection[str]) -> tuple[Resource, ...]:
    """Those that are assigned to one of the stack's own accounts, or to one that is not known yet."""
    return tuple(
        one for one in stack.of(SET) if any(_enters(stack, each, accounts) for each in _assignments(stack, one))
    )


def _assignments(stack: Stack, one: Resource) -> tuple[Resource, ...]:
    return stack.referring(one, _BY_SET, _ASSIGNMENT)


def _enters(stack: Stack, assignment: Resource, accounts: Collection[str]) -> bool:
    target = assignment.get("targetId")
    made = [one.id for one in stack.referred(assignment, "targetId", _ACCOUNT)]
    known = [one for one in (target, *made) if isinstance(one, str) and one.isdigit()]
    return not accounts or not known or any(one in accounts for one in known)


def role_of(one: Resource, account: str | None) -> str:
    """The ARN of the role that comes to be; its last characters are made up by AWS."""
    name = one.get("name")
    called = name if isinstance(name, str) else one.name
    path = "role/aws-reserved/sso.amazonaws.com"
    return f"arn:aws:iam::{account or OWN}:{path}/AWSReservedSSO_{called}_0123456789abcdef"


def rights_of_set(stack: Stack, one: Resource) -> Rights:
    """Everything that is attached to the set."""
    documents = [read_document(each.get("inlinePolicy")) for each in stack.referring(one, _BY_SET, _INLINE)]
    documents += [read_document(policy.get("policy")) for policy in _declared(stack, one)]
    arns = tuple(_arns(stack, one))
    doubts = [document.doubt for document in documents if document.doubt]
    doubts += ["an attached policy is unknown until deploy" for arn in arns if arn is UNKNOWN]
    doubts += list(_not_declared(stack, one))
    return Rights(
        statements=tuple(statement for document in documents for statement in document.statements),
        managed=tuple(sorted({arn.removeprefix(MANAGED) for arn in arns if isinstance(arn, str)})),
        doubts=tuple(doubts),
        boundary=_boundary(stack, one),
    )


def _arns(stack: Stack, one: Resource) -> Iterator[CloudValue]:
    for each in stack.referring(one, _BY_SET, _MANAGED):
        yield from items(each.get("managedPolicyArn"))
    for each in stack.referring(one, _BY_SET, _MANAGED_ALL):
        yield from items(each.get("managedPolicyArns"))


def _declared(stack: Stack, one: Resource) -> Iterator[Resource]:
    for each in stack.referring(one, _BY_SET, _CUSTOMER):
        yield from _policies_named(stack, each)


def _policies_named(stack: Stack, each: Resource) -> tuple[Resource, ...]:
    """By reference, or by the name that a policy of the stack has: sets name policies, not their ARNs."""
    named = frozenset(texts(each.get(_NAMED)))
    return stack.referred(each, _NAMED, _POLICY) or tuple(
        policy for policy in stack.of(_POLICY) if policy.get("name") in named
    )


def _not_declared(stack: Stack, one: Resource) -> Iterator[str]:
    for each in stack.referring(one, _BY_SET, _CUSTOMER):
        if not _policies_named(stack, each):
            yield f"{each.name} names a policy that is not declared in this stack"


def _boundary(stack: Stack, one: Resource) -> PolicyDocument | None:
    if stack.referring(one, _BY_SET, _BOUNDARY):
        return PolicyDocument(doubt="its permissions boundary is named, and holds where a policy of that name is")
    return None
