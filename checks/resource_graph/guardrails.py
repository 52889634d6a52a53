"""What an organisation denies in an account, whatever policies there say (AWS Organizations User Guide, SCPs, RCPs)."""

from collections.abc import Collection, Iterator
from typing import Final

from checks.resource_graph.index import once_a_stack
from checks.resource_graph.leaves import items
from checks.resource_graph.policy_documents import Statement, read_document
from checks.resource_graph.policy_reach import own_accounts
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, Resource

_POLICY: Final = "aws:organizations/policy:Policy"
_ATTACHMENT: Final = "aws:organizations/policyAttachment:PolicyAttachment"
_ACCOUNT: Final = "aws:organizations/account:Account"
_DENYING: Final = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", ABSENT, None)


@once_a_stack
def guardrails(declared: DeclaredResources) -> tuple[Statement, ...]:
    """Deny statements that hold in every account of the stack: attached to the account, or to the organisation's root.

    Which accounts an organisational unit holds is not declared with it, so its policies are left out: a Deny that is
    overlooked makes an answer too careful, never too kind.
    """
    stack = Stack(declared=declared)
    accounts = own_accounts(stack)
    return tuple(one for policy in stack.of(_POLICY) for one in _denies(stack, policy, accounts))


def _denies(stack: Stack, policy: Resource, accounts: Collection[str]) -> Iterator[Statement]:
    attachments = stack.referring(policy, "policyId", _ATTACHMENT)
    if policy.get("type") in _DENYING and any(_holds(stack, one, accounts) for one in attachments):
        yield from (one for one in read_document(policy.get("content")).statements if not one.allows)


def _holds(stack: Stack, attachment: Resource, accounts: Collection[str]) -> bool:
    targets = [one for one in items(attachment.get("targetId")) if isinstance(one, str)]
    targets += [one.id for one in stack.referred(attachment, "targetId", _ACCOUNT) if one.id]
    at_root = any(target.startswith("r-") for target in targets)
    return at_root or (bool(accounts) and set(accounts) <= set(targets))
