"""Stacks that look guarded and are not, as people write them; and sound ones that look odd."""

import base64
import gzip
import json
from typing import Any

import pulumi
import pulumi_aws as aws

ROLE = "arn:aws:iam::123456789012:role/functions"
QUIET = {"cloudwatch_metrics_enabled": True, "metric_name": "acl", "sampled_requests_enabled": False}
BASE64 = "c2Vjcm/V0dG9rZW5Gb3JQYXJ0bmVyNDI"
LAMBDA = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
OPENAPI = json.dumps({"openapi": "3.0.1", "paths": {"/ocpi/cdrs": {"$ref": "cdrs.json"}}})


def machine_behind_public_network_balancer() -> None:
    balancer = aws.lb.LoadBalancer("public", load_balancer_type="network", internal=False)
    group = aws.lb.TargetGroup("ocpi", protocol="TCP", port=443, vpc_id="vpc-0123456789abcdef0")
    machine = aws.ec2.Instance("ocpi", ami="ami-1", instance_type="t3.small")
    aws.lb.TargetGroupAttachment("ocpi", target_group_arn=group.arn, target_id=machine.id)
    actions = [{"type": "forward", "target_group_arn": group.arn}]
    aws.lb.Listener("tls", load_balancer_arn=balancer.arn, protocol="TCP", port=443, default_actions=actions)


def firewall_behind_network_balancer() -> None:
    """For fixed addresses: the balancer passes on to one that ends TLS behind a firewall."""
    inner = aws.lb.LoadBalancer("inner", load_balancer_type="application", internal=True)
    aws.wafv2.WebAclAssociation("front", resource_arn=inner.arn, web_acl_arn=_acl([]).arn)
    outer = aws.lb.LoadBalancer("public", load_balancer_type="network", internal=False)
    group = aws.lb.TargetGroup("inner", target_type="alb", protocol="TCP", port=443, vpc_id="vpc-0123456789abcdef0")
    aws.lb.TargetGroupAttachment("inner", target_group_arn=group.arn, target_id=inner.arn)
    actions = [{"type": "forward", "target_group_arn": group.arn}]
    aws.lb.Listener("tcp", load_balancer_arn=outer.arn, protocol="TCP", port=443, default_actions=actions)


def classic_balancer_without_tls() -> None:
    listener = {"instance_port": 80, "instance_protocol": "http", "lb_port": 80, "lb_protocol": "http"}
    aws.elb.LoadBalancer("classic", listeners=[listener], availability_zones=["eu-central-1a"])


