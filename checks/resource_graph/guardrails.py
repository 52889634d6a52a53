"""What an organisation denies in an account, whatever policies there say (AWS Organizations User Guide, SCPs, RCPs)."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from checks.resource_graph.index import once_a_stack
from checks.resource_graph.leaves import items
from checks.resource_graph.policy_documents import Statement, read_document
from checks.resource_graph.policy_reach import own_accounts
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import ABSENT, CloudValue, Resource

_POLICY: Final = "aws:organizations/policy:Policy"
_ATTACHMENT: Final = "aws:organizations/policyAttachment:PolicyAttachment"
_ACCOUNT: Final = "aws:organizations/account:Account"
_OF_PRINCIPALS: Final = ("SERVICE_CONTROL_POLICY", ABSENT, None)  # the default of the property
_OF_THINGS: Final = ("RESOURCE_CONTROL_POLICY",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrails:
    """Deny statements. `on_principals` hold whoever asks from an account of the stack, whatever is asked for;
    `on_things` hold everybody who asks for something in such an account.
    """

    on_principals: tuple[Statement, ...] = ()
    on_things: tuple[Statement, ...] = ()


@once_a_stack
def guardrails(declared: DeclaredResources) -> Guardrails:
    """What holds in every account of the stack: attached to the account, or to the organisation's root.

    Which accounts an organisational unit holds is not declared with it, so its policies are left out: a Deny that is
    overlooked makes an answer too careful, never too kind.
    """
    stack = Stack(declared=declared)
    accounts = own_accounts(stack)
    attached = [one for one in stack.of(_POLICY) if _is_attached(stack, one, accounts)]
    return Guardrails(
        on_principals=tuple(_denying(attached, _OF_PRINCIPALS)), on_things=tuple(_denying(attached, _OF_THINGS))
    )


def _is_attached(stack: Stack, policy: Resource, accounts: Collection[str]) -> bool:
    return any(_holds(stack, one, accounts) for one in stack.referring(policy, "policyId", _ATTACHMENT))


def _denying(policies: Iterable[Resource], kinds: Collection[CloudValue]) -> Iterator[Statement]:
    for policy in policies:
        if policy.get("type") in kinds:
            yield from (one for one in read_document(policy.get("content")).statements if not one.allows)


def _holds(stack: Stack, attachment: Resource, accounts: Collection[str]) -> bool:
    targets = [one for one in items(attachment.get("targetId")) if isinstance(one, str)]
    targets += [one.id for one in stack.referred(attachment, "targetId", _ACCOUNT) if one.id]
    at_root = any(target.startswith("r-") for target in targets)
    return at_root or (bool(accounts) and set(accounts) <= set(targets))
