"""What hands the lines of a log group on: its own subscriptions, those of its account, links and rules over accounts.

Amazon CloudWatch Logs User Guide, log group-level and account-level subscription filters, log centralization across
accounts and regions; CloudWatch User Guide, cross-account observability.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from checks.resource_graph.leaves import is_set, word
from checks.resource_graph.stack import Stack
from scanner.model.late_dataclass import dataclass
from scanner.model.leaves import texts
from scanner.model.resource import CloudValue, Resource

_SUBSCRIPTION: Final = "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter"
_OF_ACCOUNT: Final = "aws:cloudwatch/logAccountPolicy:LogAccountPolicy"
_LINK: Final = "aws:oam/link:Link"
_RULE: Final = "aws:observabilityadmin/centralizationRuleForOrganization:CentralizationRuleForOrganization"
_GROUPS: Final = "AWS::Logs::LogGroup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarding:
    """`by` hands lines on to `to`, the value of its property `name`. `doubt`: why it may be but some of them."""

    by: Resource
    name: str
    to: CloudValue
    doubt: str = ""


def forwarding(stack: Stack, group: Resource | None, account: str, region: str) -> Iterator[Forwarding]:
    """All that holds for the group; None for one that is not declared, of which only its account and region count."""
    for one in stack.referring(group, "logGroup", _SUBSCRIPTION) if group else ():
        yield Forwarding(by=one, name="destinationArn", to=one.get("destinationArn"), doubt=_filtered(one))
    for one in _at_home(stack, _OF_ACCOUNT, account, region):
        if one.get("policyType") == "SUBSCRIPTION_FILTER_POLICY":
            yield _of_account(one)
    for one in _at_home(stack, _LINK, account, region):
        if _GROUPS in set(texts(one.get("resourceTypes"))):
            filtered = is_set(one.get("linkConfiguration.logGroupConfiguration.filter"))
            doubt = f"{one.name} shares the groups that its filter lets through" if filtered else ""
            yield Forwarding(by=one, name="sinkIdentifier", to=one.get("sinkIdentifier"), doubt=doubt)
    for one in stack.of(_RULE):
        account_of_logs = one.get("rule.destination.account")
        yield Forwarding(by=one, name="rule", to=account_of_logs, doubt=f"{one.name} holds for the accounts it selects")


def _at_home(stack: Stack, token: str, account: str, region: str) -> Iterator[Resource]:
    """Those of the group's account and region; what says neither is taken to be there."""
    for one in stack.of(token):
        own = one.provider
        its_region = one.get("region") if isinstance(one.get("region"), str) else own.region if own else None
        if (own is None or own.account in (None, account) or not account) and its_region in (None, region):
            yield one


def _filtered(one: Resource) -> str:
    """A pattern lets some lines through; without one it is all of them."""
    pattern = word(one.get("filterPattern"))
    return (
        f"{one.name} hands on the lines that its pattern lets through"
        if isinstance(pattern, str) and pattern.strip()
        else ""
    )


def _of_account(one: Resource) -> Forwarding:
    document = _document(one.get("policyDocument"))
    doubt = f"{one.name} leaves out some groups" if is_set(one.get("selectionCriteria")) else ""
    if str(document.get("FilterPattern") or "").strip():
        doubt = doubt or f"{one.name} hands on the lines that its pattern lets through"
    return Forwarding(by=one, name="policyDocument", to=document.get("DestinationArn"), doubt=doubt)


def _document(value: CloudValue) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    try:
        found = json.loads(value) if isinstance(value, str) else None
    except ValueError:
        return {}
    return found if isinstance(found, Mapping) else {}
