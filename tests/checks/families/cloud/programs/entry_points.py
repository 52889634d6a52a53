"""Ways into an OCPI service, through its gateway and around it."""

import json
from collections.abc import Callable

import pulumi
import pulumi_aws as aws


def gateway_only() -> None:
    _behind_rest(_function())


def function_url_beside_the_gateway() -> None:
    function = _function()
    _behind_rest(function)
    aws.lambda_.FunctionUrl("url", function_name=function.name, authorization_type="NONE")


def signed_function_url_beside_the_gateway() -> None:
    function = _function()
    _behind_rest(function)
    aws.lambda_.FunctionUrl("url", function_name=function.name, authorization_type="AWS_IAM")


def function_url_of_an_alias() -> None:
    function = _function()
    _behind_rest(function)
    alias = aws.lambda_.Alias("live", function_name=function.name, function_version="1")
    aws.lambda_.FunctionUrl("url", function_name=alias.arn, authorization_type="NONE")


def second_stage_without_firewall() -> None:
    api, _ = _behind_rest(_function())
    deployment = aws.apigateway.Deployment("debug", rest_api=api.id)
    aws.apigateway.Stage("debug", rest_api=api.id, deployment=deployment.id, stage_name="debug")


def domain_on_the_gateway() -> None:
    api, stage = _behind_rest(_function())
    domain = aws.apigateway.DomainName(
        "domain", domain_name="ocpi.example.com", endpoint_configuration={"types": "REGIONAL"}
    )
    aws.apigateway.BasePathMapping(
        "mapping", domain_name=domain.domain_name, rest_api=api.id, stage_name=stage.stage_name
    )


def default_endpoint_of_the_gateway() -> None:
    _behind_rest(_function(), closed=False)


def http_api_beside_the_gateway() -> None:
    function = _function()
    _behind_rest(function)
    api = aws.apigatewayv2.Api("http", protocol_type="HTTP", disable_execute_api_endpoint=True)
    aws.apigatewayv2.Integration(
        "http", api_id=api.id, integration_type="AWS_PROXY", integration_uri=function.invoke_arn
    )
    aws.apigatewayv2.Stage("http", api_id=api.id, name="$default")


def containers_behind_the_gateway() -> None:
    _containers(internal=True)


def balancer_open_beside_the_gateway() -> None:
    _containers(internal=False)


def accelerator_before_the_balancer() -> None:
    balancer = _containers(internal=True)
    accelerator = aws.globalaccelerator.Accelerator("fast")
    listener = aws.globalaccelerator.Listener(
        "fast", accelerator_arn=accelerator.arn, protocol="TCP", port_ranges=[{"from_port": 443, "to_port": 443}]
    )
    aws.globalaccelerator.EndpointGroup(
        "fast", listener_arn=listener.arn, endpoint_configurations=[{"endpoint_id": balancer.arn}]
    )


def endpoint_service_before_the_balancer() -> None:
    balancer = _containers(internal=True)
    aws.ec2.VpcEndpointService("shared", acceptance_required=False, network_load_balancer_arns=[balancer.arn])


def classic_balancer_beside_the_gateway() -> None:
    def also(service: aws.ecs.ServiceLoadBalancerArgsDict) -> list[aws.ecs.ServiceLoadBalancerArgsDict]:
        old = aws.elb.LoadBalancer(
            "old", listeners=[{"instance_port": 80, "instance_protocol": "http", "lb_port": 80, "lb_protocol": "http"}]
        )
        return [service, {"elb_name": old.name, "container_name": "ocpi", "container_port": 80}]

    _containers(internal=True, balancers=also)


def distribution_with_firewall() -> None:
    _distribution(_application_balancer(internal=True), firewall=True)


def balancer_open_behind_a_distribution() -> None:
    _distribution(_application_balancer(internal=False), firewall=True)


def application_balancer_with_firewall() -> None:
    balancer = _application_balancer(internal=False)
    aws.wafv2.WebAclAssociation("front", resource_arn=balancer.arn, web_acl_arn=_acl("REGIONAL").arn)


def app_runner_alone() -> None:
    _app_runner(public=True)


def app_runner_inside() -> None:
    _app_runner(public=False)


def graphql_beside_the_gateway() -> None:
    function = _function()
    _behind_rest(function)
    api = aws.appsync.GraphQLApi("graph", authentication_type="API_KEY")
    aws.appsync.DataSource("graph", api_id=api.id, type="AWS_LAMBDA", lambda_config={"function_arn": function.arn})


def instance_on_the_internet() -> None:
    _instance(public=True)


def instance_inside() -> None:
    _instance(public=False)


def database_on_the_internet() -> None:
    _behind_rest(_function())
    aws.rds.Instance("cdrs", instance_class="db.t4g.micro", publicly_accessible=True)


def stores_on_the_internet() -> None:
    _stores(public=True)


