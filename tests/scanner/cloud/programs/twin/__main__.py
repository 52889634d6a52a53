"""The stack of main.tf once more: names, values and references are the same."""

import json

import pulumi_aws as aws

ANYBODY = {"Effect": "Allow", "Principal": "*", "Resource": "*"}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


root = {"AWS": "arn:aws:iam::123456789012:root"}
key = aws.kms.Key(
    "main",
    enable_key_rotation=True,
    policy=document({"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}),
)
aws.kms.Key("weak", description="not rotated")
aws.kms.Alias("main", name="alias/ocpi", target_key_id=key.id)

vpc = aws.ec2.Vpc("ocpi", cidr_block="10.0.0.0/16")
inside = aws.ec2.Subnet("a", vpc_id=vpc.id, cidr_block="10.0.1.0/24")
outside = aws.ec2.Subnet("b", vpc_id=vpc.id, cidr_block="10.0.2.0/24", map_public_ip_on_launch=True)
gateway = aws.ec2.InternetGateway("out", vpc_id=vpc.id)
public = aws.ec2.RouteTable("public", vpc_id=vpc.id, routes=[{"cidr_block": "0.0.0.0/0", "gateway_id": gateway.id}])
aws.ec2.RouteTableAssociation("b", subnet_id=outside.id, route_table_id=public.id)
ssh = {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]}
aws.ec2.SecurityGroup("open", vpc_id=vpc.id, ingress=[ssh])
closed = aws.ec2.SecurityGroup("closed", vpc_id=vpc.id, description="of the service")
aws.vpc.SecurityGroupIngressRule(
    "https",
    security_group_id=closed.id,
    description="HTTPS from the network",
    ip_protocol="tcp",
    from_port=443,
    to_port=443,
    cidr_ipv4="10.0.0.0/16",
)
aws.ec2.VpcEndpoint("dynamodb", vpc_id=vpc.id, service_name="com.amazonaws.eu-central-1.dynamodb")
logs = aws.cloudwatch.LogGroup("logs", retention_in_days=400, kms_key_id=key.arn)
aws.cloudwatch.LogGroup("weak", retention_in_days=7)
role = aws.iam.Role(
    "function",
    assume_role_policy=document(
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ),
)
aws.ec2.FlowLog("ocpi", vpc_id=vpc.id, traffic_type="ALL", log_destination=logs.arn, iam_role_arn=role.arn)
acl = aws.ec2.NetworkAcl("ocpi", vpc_id=vpc.id, subnet_ids=[inside.id])
aws.ec2.NetworkAclRule(
    "ssh",
    network_acl_id=acl.id,
    rule_number=100,
    protocol="tcp",
    rule_action="allow",
    cidr_block="0.0.0.0/0",
    from_port=22,
    to_port=22,
)
address = aws.ec2.Eip("nat", domain="vpc")
aws.ec2.NatGateway("nat", allocation_id=address.id, subnet_id=outside.id)

topic = aws.sns.Topic("alarms", kms_master_key_id=key.id)
aws.sns.TopicPolicy("alarms", arn=topic.arn, policy=document({**ANYBODY, "Action": "sns:Publish"}))
aws.cloudwatch.LogMetricFilter(
    "refused",
    name="refused",
    log_group_name=logs.name,
    pattern="401",
    metric_transformation={"name": "refused", "namespace": "ocpi", "value": "1"},
)
aws.cloudwatch.MetricAlarm(
    "refused",
    name="refused",
    comparison_operator="GreaterThanThreshold",
    evaluation_periods=1,
    metric_name="refused",
    namespace="ocpi",
    period=60,
    statistic="Sum",
    threshold=10,
    alarm_actions=[topic.arn],
)

aws.iam.RolePolicy("admin", role=role.id, policy=document({"Effect": "Allow", "Action": "*", "Resource": "*"}))
table_arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/cdrs"
read = aws.iam.Policy(
    "read", policy=document({"Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": table_arn})
)
aws.iam.RolePolicyAttachment("read", role=role.name, policy_arn=read.arn)
operator = aws.iam.User("operator", name="operator")
aws.iam.UserPolicy(
    "operator", user=operator.name, policy=document({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
)

queue = aws.sqs.Queue("dead", sqs_managed_sse_enabled=False)
aws.sqs.QueuePolicy("dead", queue_url=queue.id, policy=document({**ANYBODY, "Action": "*"}))
strong = aws.lambda_.Function(
    "strong",
    name="service",
    role=role.arn,
    handler="app.main",
    runtime="python3.13",
    kms_key_arn=key.arn,
    reserved_concurrent_executions=5,
    environment={"variables": {"TABLE": "cdrs"}},
    tracing_config={"mode": "Active"},
    vpc_config={"subnet_ids": [inside.id], "security_group_ids": [closed.id]},
    dead_letter_config={"target_arn": queue.arn},
)
weak = aws.lambda_.Function(
    "weak",
    name="weak",
    role=role.arn,
    handler="app.main",
    runtime="python3.8",
    environment={"variables": {"PLAIN": "value"}},
)
aws.lambda_.Permission(
    "api", action="lambda:InvokeFunction", function=strong.name, principal="apigateway.amazonaws.com"
)
aws.lambda_.FunctionUrl("open", function_name=weak.name, authorization_type="NONE")

api = aws.apigateway.RestApi("ocpi", name="ocpi")
cdrs = aws.apigateway.Resource("cdrs", rest_api=api.id, parent_id=api.root_resource_id, path_part="cdrs")
aws.apigateway.RequestValidator("all", rest_api=api.id, name="all", validate_request_body=True)
aws.apigateway.Authorizer("token", rest_api=api.id, name="token", authorizer_uri=strong.invoke_arn)
aws.apigateway.Method("open", rest_api=api.id, resource_id=cdrs.id, http_method="GET", authorization="NONE")
aws.apigateway.Integration(
    "open",
    rest_api=api.id,
    resource_id=cdrs.id,
    http_method="GET",
    type="AWS_PROXY",
    integration_http_method="POST",
    uri=strong.invoke_arn,
)
now = aws.apigateway.Deployment("now", rest_api=api.id)
live = aws.apigateway.Stage(
    "live",
    rest_api=api.id,
    deployment=now.id,
    stage_name="live",
    xray_tracing_enabled=True,
    access_log_settings={"destination_arn": logs.arn, "format": "$context.requestId"},
)
aws.apigateway.Stage("bare", rest_api=api.id, deployment=now.id, stage_name="bare")
aws.apigateway.MethodSettings(
    "live",
    rest_api=api.id,
    stage_name=live.stage_name,
    method_path="*/*",
    settings={"logging_level": "INFO", "metrics_enabled": True},
)
certificate = aws.acm.Certificate("ocpi", domain_name="ocpi.example.com", validation_method="DNS")
aws.apigateway.DomainName(
    "ocpi", domain_name="ocpi.example.com", regional_certificate_arn=certificate.arn, security_policy="TLS_1_0"
)
second = aws.apigatewayv2.Api("second", name="second", protocol_type="HTTP")
aws.apigatewayv2.Stage("second", api_id=second.id, name="$default")

aws.wafv2.IpSet("partners", name="partners", scope="REGIONAL", ip_address_version="IPV4", addresses=["198.51.100.0/24"])


def visible(name):
    return {"cloudwatch_metrics_enabled": True, "metric_name": name, "sampled_requests_enabled": False}


group = {"name": "AWSManagedRulesKnownBadInputsRuleSet", "vendor_name": "AWS"}
edge = aws.wafv2.WebAcl(
    "edge",
    name="edge",
    scope="REGIONAL",
    default_action={"block": {}},
    rules=[
        {
            "name": "known",
            "priority": 1,
            "override_action": {"none": {}},
            "statement": {"managed_rule_group_statement": group},
            "visibility_config": visible("known"),
        }
    ],
    visibility_config=visible("edge"),
)
aws.wafv2.WebAclAssociation("live", resource_arn=live.arn, web_acl_arn=edge.arn)

files = aws.s3.Bucket("files")
opened = aws.s3.Bucket("open")
aws.s3.BucketPublicAccessBlock(
    "files",
    bucket=files.id,
    block_public_acls=True,
    block_public_policy=True,
    ignore_public_acls=True,
    restrict_public_buckets=True,
)
aws.s3.BucketVersioning("files", bucket=files.id, versioning_configuration={"status": "Enabled"})
aws.s3.BucketServerSideEncryptionConfiguration(
    "files",
    bucket=files.id,
    rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn}}],
)
aws.s3.BucketLogging("files", bucket=files.id, target_bucket=opened.id, target_prefix="files/")
aws.s3.BucketPolicy("open", bucket=opened.id, policy=document({**ANYBODY, "Action": "s3:*"}))

