"""The firewall of the way out: TLS to the partners' hosts by name, nothing else, and what it refused is logged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.naming import physical_name


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressFirewallArgs:
    """`hosts` are those of the partners' URLs. `key_arn` encrypts the rules; `subnet_ids` are the firewall's own."""

    environment: str
    vpc_id: pulumi.Input[str]
    cidr: str
    subnet_ids: Sequence[pulumi.Input[str]]
    hosts: Sequence[str]
    log_group: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    protect: bool


def egress_firewall(
    name: str, args: EgressFirewallArgs, opts: pulumi.ResourceOptions, *, tags: dict[str, str]
) -> aws.networkfirewall.Firewall:
    """The firewall with its policy, its rules and its log."""
    firewall = aws.networkfirewall.Firewall(
        name,
        name=physical_name(args.environment, "egress"),
        description="OCPI calls to partners, by host name",
        vpc_id=args.vpc_id,
        subnet_mappings=[{"subnet_id": subnet} for subnet in args.subnet_ids],
        firewall_policy_arn=_policy(name, args, opts).arn,
        delete_protection=args.protect,
        subnet_change_protection=True,
        firewall_policy_change_protection=args.protect,
        encryption_configuration={"type": "CUSTOMER_KMS", "key_id": args.key_arn},
        tags=tags,
        opts=opts,
    )
    _logs(name, firewall, args, opts)
    return firewall


def endpoint_in(statuses: Sequence[aws.networkfirewall.outputs.FirewallFirewallStatus], zone: str) -> str:
    """The firewall's endpoint in a zone. Raises ValueError where there is not exactly one."""
    states = [state for status in statuses or () for state in status.sync_states or ()]
    found = [
        attachment.endpoint_id
        for state in states
        if state.availability_zone == zone
        for attachment in state.attachments or ()
    ]
    if len(found) != 1 or found[0] is None:
        raise ValueError(f"the firewall has {len(found)} endpoints in {zone}")
    return found[0]


def _policy(name: str, args: EgressFirewallArgs, opts: pulumi.ResourceOptions) -> aws.networkfirewall.FirewallPolicy:
    """Deny by default, and say what was denied."""
    return aws.networkfirewall.FirewallPolicy(
        name,
        name=physical_name(args.environment, "egress"),
        firewall_policy={
            "stateless_default_actions": ["aws:forward_to_sfe"],
            "stateless_fragment_default_actions": ["aws:drop"],
            "stateful_engine_options": {"rule_order": "STRICT_ORDER", "stream_exception_policy": "DROP"},
            "stateful_default_actions": ["aws:drop_established", "aws:alert_established"],
            "stateful_rule_group_references": [{"priority": 1, "resource_arn": _hosts(args, opts).arn}],
        },
        encryption_configuration={"type": "CUSTOMER_KMS", "key_id": args.key_arn},
        opts=opts,
    )


def _hosts(args: EgressFirewallArgs, opts: pulumi.ResourceOptions) -> aws.networkfirewall.RuleGroup:
    """Names in the TLS handshake, whole and without wildcards."""
    return aws.networkfirewall.RuleGroup(
        "partners",
        name=physical_name(args.environment, "partner-hosts"),
        description="Hosts of the partners' versions URLs",
        type="STATEFUL",
        capacity=max(100, 4 * len(args.hosts)),
        rule_group={
            "stateful_rule_options": {"rule_order": "STRICT_ORDER"},
            "rule_variables": {"ip_sets": [{"key": "HOME_NET", "ip_set": {"definitions": [args.cidr]}}]},
            "rules_source": {
                "rules_source_list": {
                    "generated_rules_type": "ALLOWLIST",
                    "target_types": ["TLS_SNI"],
                    "targets": list(args.hosts),
                }
            },
        },
        encryption_configuration={"type": "CUSTOMER_KMS", "key_id": args.key_arn},
        opts=opts,
    )


def _logs(
    name: str, firewall: aws.networkfirewall.Firewall, args: EgressFirewallArgs, opts: pulumi.ResourceOptions
) -> None:
    """Refused connections and all flows: names, addresses and sizes, no content."""
    kinds = ("ALERT", "FLOW")
    aws.networkfirewall.LoggingConfiguration(
        name,
        firewall_arn=firewall.arn,
        logging_configuration={
            "log_destination_configs": [
                {
                    "log_type": kind,
                    "log_destination_type": "CloudWatchLogs",
                    "log_destination": {"logGroup": args.log_group},
                }
                for kind in kinds
            ]
        },
        opts=opts,
    )