def stores_inside() -> None:
    _stores(public=False)


def website_beside_the_gateway() -> None:
    _behind_rest(_function())
    bucket = aws.s3.Bucket("site")
    aws.s3.BucketPublicAccessBlock("site", bucket=bucket.id, restrict_public_buckets=False)
    aws.s3.BucketPolicy("site", bucket=bucket.id, policy=_READ_BY_ALL)


def api_by_openapi() -> None:
    api = aws.apigateway.RestApi("api", body='{"openapi": "3.0.1"}', disable_execute_api_endpoint=True)
    _stage(api)


def cluster_beside_the_gateway() -> None:
    _behind_rest(_function())
    _cluster(endpoint_public_access=False, endpoint_private_access=True)


def cluster_that_answers_everybody() -> None:
    _cluster()


def cluster_that_answers_halves_of_everybody() -> None:
    _cluster(public_access_cidrs=["0.0.0.0/1", "128.0.0.0/1"])


def cluster_that_answers_operators() -> None:
    _cluster(public_access_cidrs=["192.0.2.0/28"])


def beanstalk_beside_the_gateway() -> None:
    _behind_rest(_function())
    _beanstalk()


def beanstalk_inside() -> None:
    _behind_rest(_function())
    _beanstalk({"namespace": "aws:ec2:vpc", "name": "ELBScheme", "value": "internal"})


def beanstalk_alone() -> None:
    _beanstalk({"namespace": "aws:elasticbeanstalk:environment", "name": "EnvironmentType", "value": "SingleInstance"})


def beanstalk_that_takes_from_a_queue() -> None:
    _behind_rest(_function())
    _beanstalk(tier="Worker")


def segment_by_tag() -> None:
    """Only what the tag names is the OCPI service: the shop has an entry of its own."""
    _behind_rest(_function(tags={"segment": "ocpi"}))
    shop = _function("shop")
    aws.lambda_.FunctionUrl("shop", function_name=shop.name, authorization_type="NONE")


