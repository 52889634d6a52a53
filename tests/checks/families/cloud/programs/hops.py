"""TLS at the edge and behind it: policies, client certificates, and the hops to what answers."""

import pulumi
import pulumi_aws as aws

QUANTUM = "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09"
CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/1"


def domain_with_hybrid_exchange() -> None:
    _domain(security_policy=QUANTUM, endpoint_access_mode="STRICT")


def domain_without_hybrid_exchange() -> None:
    _domain(security_policy="SecurityPolicy_TLS13_1_2_2021_06", endpoint_access_mode="STRICT")


def domain_with_old_policy() -> None:
    _domain(security_policy="TLS_1_2")


def http_domain() -> None:
    settings = {"certificate_arn": CERTIFICATE, "endpoint_type": "REGIONAL", "security_policy": "TLS_1_2"}
    aws.apigatewayv2.DomainName("one", domain_name="ocpi.example.com", domain_name_configuration=settings)


def listener_with_hybrid_exchange() -> None:
    _listener(ssl_policy="ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09")


def listener_without_hybrid_exchange() -> None:
    _listener(ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06")


def distribution() -> None:
    _distribution("https-only")


def distribution_to_plain_origin() -> None:
    _distribution("match-viewer")


def api_with_policy() -> None:
    aws.apigateway.RestApi("one", security_policy=QUANTUM, endpoint_access_mode="STRICT")


def api_without_policy() -> None:
    aws.apigateway.RestApi("one")


def api_with_old_policy() -> None:
    aws.apigateway.RestApi("one", security_policy="TLS_1_0")


def private_api() -> None:
    aws.apigateway.RestApi("one", endpoint_configuration={"types": "PRIVATE"})


def client_certificates() -> None:
    _with_client_certificates(closed=True)


def default_endpoint_beside() -> None:
    _with_client_certificates(closed=False)


def other_domain_beside() -> None:
    api = _with_client_certificates(closed=True)
    other = aws.apigateway.DomainName("other", domain_name="open.example.com", security_policy="TLS_1_2")
    aws.apigateway.BasePathMapping("other", domain_name=other.domain_name, rest_api=api.id, stage_name="test")


def domain_of_no_api() -> None:
    _asking("one", "s3://somewhere/store.pem", "1")


def any_version_of_the_trust_store() -> None:
    _with_client_certificates(closed=True, version=None)


def trust_store_without_versions() -> None:
    _with_client_certificates(closed=True, versioned=False)


def trust_store_open_to_the_public() -> None:
    _with_client_certificates(closed=True, shut=False)


def listener_with_revocation() -> None:
    store = _trust_store()
    aws.lb.TrustStoreRevocation("list", trust_store_arn=store.arn, revocations_s3_bucket="b", revocations_s3_key="k")
    _listener(mutual_authentication={"mode": "verify", "trust_store_arn": store.arn})


def listener_without_revocation() -> None:
    _listener(mutual_authentication={"mode": "verify", "trust_store_arn": _trust_store().arn})


def listener_that_passes_certificates_on() -> None:
    _listener(mutual_authentication={"mode": "passthrough"})


def function_behind() -> None:
    _integration(type="AWS_PROXY", uri="arn:aws:apigateway:eu-central-1:lambda:path/functions/f/invocations")


def https_behind() -> None:
    _integration(type="HTTP_PROXY", uri="https://upstream.example.com/ocpi")


def plain_http_behind() -> None:
    _integration(type="HTTP_PROXY", uri="http://upstream.example.com/ocpi")


def any_certificate_behind() -> None:
    _integration(type="HTTP_PROXY", uri="https://upstream.example.com", tls_config={"insecure_skip_verification": True})


def plain_http_behind_a_link() -> None:
    _private_integration()


def tls_behind_a_link() -> None:
    _private_integration(tls_config={"server_name_to_verify": "upstream.example.com"})


def plain_targets() -> None:
    aws.lb.TargetGroup("one", port=80, protocol="HTTP", target_type="ip")


def encrypted_targets() -> None:
    aws.lb.TargetGroup("one", port=443, protocol="HTTPS", target_type="ip")


def targets_of_the_transport_layer() -> None:
    aws.lb.TargetGroup("one", port=443, protocol="TCP", target_type="ip")


def nothing() -> None:
    aws.s3.Bucket("bucket")


def _domain(**settings) -> None:
    aws.apigateway.DomainName("one", domain_name="ocpi.example.com", regional_certificate_arn=CERTIFICATE, **settings)


def _listener(**settings) -> None:
    balancer = aws.lb.LoadBalancer("balancer")
    actions = [{"type": "fixed-response", "fixed_response": {"content_type": "text/plain", "status_code": "404"}}]
    aws.lb.Listener("one", load_balancer_arn=balancer.arn, protocol="HTTPS", default_actions=actions, **settings)


def _distribution(policy: str) -> None:
    origin = {
        "origin_id": "upstream",
        "domain_name": "upstream.example.com",
        "custom_origin_config": {
            "http_port": 80,
            "https_port": 443,
            "origin_protocol_policy": policy,
            "origin_ssl_protocols": ["TLSv1.2"],
        },
    }
    behaviour = {
        "target_origin_id": "upstream",
        "viewer_protocol_policy": "https-only",
        "allowed_methods": ["GET", "HEAD"],
        "cached_methods": ["GET", "HEAD"],
    }
    aws.cloudfront.Distribution(
        "one",
        enabled=True,
        origins=[origin],
        default_cache_behavior=behaviour,
        restrictions={"geo_restriction": {"restriction_type": "none"}},
        viewer_certificate={"acm_certificate_arn": CERTIFICATE, "minimum_protocol_version": "TLSv1.2_2021"},
    )


def _with_client_certificates(*, closed: bool, version="7", versioned=True, shut=True) -> aws.apigateway.RestApi:
    bucket = aws.s3.Bucket("store", bucket="trust-store")
    if versioned:
        aws.s3.BucketVersioning("store", bucket=bucket.id, versioning_configuration={"status": "Enabled"})
    if shut:
        aws.s3.BucketPublicAccessBlock("store", bucket=bucket.id, block_public_policy=True)
    api = aws.apigateway.RestApi("api", disable_execute_api_endpoint=closed)
    domain = _asking("one", "s3://trust-store/store.pem", version)
    aws.apigateway.BasePathMapping("one", domain_name=domain.domain_name, rest_api=api.id, stage_name="test")
    return api


def _asking(name: str, uri: str, version: str | None) -> aws.apigateway.DomainName:
    return aws.apigateway.DomainName(
        name,
        domain_name="ocpi.example.com",
        security_policy="TLS_1_2",
        mutual_tls_authentication={"truststore_uri": uri, "truststore_version": version},
    )


def _trust_store() -> aws.lb.TrustStore:
    return aws.lb.TrustStore("store", ca_certificates_bundle_s3_bucket="b", ca_certificates_bundle_s3_key="k")


def _integration(**settings) -> None:
    api = aws.apigateway.RestApi("api")
    aws.apigateway.Integration("one", rest_api=api.id, resource_id=api.root_resource_id, http_method="GET", **settings)


def _private_integration(**settings) -> None:
    api = aws.apigatewayv2.Api("api", protocol_type="HTTP")
    aws.apigatewayv2.Integration(
        "one",
        api_id=api.id,
        integration_type="HTTP_PROXY",
        integration_method="ANY",
        connection_type="VPC_LINK",
        connection_id="link",
        integration_uri="arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/x/1/2",
        **settings,
    )


globals()[pulumi.Config("case").require("name")]()
