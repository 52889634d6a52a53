"""Pulumi types of AWS by what they are; the provider has had several names for some."""

from typing import Final

REST_API: Final = "aws:apigateway/restApi:RestApi"
REST_STAGE: Final = "aws:apigateway/stage:Stage"
REST_DOMAIN: Final = "aws:apigateway/domainName:DomainName"
REST_MAPPING: Final = "aws:apigateway/basePathMapping:BasePathMapping"
REST_RESOURCE: Final = "aws:apigateway/resource:Resource"
REST_METHOD: Final = "aws:apigateway/method:Method"
REST_INTEGRATION: Final = "aws:apigateway/integration:Integration"
REST_LINK: Final = "aws:apigateway/vpcLink:VpcLink"
HTTP_API: Final = "aws:apigatewayv2/api:Api"
HTTP_STAGE: Final = "aws:apigatewayv2/stage:Stage"
HTTP_DOMAIN: Final = "aws:apigatewayv2/domainName:DomainName"
HTTP_MAPPING: Final = "aws:apigatewayv2/apiMapping:ApiMapping"
HTTP_ROUTE: Final = "aws:apigatewayv2/route:Route"
HTTP_INTEGRATION: Final = "aws:apigatewayv2/integration:Integration"

_BALANCING: Final = ("lb", "alb", "elasticloadbalancingv2", "applicationloadbalancing")
BALANCERS: Final = tuple(f"aws:{module}/loadBalancer:LoadBalancer" for module in _BALANCING)
LISTENERS: Final = tuple(f"aws:{module}/listener:Listener" for module in _BALANCING)
LISTENER_RULES: Final = tuple(f"aws:{module}/listenerRule:ListenerRule" for module in _BALANCING)
TARGET_GROUPS: Final = tuple(f"aws:{module}/targetGroup:TargetGroup" for module in _BALANCING)
ATTACHMENTS: Final = tuple(f"aws:{module}/targetGroupAttachment:TargetGroupAttachment" for module in _BALANCING)
CLASSIC_BALANCERS: Final = ("aws:elb/loadBalancer:LoadBalancer", "aws:elasticloadbalancing/loadBalancer:LoadBalancer")
CLASSIC_ATTACHMENTS: Final = ("aws:elb/attachment:Attachment", "aws:elasticloadbalancing/attachment:Attachment")

DISTRIBUTION: Final = "aws:cloudfront/distribution:Distribution"
VPC_ORIGIN: Final = "aws:cloudfront/vpcOrigin:VpcOrigin"
ACCELERATOR: Final = "aws:globalaccelerator/accelerator:Accelerator"
ACCELERATOR_LISTENER: Final = "aws:globalaccelerator/listener:Listener"
ACCELERATOR_GROUP: Final = "aws:globalaccelerator/endpointGroup:EndpointGroup"
OTHER_FRONTS: Final = (  # answer on the internet by themselves; where they lead is not followed
    *("aws:cloudfront/multitenantDistribution:MultitenantDistribution", "aws:appsync/api:Api", "aws:amplify/app:App"),
    *("aws:ecs/expressGatewayService:ExpressGatewayService", "aws:lightsail/containerService:ContainerService"),
    *("aws:lightsail/instance:Instance", "aws:lightsail/lb:Lb", "aws:lightsail/distribution:Distribution"),
)
CUSTOM_ACCELERATOR: Final = "aws:globalaccelerator/customRoutingAccelerator:CustomRoutingAccelerator"
CUSTOM_LISTENER: Final = "aws:globalaccelerator/customRoutingListener:CustomRoutingListener"
CUSTOM_GROUP: Final = "aws:globalaccelerator/customRoutingEndpointGroup:CustomRoutingEndpointGroup"
VERIFIED_ACCESS: Final = "aws:verifiedaccess/endpoint:Endpoint"
NAMED_SERVICE: Final = "aws:servicediscovery/service:Service"
LATTICE: Final = "aws:vpclattice/service:Service"
LATTICE_LISTENER: Final = "aws:vpclattice/listener:Listener"
LATTICE_RULE: Final = "aws:vpclattice/listenerRule:ListenerRule"
LATTICE_TARGETS: Final = "aws:vpclattice/targetGroup:TargetGroup"
LATTICE_ATTACHMENT: Final = "aws:vpclattice/targetGroupAttachment:TargetGroupAttachment"
ENDPOINT_SERVICE: Final = "aws:ec2/vpcEndpointService:VpcEndpointService"
FUNCTION: Final = "aws:lambda/function:Function"
FUNCTION_ALIAS: Final = "aws:lambda/alias:Alias"
FUNCTION_URL: Final = "aws:lambda/functionUrl:FunctionUrl"
PERMISSION: Final = "aws:lambda/permission:Permission"
APP_RUNNER: Final = "aws:apprunner/service:Service"
GRAPHQL_API: Final = "aws:appsync/graphQLApi:GraphQLApi"
GRAPHQL_SOURCE: Final = "aws:appsync/dataSource:DataSource"
INSTANCE: Final = "aws:ec2/instance:Instance"
SCALING_GROUP: Final = "aws:autoscaling/group:Group"
SCALING_ATTACHMENT: Final = "aws:autoscaling/attachment:Attachment"
LAUNCH_TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"
LAUNCH_CONFIGURATION: Final = "aws:ec2/launchConfiguration:LaunchConfiguration"
CLUSTER: Final = "aws:eks/cluster:Cluster"
BEANSTALK: Final = "aws:elasticbeanstalk/environment:Environment"
CONTAINERS: Final = "aws:ecs/service:Service"
TASK: Final = "aws:ecs/taskDefinition:TaskDefinition"
DATABASES: Final = ("aws:rds/instance:Instance", "aws:rds/clusterInstance:ClusterInstance")
BUCKETS: Final = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
SUBNETS: Final = ("aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet")
ADDRESS: Final = "aws:ec2/eip:Eip"
ADDRESS_ASSOCIATION: Final = "aws:ec2/eipAssociation:EipAssociation"
INTERFACE: Final = "aws:ec2/networkInterface:NetworkInterface"

WORKLOADS: Final = (FUNCTION, CONTAINERS, INSTANCE, SCALING_GROUP, APP_RUNNER, BEANSTALK)