def rule_beside_redirect() -> None:
    """Everything is redirected to HTTPS, but for the path that matters."""
    balancer = aws.lb.LoadBalancer("balancer", load_balancer_type="application")
    group = aws.lb.TargetGroup("ocpi", target_type="lambda")
    redirect = {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"}}
    plain = aws.lb.Listener("plain", load_balancer_arn=balancer.arn, protocol="HTTP", default_actions=[redirect])
    forward = {"type": "forward", "target_group_arn": group.arn}
    path = {"path_pattern": {"values": ["/ocpi/*"]}}
    aws.lb.ListenerRule("ocpi", listener_arn=plain.arn, actions=[forward], conditions=[path])


def url_of_a_foreign_function() -> None:
    aws.lambda_.FunctionUrl("url", function_name="ocpi", authorization_type="NONE")


def url_of_an_alias() -> None:
    function = _function("ocpi")
    alias = aws.lambda_.Alias("live", function_name=function.arn, function_version="1")
    aws.lambda_.FunctionUrl("url", function_name=function.name, qualifier=alias.name, authorization_type="NONE")


def function_that_anybody_may_invoke() -> None:
    function, stage = _function("ocpi"), _gateway("ocpi")
    aws.wafv2.WebAclAssociation("front", resource_arn=stage.arn, web_acl_arn=_acl([]).arn)
    aws.lambda_.Permission("open", function=function.name, action="lambda:InvokeFunction", principal="*")


def function_that_an_organisation_may_invoke() -> None:
    function = _function("ocpi")
    aws.lambda_.Permission(
        "own", function=function.name, action="lambda:InvokeFunction", principal="*", principal_org_id="o-1234567890"
    )


def private_api() -> None:
    api = aws.apigateway.RestApi("api", endpoint_configuration={"types": "PRIVATE"})
    deployment = aws.apigateway.Deployment("deployment", rest_api=api.id)
    aws.apigateway.Stage("stage", rest_api=api.id, deployment=deployment.id, stage_name="prod")


def described_api() -> None:
    aws.apigateway.RestApi("api", body=OPENAPI)


def rates_that_limit_nothing() -> None:
    stage = _gateway("ocpi")
    settings = {"throttling_rate_limit": 10_000_000, "throttling_burst_limit": 5_000}
    aws.apigateway.MethodSettings(
        "all", rest_api=stage.rest_api, stage_name=stage.stage_name, method_path="*/*", settings=settings
    )


def method_without_the_rate_of_its_stage() -> None:
    stage = _gateway("ocpi")
    for name, path, rate in (("all", "*/*", 50), ("cdrs", "ocpi/cdrs/POST", -1)):
        settings = {"throttling_rate_limit": rate, "throttling_burst_limit": 20}
        aws.apigateway.MethodSettings(
            name, rest_api=stage.rest_api, stage_name=stage.stage_name, method_path=path, settings=settings
        )


def plan_of_no_stage() -> None:
    plan = aws.apigateway.UsagePlan("plan", throttle_settings={"rate_limit": 10, "burst_limit": 5})
    key = aws.apigateway.ApiKey("partner")
    aws.apigateway.UsagePlanKey("partner", key_id=key.id, key_type="API_KEY", usage_plan_id=plan.id)


def firewall_with_tricks() -> None:
    """A rate that nobody reaches, addresses out of a header, a managed rule that lets the rest of the rules be."""
    named = aws.wafv2.IpSet("named", scope="REGIONAL", ip_address_version="IPV4", addresses=["198.51.100.7/32"])
    header = {"header_name": "X-Forwarded-For", "fallback_behavior": "NO_MATCH", "position": "FIRST"}
    rules = [
        _rule("rate", 0, {"rate_based_statement": {"limit": 2_000_000_000, "aggregate_key_type": "IP"}}, "block"),
        _managed("core", 1, "AWSManagedRulesCommonRuleSet", [("SizeRestrictions_BODY", "allow")]),
        _managed("bad", 2, "AWSManagedRulesKnownBadInputsRuleSet", []),
        _rule(
            "partners",
            3,
            {"ip_set_reference_statement": {"arn": named.arn, "ip_set_forwarded_ip_config": header}},
            "allow",
        ),
    ]
    acl = _acl(rules)
    drop = {"behavior": "DROP", "conditions": [{"action_condition": {"action": "BLOCK"}}], "requirement": "MEETS_ANY"}
    aws.wafv2.WebAclLoggingConfiguration(
        "log",
        resource_arn=acl.arn,
        log_destination_configs=["arn:aws:logs:eu-central-1:123456789012:log-group:aws-waf-logs-ocpi"],
        logging_filter={"default_behavior": "KEEP", "filters": [drop]},
    )


def rate_by_a_header_of_the_caller() -> None:
    header = {"header_name": "X-Forwarded-For", "fallback_behavior": "NO_MATCH"}
    statement = {"limit": 500, "aggregate_key_type": "FORWARDED_IP", "forwarded_ip_config": header}
    _acl([_rule("rate", 0, {"rate_based_statement": statement}, "block")])


def labels_of_a_counting_group() -> None:
    """A group counts, and a later rule blocks what it labelled outside of one path: AWS's own pattern."""
    key = "awswaf:managed:aws:core-rule-set:NoUserAgent_Header"
    group = _managed("core", 0, "AWSManagedRulesCommonRuleSet", [("CrossSiteScripting_BODY", "count")])
    body = "awswaf:managed:aws:core-rule-set:CrossSiteScripting_Body"
    counting = _managed("bad", 1, "AWSManagedRulesKnownBadInputsRuleSet", [])
    counting["override_action"] = {"count": {}}
    bad = "awswaf:managed:aws:known-bad-inputs:Log4JRCE_Header"
    matches = [
        _rule(f"block-{at}", at, {"label_match_statement": {"scope": "LABEL", "key": label}}, "block")
        for at, label in ((2, key), (3, body), (4, bad))
    ]
    _acl([group, counting, *matches])


def authoriser_that_every_api_may_ask() -> None:
    _authoriser(principal="apigateway.amazonaws.com", source_arn="arn:aws:execute-api:*:*:*")


def authoriser_that_anybody_may_ask() -> None:
    _authoriser(principal="*")


def model_that_says_nothing() -> None:
    api = aws.apigateway.RestApi("api")
    schema = json.dumps({"$schema": "http://json-schema.org/draft-04/schema#", "title": "Cdr"})
    model = aws.apigateway.Model("cdr", rest_api=api.id, content_type="application/json", schema=schema, name="Cdr")
    resource = aws.apigateway.Resource("cdrs", rest_api=api.id, parent_id=api.root_resource_id, path_part="cdrs")
    aws.apigateway.Method(
        "post",
        rest_api=api.id,
        resource_id=resource.id,
        http_method="POST",
        authorization="CUSTOM",
        request_models={"application/json": model.name},
    )


def role_of_a_pod() -> None:
    provider = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/ABCDEF"
    subject = {"oidc.eks.eu-central-1.amazonaws.com/id/ABCDEF:sub": "system:serviceaccount:ocpi:gateway"}
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": provider},
        "Condition": {"StringEquals": subject},
    }
    _role("pod", trust, {"Effect": "Allow", "Action": "*", "Resource": "*"})


