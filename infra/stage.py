"""The gateway's stage: access and execution logs, tracing, throttling - and the domain that partners call."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.api import Api
from infra.logs import Logs
from infra.naming import physical_name
from infra.weaknesses import Weakness

STAGE: Final = "ocpi"
_PUSH_LOGS: Final = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"

# The template of the resource, never the path: paths of OCPI hold token uids. No header, no query.
ACCESS_LOG: Final = {
    "request_id": "$context.requestId",
    "extended_request_id": "$context.extendedRequestId",
    "trace_id": "$context.xrayTraceId",
    "time": "$context.requestTime",
    "address": "$context.identity.sourceIp",
    "partner": "$context.authorizer.principalId",
    "method": "$context.httpMethod",
    "resource": "$context.resourcePath",
    "protocol": "$context.protocol",
    "status": "$context.status",
    "length": "$context.responseLength",
    "latency_ms": "$context.responseLatency",
    "firewall": "$context.wafResponseCode",
    "authoriser_error": "$context.authorizer.error",
    "error": "$context.error.responseType",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StageArgs:
    """Rates are requests per second, over all partners."""

    environment: str
    account_id: str
    api: Api
    logs: Logs
    rate: int
    weaknesses: frozenset[Weakness] = frozenset()


class Stage(pulumi.ComponentResource):
    """The one stage, with its method settings."""

    def __init__(self, name: str, args: StageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Stage", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        account = self._log_access()
        execution = args.logs.group("execution", self._execution_group_name())
        self.stage = self._stage([account, execution])
        self._settings()
        self.register_outputs({"arn": self.stage.arn})

    def _log_access(self) -> aws.apigateway.Account:
        """The gateway writes logs with one role per account and region."""
        role = aws.iam.Role(
            "gateway-logs",
            name=physical_name(self._args.environment, "gateway-logs"),
            assume_role_policy=policies.trust("apigateway.amazonaws.com", self._args.account_id),
            opts=self._own,
        )
        attached = aws.iam.RolePolicyAttachment("gateway-logs", role=role.name, policy_arn=_PUSH_LOGS, opts=self._own)
        return aws.apigateway.Account(
            "logs", cloudwatch_role_arn=role.arn, opts=pulumi.ResourceOptions(parent=self, depends_on=[attached])
        )

    def _execution_group_name(self) -> pulumi.Output[str]:
        """AWS fixes the name; made here first, it is encrypted and does not stay for ever."""
        return self._args.api.rest.id.apply(lambda api: f"API-Gateway-Execution-Logs_{api}/{STAGE}")

    def _stage(self, before: list[pulumi.Resource]) -> aws.apigateway.Stage:
        quiet = Weakness.NO_ACCESS_LOGS in self._args.weaknesses
        form = ACCESS_LOG
        if Weakness.PATHS_IN_ACCESS_LOG in self._args.weaknesses:
            form = {**ACCESS_LOG, "resource": "$context.path"}
        access_log: aws.apigateway.StageAccessLogSettingsArgsDict = {
            "destination_arn": self._args.logs.access.arn,
            "format": json.dumps(form),
        }
        # Answers differ per partner and hold personal data; the key of a cache would not tell partners apart.
        # ocpi-posture: accept CKV_AWS_120 owner="platform" reason="it would mix partners" until=2035-12-31
        # ocpi-posture: accept CKV2_AWS_51 owner="platform" reason="back ends let in the gateway alone" until=2035-12-31
        return aws.apigateway.Stage(
            "ocpi",
            rest_api=self._args.api.rest.id,
            deployment=self._args.api.deployment.id,
            stage_name=STAGE,
            access_log_settings=None if quiet else access_log,
            xray_tracing_enabled=True,
            cache_cluster_enabled=False,
            opts=pulumi.ResourceOptions(parent=self, depends_on=before),
        )

    def _settings(self) -> None:
        rates: aws.apigateway.MethodSettingsSettingsArgsDict = {
            "throttling_rate_limit": self._args.rate,
            "throttling_burst_limit": self._args.rate * 2,
        }
        if Weakness.NO_STAGE_RATE in self._args.weaknesses:
            rates = {}
        # ocpi-posture: accept CKV_AWS_225 owner="platform" reason="it would mix partners" until=2035-12-31
        aws.apigateway.MethodSettings(
            "all",
            rest_api=self._args.api.rest.id,
            stage_name=self.stage.stage_name,
            method_path="*/*",
            settings={
                "logging_level": "ERROR",
                "data_trace_enabled": False,  # would write tokens and bodies into the log
                "metrics_enabled": True,
                **rates,
                "caching_enabled": False,
                "cache_data_encrypted": True,  # in case somebody turns the cache on by hand
            },
            opts=self._own,
        )