_READ_BY_ALL = json.dumps(
    {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*"}]}
)


def _function(name: str = "service", tags: dict[str, str] | None = None) -> aws.lambda_.Function:
    return aws.lambda_.Function(
        name, name=name, role="arn:aws:iam::123456789012:role/service", handler="a.b", runtime="python3.13", tags=tags
    )


def _behind_rest(
    function: aws.lambda_.Function, *, closed: bool = True
) -> tuple[aws.apigateway.RestApi, aws.apigateway.Stage]:
    api = aws.apigateway.RestApi("api", disable_execute_api_endpoint=closed)
    part = aws.apigateway.Resource("part", rest_api=api.id, parent_id=api.root_resource_id, path_part="ocpi")
    aws.apigateway.Integration(
        "part", rest_api=api.id, resource_id=part.id, http_method="GET", type="AWS_PROXY", uri=function.invoke_arn
    )
    stage = _stage(api)
    aws.wafv2.WebAclAssociation("stage", resource_arn=stage.arn, web_acl_arn=_acl("REGIONAL").arn)
    return api, stage


def _stage(api: aws.apigateway.RestApi) -> aws.apigateway.Stage:
    deployment = aws.apigateway.Deployment("deployment", rest_api=api.id)
    return aws.apigateway.Stage("stage", rest_api=api.id, deployment=deployment.id, stage_name="live")


def _acl(scope: str) -> aws.wafv2.WebAcl:
    return aws.wafv2.WebAcl(
        "acl",
        scope=scope,
        default_action={"block": {}},
        visibility_config={"cloudwatch_metrics_enabled": True, "metric_name": "a", "sampled_requests_enabled": False},
    )


_Balancers = Callable[[aws.ecs.ServiceLoadBalancerArgsDict], list[aws.ecs.ServiceLoadBalancerArgsDict]]


def _containers(*, internal: bool, balancers: _Balancers = lambda one: [one]) -> aws.lb.LoadBalancer:
    """Containers behind a network load balancer, which a VPC link of a REST API with a firewall leads to."""
    balancer = aws.lb.LoadBalancer("balancer", load_balancer_type="network", internal=internal)
    group = aws.lb.TargetGroup("group", port=80, protocol="TCP", target_type="ip", vpc_id="vpc-1")
    aws.lb.Listener(
        "listener",
        load_balancer_arn=balancer.arn,
        port=80,
        protocol="TCP",
        default_actions=[{"type": "forward", "target_group_arn": group.arn}],
    )
    own: aws.ecs.ServiceLoadBalancerArgsDict = {
        "target_group_arn": group.arn,
        "container_name": "ocpi",
        "container_port": 80,
    }
    aws.ecs.Service("containers", task_definition="ocpi", load_balancers=balancers(own))
    link = aws.apigateway.VpcLink("link", target_arn=balancer.arn)
    api = aws.apigateway.RestApi("ocpi-api", disable_execute_api_endpoint=True)
    aws.apigateway.Integration(
        "part",
        rest_api=api.id,
        resource_id=api.root_resource_id,
        http_method="ANY",
        type="HTTP_PROXY",
        uri="https://inside.example.com/",
        connection_type="VPC_LINK",
        connection_id=link.id,
    )
    aws.wafv2.WebAclAssociation("stage", resource_arn=_stage(api).arn, web_acl_arn=_acl("REGIONAL").arn)
    return balancer


def _application_balancer(*, internal: bool) -> aws.lb.LoadBalancer:
    """One whose rule for OCPI paths leads to instances of a scaling group."""
    balancer = aws.lb.LoadBalancer("balancer", internal=internal)
    group = aws.lb.TargetGroup("group", port=80, protocol="HTTP", vpc_id="vpc-1")
    listener = aws.lb.Listener(
        "listener",
        load_balancer_arn=balancer.arn,
        port=443,
        protocol="HTTPS",
        default_actions=[{"type": "fixed-response", "fixed_response": {"content_type": "text/plain"}}],
    )
    aws.lb.ListenerRule(
        "rule",
        listener_arn=listener.arn,
        actions=[{"type": "forward", "target_group_arn": group.arn}],
        conditions=[{"path_pattern": {"values": ["/ocpi/*"]}}],
    )
    aws.autoscaling.Group("machines", max_size=2, min_size=1, target_group_arns=[group.arn])
    return balancer


def _distribution(balancer: aws.lb.LoadBalancer, *, firewall: bool) -> None:
    aws.cloudfront.Distribution(
        "front",
        enabled=True,
        origins=[{"domain_name": balancer.dns_name, "origin_id": "balancer"}],
        default_cache_behavior={
            "allowed_methods": ["GET"],
            "cached_methods": ["GET"],
            "target_origin_id": "balancer",
            "viewer_protocol_policy": "https-only",
        },
        restrictions={"geo_restriction": {"restriction_type": "none"}},
        viewer_certificate={"cloudfront_default_certificate": True},
        web_acl_id=_acl("CLOUDFRONT").arn if firewall else None,
    )


def _app_runner(*, public: bool) -> None:
    aws.apprunner.Service(
        "ocpi",
        service_name="ocpi",
        source_configuration={"image_repository": {"image_identifier": "a", "image_repository_type": "ECR"}},
        network_configuration={"ingress_configuration": {"is_publicly_accessible": public}},
    )


def _instance(*, public: bool) -> None:
    network = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")
    subnet = aws.ec2.Subnet("subnet", vpc_id=network.id, cidr_block="10.0.0.0/24", map_public_ip_on_launch=True)
    table = aws.ec2.RouteTable("table", vpc_id=network.id)
    aws.ec2.RouteTableAssociation("table", subnet_id=subnet.id, route_table_id=table.id)
    gateway = aws.ec2.InternetGateway("gateway", vpc_id=network.id)
    if public:
        aws.ec2.Route("out", route_table_id=table.id, destination_cidr_block="0.0.0.0/0", gateway_id=gateway.id)
    aws.ec2.Instance("ocpi", ami="ami-1", instance_type="t4g.small", subnet_id=subnet.id)


def _stores(*, public: bool) -> None:
    _behind_rest(_function())
    aws.rds.Instance("cdrs", instance_class="db.t4g.micro", publicly_accessible=public)
    aws.redshift.Cluster("warehouse", cluster_identifier="w", node_type="ra3.large", publicly_accessible=public)
    user: aws.mq.BrokerUserArgsDict = {"username": "ocpi", "password": pulumi.Output.secret("not a real one")}
    aws.mq.Broker(
        "broker",
        engine_type="RabbitMQ",
        engine_version="3.13",
        host_instance_type="mq.m5.large",
        users=[user],
        publicly_accessible=public,
    )
    inside = {"subnet_ids": ["subnet-0123456789abcdef0"], "security_group_ids": ["sg-0123456789abcdef0"]}
    aws.opensearch.Domain("search", vpc_options=None if public else inside)
    aws.transfer.Server(
        "files",
        endpoint_type="PUBLIC" if public else "VPC",
        endpoint_details=None if public else {"subnet_ids": ["subnet-0123456789abcdef0"]},
    )


def _cluster(**more: object) -> None:
    network = {"subnet_ids": ["subnet-0123456789abcdef0"], **more}
    aws.eks.Cluster("pods", role_arn="arn:aws:iam::123456789012:role/cluster", vpc_config=network)


def _beanstalk(*settings: dict[str, str], tier: str = "WebServer") -> None:
    aws.elasticbeanstalk.Environment("ocpi", application="ocpi", tier=tier, settings=list(settings))


globals()[pulumi.Config("case").require("name")]()