def role_of_an_identity_pool() -> None:
    keys = {"cognito-identity.amazonaws.com:aud": "eu-central-1:0c8b6b9e-0000-4000-8000-000000000000"}
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": "cognito-identity.amazonaws.com"},
        "Condition": {
            "StringEquals": keys,
            "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"},
        },
    }
    _role("users", trust, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::pages/index.html"})


def role_with_a_whole_service() -> None:
    _role("wide", LAMBDA, {"Effect": "Allow", "Action": ["ec2:*", "rds:*"], "Resource": "*"})


def role_that_makes_identities_without_bounds() -> None:
    loose = {"StringNotEquals": {"iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/unused"}}
    allow = {"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "*", "Condition": loose}
    _role("maker", LAMBDA, allow)


def bucket_for_any_role() -> None:
    any_role = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}
    _bucket({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Condition": any_role}, "/*")


def bucket_for_any_trail() -> None:
    service = {"Service": "cloudtrail.amazonaws.com"}
    owner = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}
    _bucket({"Effect": "Allow", "Principal": service, "Action": "s3:PutObject", "Condition": owner}, "/*")


def bucket_for_one_trail() -> None:
    service = {"Service": "cloudtrail.amazonaws.com"}
    source = {"StringEquals": {"aws:SourceArn": "arn:aws:cloudtrail:eu-central-1:123456789012:trail/ocpi"}}
    _bucket({"Effect": "Allow", "Principal": service, "Action": "s3:PutObject", "Condition": source}, "/*")


def bucket_that_guards_itself_only() -> None:
    """The bucket is named, its objects are not."""
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    _bucket({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": plain}, "")


def bucket_that_guards_its_objects() -> None:
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    _bucket({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": plain}, "/*")


def bucket_that_ends_markers_only() -> None:
    bucket = aws.s3.Bucket("data")
    rule = {"id": "tidy", "status": "Enabled", "expiration": {"expired_object_delete_marker": True}}
    aws.s3.BucketLifecycleConfiguration("data", bucket=bucket.id, rules=[rule])


def bucket_that_ends_a_corner_only() -> None:
    bucket = aws.s3.Bucket("data")
    rule = {"id": "tmp", "status": "Enabled", "filter": {"prefix": "tmp/"}, "expiration": {"days": 1}}
    aws.s3.BucketLifecycleConfiguration("data", bucket=bucket.id, rules=[rule])


def bucket_that_keeps_every_version() -> None:
    bucket = aws.s3.Bucket("data")
    aws.s3.BucketVersioning("data", bucket=bucket.id, versioning_configuration={"status": "Enabled"})
    rule = {"id": "end", "status": "Enabled", "filter": {"prefix": ""}, "expiration": {"days": 400}}
    aws.s3.BucketLifecycleConfiguration("data", bucket=bucket.id, rules=[rule])


def secrets_under_other_names() -> None:
    for name, variables in {
        "pass": {"DB_PASS": "hunter2-hunter2"},
        "slash": {"PARTNER_TOKEN": BASE64},
        "nested": {"CONFIG": json.dumps({"partners": [{"id": "acme", "token": "acme-7f3k9q2m"}]})},
        "path": {"PARTNER_TOKEN_ID": "/ocpi/test/partners/acme-2", "TOKENS_TABLE": "tokens"},
    }.items():
        _function(name, environment={"variables": variables})


def machines_with_secrets() -> None:
    docker = "#!/bin/sh\ndocker run -d -e OCPI_TOKEN=7f3k9q2mZx81 registry.example.com/ocpi:1\n"
    header = "#!/bin/sh\ncurl -H 'Authorization: Token 7f3k9q2mZx81' https://partner.example.com/ocpi/versions\n"
    unit = "#cloud-config\nwrite_files:\n- content: |\n    [Service]\n    Environment=DB_PASSWORD=7f3k9q2mZx81\n"
    zipped = base64.b64encode(gzip.compress(b"#!/bin/sh\nexport OCPI_TOKEN=7f3k9q2mZx81\n", mtime=0)).decode()
    sound = "#!/bin/sh\nexport OCPI_TOKEN=$(aws secretsmanager get-secret-value --secret-id ocpi)\nTIMEOUT=30\n"
    for name, script in {"docker": docker, "header": header, "unit": unit, "sound": sound}.items():
        aws.ec2.Instance(name, ami="ami-1", instance_type="t3.small", user_data=script)
    aws.ec2.Instance("zipped", ami="ami-1", instance_type="t3.small", user_data_base64=zipped)


def alarm_under_a_composite() -> None:
    topic = aws.sns.Topic("oncall")
    aws.sns.TopicSubscription("oncall", topic=topic.arn, protocol="https", endpoint="https://pager.example.com/x")
    child = aws.cloudwatch.MetricAlarm(
        "child", name="child", comparison_operator="GreaterThanThreshold", evaluation_periods=1
    )
    aws.cloudwatch.CompositeAlarm(
        "both",
        alarm_name="both",
        alarm_rule=child.name.apply(lambda name: f'ALARM("{name}")'),
        alarm_actions=[topic.arn],
    )


def trail_without_management_events() -> None:
    key = aws.kms.Key("trail", enable_key_rotation=True)
    objects = {"type": "AWS::S3::Object", "values": ["arn:aws:s3:::other/"]}
    aws.cloudtrail.Trail(
        "trail",
        s3_bucket_name="audit",
        is_multi_region_trail=True,
        enable_log_file_validation=True,
        kms_key_id=key.arn,
        event_selectors=[{"include_management_events": False, "data_resources": [objects]}],
    )


def retries_without_end() -> None:
    aws.lambda_.EventSourceMapping(
        "records",
        function_name="ocpi",
        event_source_arn="arn:aws:kinesis:eu-central-1:123456789012:stream/cdrs",
        function_response_types=["ReportBatchItemFailures"],
        maximum_retry_attempts=-1,
    )


def service_called_proxy() -> None:
    _function("ocpi-proxy")


def _function(name: str, **settings) -> aws.lambda_.Function:
    return aws.lambda_.Function(
        name, role=ROLE, runtime="python3.13", handler="h.h", s3_bucket="b", s3_key="k", **settings
    )


def _gateway(function: str) -> aws.apigateway.Stage:
    api = aws.apigateway.RestApi("api")
    uri = (
        "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/"
        f"arn:aws:lambda:eu-central-1:123456789012:function:{function}/invocations"
    )
    aws.apigateway.Integration(
        "ocpi",
        rest_api=api.id,
        resource_id=api.root_resource_id,
        http_method="GET",
        type="AWS_PROXY",
        integration_http_method="POST",
        uri=uri,
    )
    deployment = aws.apigateway.Deployment("deployment", rest_api=api.id)
    return aws.apigateway.Stage("stage", rest_api=api.id, deployment=deployment.id, stage_name="prod")


def _authoriser(**permission) -> None:
    function, api = _function("authoriser"), aws.apigateway.RestApi("api")
    aws.apigateway.Authorizer("authoriser", rest_api=api.id, type="TOKEN", authorizer_uri=function.invoke_arn)
    gateway = {
        "principal": "apigateway.amazonaws.com",
        "source_arn": "arn:aws:execute-api:eu-central-1:123456789012:a/*",
    }
    for name, settings in {"gateway": gateway, "other": permission}.items():
        aws.lambda_.Permission(name, function=function.name, action="lambda:InvokeFunction", **settings)


def _acl(rules: list[dict[str, Any]]) -> aws.wafv2.WebAcl:
    return aws.wafv2.WebAcl("acl", scope="REGIONAL", default_action={"block": {}}, rules=rules, visibility_config=QUIET)


def _rule(name: str, priority: int, statement: dict[str, Any], action: str) -> dict[str, Any]:
    return {
        "name": name,
        "priority": priority,
        "statement": statement,
        "action": {action: {}},
        "visibility_config": QUIET,
    }


def _managed(name: str, priority: int, group: str, overrides: list[tuple[str, str]]) -> dict[str, Any]:
    used = [{"name": rule, "action_to_use": {action: {}}} for rule, action in overrides]
    statement = {"managed_rule_group_statement": {"vendor_name": "AWS", "name": group, "rule_action_overrides": used}}
    return {
        "name": name,
        "priority": priority,
        "statement": statement,
        "override_action": {"none": {}},
        "visibility_config": QUIET,
    }


def _role(name: str, trust: dict[str, Any], allow: dict[str, Any]) -> None:
    role = aws.iam.Role(name, assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    aws.iam.RolePolicy(name, role=role.name, policy=json.dumps({"Version": "2012-10-17", "Statement": [allow]}))


def _bucket(statement: dict[str, Any], below: str) -> None:
    bucket = aws.s3.Bucket("data", bucket="ocpi-data")
    document = {"Version": "2012-10-17", "Statement": [{**statement, "Resource": f"arn:aws:s3:::ocpi-data{below}"}]}
    aws.s3.BucketPolicy("data", bucket=bucket.id, policy=json.dumps(document))


globals()[pulumi.Config("case").require("name")]()
