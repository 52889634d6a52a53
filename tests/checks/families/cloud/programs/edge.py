"""Entry points with and without what has to stand in front of them."""

import pulumi
import pulumi_aws as aws

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/1"
QUIET = {"cloudwatch_metrics_enabled": True, "metric_name": "acl", "sampled_requests_enabled": False}


def stage_behind_firewall() -> None:
    aws.wafv2.WebAclAssociation("front", resource_arn=_stage().arn, web_acl_arn=_acl().arn)


def stage_without_firewall() -> None:
    _stage()


def stage_with_log() -> None:
    _stage(
        access_log_settings={"destination_arn": "arn:aws:logs:eu-central-1:1:log-group:x", "format": "$context.status"}
    )


def http_stage() -> None:
    api = aws.apigatewayv2.Api("api", protocol_type="HTTP")
    aws.apigatewayv2.Stage("stage", api_id=api.id, name="$default")


def balancer_behind_firewall() -> None:
    balancer = _balancer(access_logs={"bucket": "logs", "enabled": True})
    aws.wafv2.WebAclAssociation("front", resource_arn=balancer.arn, web_acl_arn=_acl().arn)


def balancer_behind_firewall_without_rate() -> None:
    acl = aws.wafv2.WebAcl("acl", scope="REGIONAL", default_action={"block": {}}, visibility_config=QUIET)
    aws.wafv2.WebAclAssociation("front", resource_arn=_balancer().arn, web_acl_arn=acl.arn)


def balancer_behind_shield() -> None:
    aws.shield.Protection("shield", resource_arn=_balancer().arn)


def balancer_behind_rules_for_floods() -> None:
    group = {"managed_rule_group_statement": {"vendor_name": "AWS", "name": "AWSManagedRulesAntiDDoSRuleSet"}}
    rule = {"name": "floods", "priority": 0, "statement": group, "override_action": {"none": {}}}
    acl = aws.wafv2.WebAcl(
        "acl",
        scope="REGIONAL",
        default_action={"block": {}},
        rules=[{**rule, "visibility_config": QUIET}],
        visibility_config=QUIET,
    )
    aws.wafv2.WebAclAssociation("front", resource_arn=_balancer().arn, web_acl_arn=acl.arn)


def login_that_turns_away() -> None:
    _login("deny")


def login_that_lets_through() -> None:
    _login("allow")


def balancer_alone() -> None:
    _balancer()


def distribution_behind_firewall() -> None:
    _distribution(web_acl_id=_acl("CLOUDFRONT").arn, logging_config={"bucket": "logs.s3.amazonaws.com"})


def distribution_with_delivered_logs() -> None:
    one = _distribution()
    aws.cloudwatch.LogDeliverySource("logs", name="logs", log_type="ACCESS_LOGS", resource_arn=one.arn)


def distribution_alone() -> None:
    _distribution(viewer_certificate={"acm_certificate_arn": CERTIFICATE, "minimum_protocol_version": "TLSv1"})


def distribution_that_allows_all() -> None:
    _distribution(viewers="allow-all")


def distribution_under_the_name_of_cloudfront() -> None:
    _distribution(viewer_certificate={"cloudfront_default_certificate": True})


def app_runner_behind_firewall() -> None:
    aws.wafv2.WebAclAssociation("front", resource_arn=_runner().arn, web_acl_arn=_acl().arn)


def app_runner_alone() -> None:
    _runner()


def open_function_url() -> None:
    aws.lambda_.FunctionUrl("url", function_name=_function().name, authorization_type="NONE")


def signed_function_url() -> None:
    aws.lambda_.FunctionUrl("url", function_name=_function().name, authorization_type="AWS_IAM")


def _stage(**settings) -> aws.apigateway.Stage:
    api = aws.apigateway.RestApi("api")
    deployment = aws.apigateway.Deployment("deployment", rest_api=api.id)
    return aws.apigateway.Stage("stage", rest_api=api.id, deployment=deployment.id, stage_name="test", **settings)


def _acl(scope: str = "REGIONAL") -> aws.wafv2.WebAcl:
    rate = {
        "name": "rate",
        "priority": 0,
        "statement": {"rate_based_statement": {"limit": 100, "aggregate_key_type": "IP"}},
        "action": {"block": {}},
        "visibility_config": QUIET,
    }
    return aws.wafv2.WebAcl("acl", scope=scope, default_action={"block": {}}, rules=[rate], visibility_config=QUIET)


def _login(otherwise: str) -> None:
    oidc = {
        "authorization_endpoint": "https://login.example.com/authorize",
        "client_id": "gateway",
        "client_secret": "not-a-secret",
        "issuer": "https://login.example.com",
        "token_endpoint": "https://login.example.com/token",
        "user_info_endpoint": "https://login.example.com/me",
        "on_unauthenticated_request": otherwise,
    }
    balancer = aws.lb.LoadBalancer("balancer", load_balancer_type="application")
    actions = [{"type": "authenticate-oidc", "authenticate_oidc": oidc}, {"type": "forward", "target_group_arn": "arn"}]
    aws.lb.Listener("https", load_balancer_arn=balancer.arn, protocol="HTTPS", default_actions=actions)


def _function() -> aws.lambda_.Function:
    role = "arn:aws:iam::123456789012:role/functions"
    return aws.lambda_.Function("ocpi", role=role, runtime="python3.13", handler="h.h", s3_bucket="b", s3_key="k")


def _balancer(**settings) -> aws.lb.LoadBalancer:
    """With the OCPI service behind it."""
    balancer = aws.lb.LoadBalancer("balancer", load_balancer_type="application", **settings)
    group = aws.lb.TargetGroup("ocpi", target_type="lambda")
    aws.lb.TargetGroupAttachment("ocpi", target_group_arn=group.arn, target_id=_function().arn)
    aws.lb.Listener(
        "https",
        load_balancer_arn=balancer.arn,
        protocol="HTTPS",
        port=443,
        default_actions=[{"type": "forward", "target_group_arn": group.arn}],
    )
    return balancer


def _distribution(viewers: str = "https-only", **settings) -> aws.cloudfront.Distribution:
    origin = {"origin_id": "upstream", "domain_name": "upstream.s3.eu-central-1.amazonaws.com"}
    behaviour = {
        "target_origin_id": "upstream",
        "viewer_protocol_policy": viewers,
        "allowed_methods": ["GET", "HEAD"],
        "cached_methods": ["GET", "HEAD"],
    }
    certificate = {"acm_certificate_arn": CERTIFICATE, "minimum_protocol_version": "TLSv1.2_2021"}
    return aws.cloudfront.Distribution(
        "distribution",
        enabled=True,
        origins=[origin],
        default_cache_behavior=behaviour,
        restrictions={"geo_restriction": {"restriction_type": "none"}},
        **{"viewer_certificate": certificate, **settings},
    )


def _runner() -> aws.apprunner.Service:
    image = {"image_identifier": "public.ecr.aws/x/y:1", "image_repository_type": "ECR_PUBLIC"}
    return aws.apprunner.Service("runner", service_name="ocpi", source_configuration={"image_repository": image})


globals()[pulumi.Config("case").require("name")]()
