"""What else can stand in front of a service: sockets, private links, accelerators, meshes, signed URLs."""

import json
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

_OWN = "123456789012"
_FOREIGN = "210987654321"
_VPC = "vpc-0123456789abcdef0"


def sockets_beside_the_gateway() -> None:
    """A WebSocket API leads to the same function: no web ACL can stand in front of it."""
    function = _behind_the_gateway()
    api = aws.apigatewayv2.Api("sockets", protocol_type="WEBSOCKET", route_selection_expression="$request.body.action")
    called = aws.apigatewayv2.Integration(
        "sockets", api_id=api.id, integration_type="AWS_PROXY", integration_uri=function.invoke_arn
    )
    target = called.id.apply(lambda known: f"integrations/{known}")
    aws.apigatewayv2.Route("connect", api_id=api.id, route_key="$connect", target=target)
    aws.apigatewayv2.Route("default", api_id=api.id, route_key="$default", target=target)
    aws.apigatewayv2.Stage("live", api_id=api.id, name="live", auto_deploy=True)


def sockets_that_anybody_opens() -> None:
    """Without a route for connections nobody is asked when one is opened."""
    api = aws.apigatewayv2.Api("sockets", protocol_type="WEBSOCKET", route_selection_expression="$request.body.action")
    called = aws.apigatewayv2.Integration("sockets", api_id=api.id, integration_type="MOCK")
    target = called.id.apply(lambda known: f"integrations/{known}")
    aws.apigatewayv2.Route("default", api_id=api.id, route_key="$default", target=target)
    aws.apigatewayv2.Stage("live", api_id=api.id, name="live", auto_deploy=True)


def link_to_a_named_service() -> None:
    """An HTTP API finds its containers by Cloud Map, without any load balancer."""
    space = aws.servicediscovery.PrivateDnsNamespace("inside", name="inside.example", vpc=_VPC)
    found = aws.servicediscovery.Service(
        "ocpi", name="ocpi", dns_config={"namespace_id": space.id, "dns_records": [{"ttl": 10, "type": "SRV"}]}
    )
    _containers("ocpi", service_registries={"registry_arn": found.arn, "port": 8443})
    link = aws.apigatewayv2.VpcLink("link", subnet_ids=["subnet-1"], security_group_ids=["sg-1"])
    api = aws.apigatewayv2.Api("api", protocol_type="HTTP")
    called = aws.apigatewayv2.Integration(
        "inside",
        api_id=api.id,
        integration_type="HTTP_PROXY",
        integration_method="ANY",
        connection_type="VPC_LINK",
        connection_id=link.id,
        integration_uri=found.arn,
    )
    aws.apigatewayv2.Route(
        "all", api_id=api.id, route_key="$default", target=called.id.apply(lambda known: f"integrations/{known}")
    )
    aws.apigatewayv2.Stage("live", api_id=api.id, name="$default", auto_deploy=True)


def link_to_an_internal_balancer() -> None:
    listener = _balanced("ocpi", internal=True)
    link = aws.apigatewayv2.VpcLink("link", subnet_ids=["subnet-1"], security_group_ids=["sg-1"])
    api = aws.apigatewayv2.Api("api", protocol_type="HTTP", disable_execute_api_endpoint=True)
    called = aws.apigatewayv2.Integration(
        "inside",
        api_id=api.id,
        integration_type="HTTP_PROXY",
        integration_method="ANY",
        connection_type="VPC_LINK",
        connection_id=link.id,
        integration_uri=listener.arn,
        tls_config={"server_name_to_verify": "ocpi.example.com"},
    )
    aws.apigatewayv2.Route(
        "all",
        api_id=api.id,
        route_key="ANY /ocpi/{proxy+}",
        authorization_type="NONE",
        target=called.id.apply(lambda known: f"integrations/{known}"),
    )
    aws.apigatewayv2.Stage("live", api_id=api.id, name="$default", auto_deploy=True)


def private_api_for_every_account() -> None:
    """Any account can make an endpoint for execute-api of its own and call it by that."""
    _private_api(_allow("execute-api:Invoke", by="*"))


