"""The host name that partners call, the TLS versions it speaks, and whether it wants their certificates.

API Gateway has mutual TLS or the policies for TLS 1.3 only and post-quantum key exchange, not both on one domain. Its
older policy TLS_1_2, which mutual TLS needs, takes TLS 1.2 and 1.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra.weaknesses import Weakness

# TLS 1.3 with hybrid post-quantum key exchange for those who offer it, and TLS 1.2 with forward secrecy
TLS_POLICY: Final = "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09"
MUTUAL_TLS_POLICY: Final = "TLS_1_2"
OLD_TLS_POLICY: Final = "TLS_1_0"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustStore:
    """The certificate authorities of the partners: a PEM file in S3, in one version of it."""

    uri: str  # s3://bucket/key
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainArgs:
    """`certificate_arn` is of ACM, in the region of the stack."""

    domain_name: str
    certificate_arn: str
    rest_api_id: pulumi.Input[str]
    stage_name: pulumi.Input[str]
    trust_store: TrustStore | None
    weaknesses: frozenset[Weakness] = frozenset()


class Domain(pulumi.ComponentResource):
    """A regional custom domain, mapped to the stage. `target` is what the DNS record points to."""

    def __init__(self, name: str, args: DomainArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Domain", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        policy = _policy(args)
        store = args.trust_store
        mutual: aws.apigateway.DomainNameMutualTlsAuthenticationArgsDict | None = (
            {"truststore_uri": store.uri, "truststore_version": store.version} if store else None
        )
        self.domain = aws.apigateway.DomainName(
            "ocpi",
            domain_name=args.domain_name,
            regional_certificate_arn=args.certificate_arn,
            endpoint_configuration={"types": "REGIONAL"},
            security_policy=policy,
            mutual_tls_authentication=mutual,
            # SNI and Host must agree, and the request must have come through this kind of endpoint
            endpoint_access_mode="STRICT" if policy == TLS_POLICY else None,
            opts=own,
        )
        aws.apigateway.BasePathMapping(
            "ocpi",
            domain_name=self.domain.domain_name,
            rest_api=args.rest_api_id,
            stage_name=args.stage_name,
            opts=own,
        )
        self.target = self.domain.regional_domain_name
        self.register_outputs({"target": self.target})


def _policy(args: DomainArgs) -> str:
    if Weakness.OLD_TLS in args.weaknesses:
        return OLD_TLS_POLICY
    return TLS_POLICY if args.trust_store is None else MUTUAL_TLS_POLICY
