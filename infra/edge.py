"""The firewall in front of the gateway: partners' addresses only, rates, managed rules, redacted logs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra import edge_rules
from infra.naming import physical_name
from infra.weaknesses import Weakness


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeArgs:
    """Limits are requests per 5 minutes; addresses are IPv4 networks."""

    environment: str
    addresses: Sequence[str]
    address_limit: int
    token_limit: int
    log_group_arn: pulumi.Input[str]
    weaknesses: frozenset[Weakness] = frozenset()


_EVERYBODY: Final = ("0.0.0.0/1", "128.0.0.0/1")  # by a weakness only


class Edge(pulumi.ComponentResource):
    """A regional web ACL that blocks by default; `protect` puts it in front of a gateway stage."""

    def __init__(self, name: str, args: EdgeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Edge", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        partners = aws.wafv2.IpSet(
            "partners",
            name=physical_name(args.environment, "partners"),
            scope="REGIONAL",
            ip_address_version="IPV4",
            addresses=sorted(
                {*args.addresses, *(_EVERYBODY if Weakness.EVERYBODY_A_PARTNER in args.weaknesses else ())}
            ),
            opts=self._own,
        )
        self.acl = self._acl(partners.arn)
        self._logging()
        self.register_outputs({"acl_arn": self.acl.arn})

    def protect(self, stage_arn: pulumi.Input[str]) -> None:
        """Every request to the stage passes the web ACL first."""
        if Weakness.NO_WAF in self._args.weaknesses:
            return
        aws.wafv2.WebAclAssociation("stage", resource_arn=stage_arn, web_acl_arn=self.acl.arn, opts=self._own)

    def _acl(self, partners_arn: pulumi.Input[str]) -> aws.wafv2.WebAcl:
        name = physical_name(self._args.environment, "edge")
        return aws.wafv2.WebAcl(
            "edge",
            name=name,
            scope="REGIONAL",
            default_action={"block": {}},
            rules=edge_rules.rules(
                edge_rules.RulesArgs(
                    partners_set_arn=partners_arn,
                    address_limit=self._args.address_limit,
                    token_limit=self._args.token_limit,
                    weaknesses=self._args.weaknesses,
                )
            ),
            # The most the firewall can look into; the default for API Gateway is the first 16 KB.
            association_config=None
            if Weakness.BODIES_UNSEEN in self._args.weaknesses
            else {"request_bodies": [{"api_gateway": {"default_size_inspection_limit": "KB_64"}}]},
            visibility_config={
                "cloudwatch_metrics_enabled": True,
                "metric_name": "edge",
                "sampled_requests_enabled": Weakness.SAMPLED_REQUESTS in self._args.weaknesses,
            },
            opts=self._own,
        )

    def _logging(self) -> None:
        """Every decision is logged, without what could be a token: misplaced ones are in query string or cookie.

        Nor paths, which hold the uids of drivers' tokens: the gateway's log has their template.
        """
        if Weakness.NO_FIREWALL_LOG in self._args.weaknesses:
            return
        token: aws.wafv2.WebAclLoggingConfigurationRedactedFieldArgsDict = {"single_header": {"name": "authorization"}}
        paths: aws.wafv2.WebAclLoggingConfigurationRedactedFieldArgsDict = {"uri_path": {}}
        shown = Weakness.PATHS_IN_FIREWALL_LOG in self._args.weaknesses
        aws.wafv2.WebAclLoggingConfiguration(
            "edge",
            resource_arn=self.acl.arn,
            log_destination_configs=[self._args.log_group_arn],
            redacted_fields=[
                *([] if Weakness.TOKENS_IN_FIREWALL_LOG in self._args.weaknesses else [token]),
                {"single_header": {"name": "cookie"}},
                {"query_string": {}},
                *([] if shown else [paths]),
            ],
            opts=self._own,
        )