def private_api_for_one_endpoint() -> None:
    _private_api(
        _allow("execute-api:Invoke", by="*", when={"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}})
    )


def private_api_but_for_other_networks() -> None:
    """As API Gateway's own example is written: everybody, and a Deny for what comes from elsewhere."""
    elsewhere = {"StringNotEquals": {"aws:SourceVpc": _VPC}}
    denied = {**_allow("execute-api:Invoke", by="*", when=elsewhere), "Effect": "Deny"}
    _private_api(_allow("execute-api:Invoke", by="*"), denied)


def private_api_without_a_policy() -> None:
    _private_api()


def signed_url_for_every_account() -> None:
    """Signed requests only: of whoever has an account at AWS."""
    function = _behind_the_gateway()
    aws.lambda_.FunctionUrl("url", function_name=function.name, authorization_type="AWS_IAM")
    aws.lambda_.Permission(
        "called",
        action="lambda:InvokeFunctionUrl",
        function=function.name,
        principal="*",
        function_url_auth_type="AWS_IAM",
    )


def signed_url_for_one_distribution() -> None:
    function = _behind_the_gateway()
    aws.lambda_.FunctionUrl("url", function_name=function.name, authorization_type="AWS_IAM")
    aws.lambda_.Permission(
        "called",
        action="lambda:InvokeFunctionUrl",
        function=function.name,
        principal="cloudfront.amazonaws.com",
        source_arn=f"arn:aws:cloudfront::{_OWN}:distribution/E1ABCDEF",
    )


def signed_url_for_any_distribution() -> None:
    """CloudFront signs for distributions of every account."""
    function = _behind_the_gateway()
    aws.lambda_.FunctionUrl("url", function_name=function.name, authorization_type="AWS_IAM")
    aws.lambda_.Permission(
        "called", action="lambda:InvokeFunctionUrl", function=function.name, principal="cloudfront.amazonaws.com"
    )


def packets_to_a_machine() -> None:
    machine = aws.ec2.Instance("ocpi", ami="ami-1", instance_type="t3.small")
    _network_balancer(machine.id, "instance")


def runner_inside_a_network() -> None:
    runner = _runner(False)
    aws.apprunner.VpcIngressConnection(
        "inside",
        name="inside",
        service_arn=runner.arn,
        ingress_vpc_configuration={"vpc_id": _VPC, "vpc_endpoint_id": "vpce-0123456789abcdef0"},
    )


def runner_on_the_internet() -> None:
    _runner(True)


def certificates_beside_an_open_endpoint() -> None:
    api = _api_of("api", _function("ocpi"))
    domain = aws.apigateway.DomainName(
        "domain",
        domain_name="ocpi.example.com",
        regional_certificate_arn="arn:aws:acm:x",
        endpoint_configuration={"types": "REGIONAL"},
        security_policy="TLS_1_2",
        mutual_tls_authentication={"truststore_uri": "s3://trust/partners.pem", "truststore_version": "1"},
    )
    aws.apigateway.BasePathMapping("all", rest_api=api, stage_name="prod", domain_name=domain.domain_name)


def internal_balancer_behind_an_accelerator() -> None:
    """Internal, and on the internet all the same."""
    _accelerated(internal=True)


def public_balancer_behind_an_accelerator() -> None:
    _accelerated(internal=False)


def accelerator_for_whole_subnets() -> None:
    network = aws.ec2.Vpc("network", cidr_block="10.0.0.0/16")
    subnet = aws.ec2.Subnet("inside", vpc_id=network.id, cidr_block="10.0.1.0/24")
    aws.ec2.Instance("ocpi", ami="ami-1", instance_type="t3.small", subnet_id=subnet.id)
    front = aws.globalaccelerator.CustomRoutingAccelerator("front", name="front", enabled=True)
    ports = aws.globalaccelerator.CustomRoutingListener(
        "ports", accelerator_arn=front.arn, port_ranges=[{"from_port": 5000, "to_port": 10000}]
    )
    aws.globalaccelerator.CustomRoutingEndpointGroup(
        "group",
        listener_arn=ports.arn,
        destination_configurations=[{"from_port": 443, "to_port": 443, "protocols": ["TCP"]}],
        endpoint_configurations=[{"endpoint_id": subnet.id}],
    )


def balancer_behind_verified_access() -> None:
    listener = _balanced("ocpi", internal=True)
    aws.verifiedaccess.Endpoint(
        "door",
        attachment_type="vpc",
        endpoint_type="load-balancer",
        verified_access_group_id="vagr-1",
        application_domain="ocpi.example.com",
        domain_certificate_arn="arn:aws:acm:x",
        endpoint_domain_prefix="ocpi",
        load_balancer_options={
            "load_balancer_arn": listener.load_balancer_arn,
            "port": 443,
            "protocol": "https",
            "subnet_ids": ["subnet-1"],
        },
    )


def mesh_for_another_account() -> None:
    """VPC Lattice: whoever is given the network calls the function, with no gateway between."""
    service = _mesh("NONE")
    share = aws.ram.ResourceShare("share", name="share", allow_external_principals=True)
    aws.ram.ResourceAssociation("share", resource_arn=service.arn, resource_share_arn=share.arn)
    aws.ram.PrincipalAssociation("share", principal=_FOREIGN, resource_share_arn=share.arn)


def mesh_of_one_account() -> None:
    _mesh("NONE")


def mesh_that_wants_signatures() -> None:
    service = _mesh("AWS_IAM")
    own = {"StringEquals": {"aws:PrincipalAccount": _OWN}}
    policy = json.dumps({"Statement": [_allow("vpc-lattice-svcs:Invoke", by="*", when=own)]})
    aws.vpclattice.AuthPolicy("policy", resource_identifier=service.arn, policy=policy)
    share = aws.ram.ResourceShare("share", name="share", allow_external_principals=True)
    aws.ram.ResourceAssociation("share", resource_arn=service.arn, resource_share_arn=share.arn)


def containers_with_a_balancer_of_their_own() -> None:
    """The service makes its load balancer by itself: no program declares it."""
    _behind_the_gateway()
    aws.ecs.ExpressGatewayService(
        "express",
        execution_role_arn=f"arn:aws:iam::{_OWN}:role/pull",
        infrastructure_role_arn=f"arn:aws:iam::{_OWN}:role/make",
        primary_container={"image": "ocpi:1"},
    )


def ingress_of_kubernetes() -> None:
    _behind_the_gateway()
    aws.eks.Cluster("pods", role_arn=f"arn:aws:iam::{_OWN}:role/pods", vpc_config={"subnet_ids": ["subnet-1"]})


def peers_through_a_core_network() -> None:
    """A wide area network joins what its policy says: which networks, is declared elsewhere."""
    _networks(core_network_arn=aws.networkmanager.CoreNetwork("wide", global_network_id="global-1").arn)


def peers_through_a_shared_gateway() -> None:
    """Other accounts attach their networks to it."""
    gateway = aws.ec2transitgateway.TransitGateway("hub", auto_accept_shared_attachments="enable")
    share = aws.ram.ResourceShare("share", name="share", allow_external_principals=True)
    aws.ram.ResourceAssociation("share", resource_arn=gateway.arn, resource_share_arn=share.arn)
    own, subnet = _networks(transit_gateway_id=gateway.id)
    aws.ec2transitgateway.VpcAttachment("own", transit_gateway_id=gateway.id, vpc_id=own.id, subnet_ids=[subnet.id])
    other = aws.ec2.Vpc("shop", cidr_block="10.9.0.0/16")
    aws.ec2transitgateway.VpcAttachment("shop", transit_gateway_id=gateway.id, vpc_id=other.id, subnet_ids=["subnet-9"])


def network_of_a_mesh() -> None:
    """What its services are needs no route: who puts them there says so elsewhere."""
    own, _ = _networks(nat_gateway_id="nat-0123456789abcdef0")
    mesh = aws.vpclattice.ServiceNetwork("network", name="network", auth_type="NONE")
    aws.vpclattice.ServiceNetworkVpcAssociation("own", vpc_identifier=own.id, service_network_identifier=mesh.id)


def network_without_a_mesh() -> None:
    _networks(nat_gateway_id="nat-0123456789abcdef0")


def _networks(**target: pulumi.Input[str]) -> tuple[aws.ec2.Vpc, aws.ec2.Subnet]:
    own = aws.ec2.Vpc("own", cidr_block="10.0.0.0/16")
    subnet = aws.ec2.Subnet("own", vpc_id=own.id, cidr_block="10.0.1.0/24")
    table = aws.ec2.RouteTable("own", vpc_id=own.id)
    aws.ec2.Route("out", route_table_id=table.id, destination_cidr_block="10.0.0.0/8", **target)
    aws.ec2.RouteTableAssociation("own", route_table_id=table.id, subnet_id=subnet.id)
    group = aws.ec2.SecurityGroup(
        "ocpi",
        vpc_id=own.id,
        egress=[{"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["10.0.0.0/8"]}],
    )
    _function(
        "ocpi", vpc_config={"subnet_ids": [subnet.id], "security_group_ids": [group.id]}, tags={"segment": "ocpi"}
    )
    return own, subnet


def _behind_the_gateway() -> aws.lambda_.Function:
    """The service behind a REST API with a web ACL."""
    function = _function("ocpi")
    api = _api_of("api", function, disable_execute_api_endpoint=True)
    del api
    return function


def _api_of(name: str, function: aws.lambda_.Function, **settings: object) -> pulumi.Output[str]:
    api = aws.apigateway.RestApi(name, **settings)
    called = aws.apigateway.Integration(
        name,
        rest_api=api.id,
        resource_id=api.root_resource_id,
        http_method="POST",
        type="AWS_PROXY",
        integration_http_method="POST",
        uri=function.invoke_arn,
    )
    deployment = aws.apigateway.Deployment(name, rest_api=api.id, opts=pulumi.ResourceOptions(depends_on=[called]))
    stage = aws.apigateway.Stage(name, rest_api=api.id, deployment=deployment.id, stage_name="prod")
    acl = aws.wafv2.WebAcl(
        name,
        scope="REGIONAL",
        default_action={"allow": {}},
        visibility_config={"cloudwatch_metrics_enabled": True, "metric_name": "acl", "sampled_requests_enabled": False},
    )
    aws.wafv2.WebAclAssociation(name, resource_arn=stage.arn, web_acl_arn=acl.arn)
    return api.id


def _private_api(*statements: Mapping[str, object]) -> None:
    policy = {"policy": json.dumps({"Version": "2012-10-17", "Statement": list(statements)})} if statements else {}
    _api_of("private", _function("ocpi"), endpoint_configuration={"types": "PRIVATE"}, **policy)


def _function(name: str, **settings: object) -> aws.lambda_.Function:
    return aws.lambda_.Function(
        name,
        name=name,
        role=f"arn:aws:iam::{_OWN}:role/{name}",
        runtime="python3.13",
        handler="h.h",
        s3_bucket="b",
        s3_key="k",
        **settings,
    )


def _containers(name: str, **settings: object) -> aws.ecs.Service:
    task = aws.ecs.TaskDefinition(name, family=name, container_definitions="[]")
    return aws.ecs.Service(
        name,
        task_definition=task.arn,
        desired_count=2,
        launch_type="FARGATE",
        network_configuration={"subnets": ["subnet-1"]},
        **settings,
    )


def _balanced(name: str, *, internal: bool) -> aws.lb.Listener:
    balancer = aws.lb.LoadBalancer(
        "balancer", load_balancer_type="application", internal=internal, subnets=["subnet-1"]
    )
    group = aws.lb.TargetGroup("targets", target_type="ip", protocol="HTTPS", port=8443, vpc_id=_VPC)
    _containers(name, load_balancers=[{"target_group_arn": group.arn, "container_name": "it", "container_port": 8443}])
    return aws.lb.Listener(
        "tls",
        load_balancer_arn=balancer.arn,
        protocol="HTTPS",
        port=443,
        ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06",
        certificate_arn="arn:aws:acm:x",
        default_actions=[{"type": "forward", "target_group_arn": group.arn}],
    )


def _network_balancer(target: pulumi.Input[str], kind: str) -> None:
    balancer = aws.lb.LoadBalancer("packets", load_balancer_type="network", internal=False, subnets=["subnet-1"])
    group = aws.lb.TargetGroup("targets", target_type=kind, protocol="TCP", port=443, vpc_id=_VPC)
    aws.lb.TargetGroupAttachment("target", target_group_arn=group.arn, target_id=target)
    aws.lb.Listener(
        "tls",
        load_balancer_arn=balancer.arn,
        protocol="TCP",
        port=443,
        default_actions=[{"type": "forward", "target_group_arn": group.arn}],
    )


def _accelerated(*, internal: bool) -> None:
    listener = _balanced("ocpi", internal=internal)
    front = aws.globalaccelerator.Accelerator("front", name="front", enabled=True)
    ports = aws.globalaccelerator.Listener(
        "ports", accelerator_arn=front.arn, protocol="TCP", port_ranges=[{"from_port": 443, "to_port": 443}]
    )
    aws.globalaccelerator.EndpointGroup(
        "group", listener_arn=ports.arn, endpoint_configurations=[{"endpoint_id": listener.load_balancer_arn}]
    )


def _runner(public: bool) -> aws.apprunner.Service:
    image = {
        "image_identifier": f"{_OWN}.dkr.ecr.eu-central-1.amazonaws.com/ocpi@sha256:{'0f' * 32}",
        "image_repository_type": "ECR",
    }
    return aws.apprunner.Service(
        "ocpi",
        service_name="ocpi",
        source_configuration={"image_repository": image},
        network_configuration={"ingress_configuration": {"is_publicly_accessible": public}},
    )


def _mesh(kind: str) -> aws.vpclattice.Service:
    service = aws.vpclattice.Service("mesh", name="mesh", auth_type=kind)
    group = aws.vpclattice.TargetGroup("functions", type="LAMBDA")
    aws.vpclattice.TargetGroupAttachment(
        "ocpi", target_group_identifier=group.id, target={"id": _behind_the_gateway().arn}
    )
    aws.vpclattice.Listener(
        "tls",
        protocol="HTTPS",
        service_identifier=service.id,
        default_action={"forwards": [{"target_groups": [{"target_group_identifier": group.id, "weight": 100}]}]},
    )
    network = aws.vpclattice.ServiceNetwork("network", name="network", auth_type="NONE")
    aws.vpclattice.ServiceNetworkServiceAssociation(
        "in", service_identifier=service.id, service_network_identifier=network.id
    )
    return service


def _distribution(name: str, host: str, **behaviour: object) -> None:
    aws.cloudfront.Distribution(
        name,
        enabled=True,
        origins=[
            {
                "domain_name": host,
                "origin_id": "it",
                "custom_origin_config": {
                    "http_port": 80,
                    "https_port": 443,
                    "origin_protocol_policy": "https-only",
                    "origin_ssl_protocols": ["TLSv1.2"],
                },
            }
        ],
        default_cache_behavior={
            "target_origin_id": "it",
            "viewer_protocol_policy": "https-only",
            "allowed_methods": ["GET", "HEAD"],
            "cached_methods": ["GET", "HEAD"],
            **behaviour,
        },
        restrictions={"geo_restriction": {"restriction_type": "none"}},
        viewer_certificate={"cloudfront_default_certificate": True},
    )


def _allow(
    action: str, resources: str = "*", *, by: object, when: Mapping[str, object] | None = None
) -> dict[str, object]:
    return {"Effect": "Allow", "Action": action, "Resource": resources, "Principal": by, "Condition": when or {}}


globals()[pulumi.Config("case").require("name")]()
