"""One partner on the platform: contract, rate, credentials. Adding one is one block in the config."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

import pulumi
import pulumi_aws as aws

from infra.contracts import Partner
from infra.naming import physical_name
from infra.partner_secret import PartnerSecret


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerAccessArgs:
    """`table` holds the contracts; `stage` is what the usage plan throttles."""

    environment: str
    partner: Partner
    table: aws.dynamodb.Table
    rest_api_id: pulumi.Input[str]
    stage_name: pulumi.Input[str]
    secret: PartnerSecret


class PartnerAccess(pulumi.ComponentResource):
    """Usage plan with its key, and the contract as the authoriser reads it."""

    def __init__(self, name: str, args: PartnerAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:PartnerAccess", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        key = self._usage()
        self._contract(key)
        self.register_outputs({})

    def _usage(self) -> aws.apigateway.ApiKey:
        partner, name = self._args.partner, physical_name(self._args.environment, self._args.partner.id)
        plan = aws.apigateway.UsagePlan(
            partner.id,
            name=name,
            description=_said_of(partner),
            api_stages=[{"api_id": self._args.rest_api_id, "stage": self._args.stage_name}],
            throttle_settings={
                "rate_limit": partner.requests_per_second,
                "burst_limit": partner.requests_per_second * 2,
            },
            opts=self._own,
        )
        key = aws.apigateway.ApiKey(
            partner.id, name=name, description="For counting only; partners never see it", opts=self._own
        )
        aws.apigateway.UsagePlanKey(
            partner.id, key_id=key.id, key_type="API_KEY", usage_plan_id=plan.id, opts=self._own
        )
        return key

    def _contract(self, key: aws.apigateway.ApiKey) -> None:
        """Item (`partners`, ID) of the access table: one read gives a contract, one query gives all."""
        partner = self._args.partner
        item = {
            "pk": {"S": "partners"},
            "sk": {"S": partner.id},
            "contract": {"S": json.dumps(partner.as_json(), sort_keys=True)},
            "usage_key": {"S": key.value},
            "secret_arn": {"S": self._args.secret.secret.arn},
        }
        aws.dynamodb.TableItem(
            partner.id,
            table_name=self._args.table.name,
            hash_key="pk",
            range_key="sk",
            item=pulumi.Output.json_dumps(item),  # secret, because the usage key is
            opts=self._own,
        )


def _said_of(partner: Partner) -> str:
    """Who is behind the plan, for whoever sees its throttling."""
    last = partner.contract_until - timedelta(days=1)
    contact = f"; contact: {partner.contact}" if partner.contact else ""
    return f"Contract from {partner.contract_from} to {last}{contact}"
