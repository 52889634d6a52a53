"""The way from the gateway to containers: VPC link, internal load balancer, TLS on each hop.

    API Gateway ── VPC link ──TLS──> load balancer ──TLS──> containers
                  group link        group balancer         group containers

Each group lets in the one before it, on one port. The gateway verifies the balancer's certificate against `host`; a
load balancer encrypts to its targets and verifies nothing (Elastic Load Balancing, target groups), which is why only
its own group reaches them. API Gateway may write the stage's name before the path on this way (private integrations):
the first rule takes it off again, so that containers see the paths that partners call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra.container_groups import ContainerGroups, ContainerGroupsArgs
from infra.container_settings import ContainerSettings
from infra.naming import physical_name
from infra.stage import STAGE
from infra.upstream import ContainerUpstream
from infra.weaknesses import Weakness

TLS_POLICY: Final = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
_ANSWER_S: Final = 29  # the gateway gives up after it
_DRAIN_S: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class BalancerArgs:
    """Where it stands; `protect` keeps AWS from deleting it."""

    environment: str
    vpc_id: pulumi.Input[str]
    subnet_ids: list[pulumi.Output[str]]
    endpoints_group_id: pulumi.Input[str]
    dynamodb_prefix_list_id: pulumi.Input[str]
    s3_prefix_list_id: pulumi.Input[str]
    container: ContainerSettings
    protect: bool
    weaknesses: frozenset[Weakness] = frozenset()


class Balancer(pulumi.ComponentResource):
    """`targets` is what containers join, `listening` what has to be there before they do, `upstream` the way to it."""

    def __init__(self, name: str, args: BalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Balancer", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self._is_plain = Weakness.PLAIN_LISTENER in args.weaknesses
        self.groups = self._groups()
        self.balancer = self._balancer()
        self.targets = self._targets()
        listener = self._listener()
        self.listening = [self._rule(listener, 1, f"/{STAGE}/{STAGE}/*", is_rewritten=True)]
        self.listening.append(self._rule(listener, 2, f"/{STAGE}/*", is_rewritten=False))
        link = self._link()
        self.upstream = ContainerUpstream(
            host=args.container.host,
            link=link.id,
            balancer=self.balancer.arn,
            plain=self._is_plain,
            unverified=Weakness.UNVERIFIED_UPSTREAM in args.weaknesses,
        )
        self.register_outputs({"arn": self.balancer.arn})

    def _groups(self) -> ContainerGroups:
        args = self._args
        groups = ContainerGroupsArgs(
            vpc_id=args.vpc_id,
            endpoints_group_id=args.endpoints_group_id,
            prefix_lists={"dynamodb": args.dynamodb_prefix_list_id, "s3": args.s3_prefix_list_id},
            listener_port=80 if self._is_plain else 443,
            container_port=args.container.port,
            weaknesses=args.weaknesses,
        )
        return ContainerGroups("groups", groups, self._own)

    def _balancer(self) -> aws.lb.LoadBalancer:
        # Its access log would hold raw paths, which name drivers' tokens, in a bucket that takes no key of our own. The
        # gateway's log has every request with the template of its path.
        # ocpi-posture: accept CKV_AWS_91 owner="platform" reason="its log would name tokens" until=2035-12-31
        return aws.lb.LoadBalancer(
            "containers",
            name=physical_name(self._args.environment, "containers"),
            internal=Weakness.PUBLIC_BALANCER not in self._args.weaknesses,
            load_balancer_type="application",
            ip_address_type="ipv4",
            subnets=self._args.subnet_ids,
            security_groups=[self.groups.balancer.id],
            drop_invalid_header_fields=True,
            desync_mitigation_mode="strictest",
            enable_deletion_protection=self._args.protect,
            idle_timeout=_ANSWER_S + 1,
            opts=self._own,
        )

    def _targets(self) -> aws.lb.TargetGroup:
        protocol = "HTTP" if Weakness.PLAIN_TARGETS in self._args.weaknesses else "HTTPS"
        return aws.lb.TargetGroup(
            "containers",
            name=physical_name(self._args.environment, "containers"),
            vpc_id=self._args.vpc_id,
            target_type="ip",
            port=self._args.container.port,
            protocol=protocol,
            protocol_version="HTTP1",
            deregistration_delay=_DRAIN_S,
            health_check={
                "enabled": True,
                "protocol": protocol,
                "path": self._args.container.health_path,
                "matcher": "200",
                "interval": 15,
                "timeout": 5,
                "healthy_threshold": 2,
                "unhealthy_threshold": 3,
            },
            opts=self._own,
        )

    def _listener(self) -> aws.lb.Listener:
        """Whatever is not a path of OCPI is answered here, and says nothing."""
        refused: aws.lb.ListenerDefaultActionArgsDict = {
            "type": "fixed-response",
            "fixed_response": {"content_type": "text/plain", "status_code": "404"},
        }
        return aws.lb.Listener(
            "containers",
            load_balancer_arn=self.balancer.arn,
            port=80 if self._is_plain else 443,
            protocol="HTTP" if self._is_plain else "HTTPS",
            ssl_policy=None if self._is_plain else TLS_POLICY,
            certificate_arn=None if self._is_plain else self._args.container.certificate_arn,
            default_actions=[refused],
            opts=self._own,
        )

    def _rule(self, listener: aws.lb.Listener, priority: int, path: str, *, is_rewritten: bool) -> aws.lb.ListenerRule:
        without_stage: aws.lb.ListenerRuleTransformArgsDict = {
            "type": "url-rewrite",
            "url_rewrite_config": {"rewrite": {"regex": f"^/{STAGE}/{STAGE}/", "replace": f"/{STAGE}/"}},
        }
        return aws.lb.ListenerRule(
            "with-stage" if is_rewritten else "ocpi",
            listener_arn=listener.arn,
            priority=priority,
            conditions=[
                {"host_header": {"values": [self._args.container.host]}},
                {"path_pattern": {"values": [path]}},
            ],
            actions=[{"type": "forward", "target_group_arn": self.targets.arn}],
            transforms=[without_stage] if is_rewritten else None,
            opts=self._own,
        )

    def _link(self) -> aws.apigatewayv2.VpcLink:
        return aws.apigatewayv2.VpcLink(
            "containers",
            name=physical_name(self._args.environment, "containers"),
            subnet_ids=self._args.subnet_ids,
            security_group_ids=[self.groups.link.id],
            opts=self._own,
        )
