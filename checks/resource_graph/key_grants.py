"""Grants on a key, each a resource of its own: they hold beside its policy (AWS KMS Developer Guide, grants)."""

from collections.abc import Iterator

from checks.resource_graph.leaves import items
from checks.resource_graph.policy_documents import PolicyDocument, Principal, Statement
from checks.resource_graph.roles import ROLE, USER
from checks.resource_graph.stack import Stack
from scanner.model.made_up_arns import arn_of
from scanner.model.resource import CloudValue, Resource

_GRANT = "aws:kms/grant:Grant"


def grants_of(stack: Stack, key: Resource) -> tuple[PolicyDocument, ...]:
    """Each as the policy that it comes to; in doubt where who gets it is unknown."""
    return tuple(_document(stack, one) for one in stack.referring(key, "keyId", _GRANT))


def _document(stack: Stack, grant: Resource) -> PolicyDocument:
    names = [name for name in _grantees(stack, grant) if isinstance(name, str)]
    actions = [one for one in items(grant.get("operations")) if isinstance(one, str)]
    if not names or not actions:
        return PolicyDocument(doubt="whom a grant lets do what is unknown until deploy")
    who = tuple(Principal(kind="AWS", name=name) for name in names)
    given = Statement(effect="Allow", principals=who, actions=tuple(f"kms:{one.lower()}" for one in actions))
    return PolicyDocument(statements=(given,))


def _grantees(stack: Stack, grant: Resource) -> Iterator[CloudValue]:
    """What it names, or the ARN of the declared role or user that it refers to."""
    yield grant.get("granteePrincipal")
    yield from (arn_of(one) for one in stack.referred(grant, "granteePrincipal", ROLE, USER))