attribute = {"name": "id", "type": "S"}
aws.dynamodb.Table(
    "cdrs",
    name="cdrs",
    hash_key="id",
    billing_mode="PAY_PER_REQUEST",
    deletion_protection_enabled=True,
    attributes=[attribute],
    point_in_time_recovery={"enabled": True},
    server_side_encryption={"enabled": True, "kms_key_arn": key.arn},
)
aws.dynamodb.Table("weak", name="weak", hash_key="id", billing_mode="PAY_PER_REQUEST", attributes=[attribute])
partner = aws.secretsmanager.Secret("partner", name="partner", kms_key_id=key.arn)
aws.secretsmanager.Secret("weak", name="weak")
aws.secretsmanager.SecretRotation(
    "partner",
    secret_id=partner.id,
    rotation_lambda_arn=strong.arn,
    rotation_rules={"automatically_after_days": 30},
)
aws.ssm.Parameter("plain", name="plain", type="String", value="a")

front = aws.lb.LoadBalancer(
    "front", load_balancer_type="application", subnets=[inside.id, outside.id], security_groups=[closed.id]
)
targets = aws.lb.TargetGroup("front", port=80, protocol="HTTP", vpc_id=vpc.id)
aws.lb.Listener(
    "plain",
    load_balancer_arn=front.arn,
    port=80,
    protocol="HTTP",
    default_actions=[{"type": "forward", "target_group_arn": targets.arn}],
)
aws.cloudtrail.Trail(
    "trail",
    s3_bucket_name=files.id,
    is_multi_region_trail=True,
    enable_log_file_validation=True,
    include_global_service_events=True,
)
aws.ecr.Repository("service", name="service", image_tag_mutability="MUTABLE")
aws.ecs.Cluster("service", name="service", settings=[{"name": "containerInsights", "value": "enabled"}])
aws.rds.Instance(
    "main",
    instance_class="db.t3.micro",
    engine="postgres",
    allocated_storage=20,
    username="ocpi",
    publicly_accessible=True,
    skip_final_snapshot=True,
)
aws.guardduty.Detector("main", enable=True)
aws.efs.FileSystem("weak", encrypted=False)
