import json

from scanner.cloud.bridge.template_names import template_names
from scanner.cloud.bridge.token_map import token_map
from scanner.cloud.loaders.cloudformation.splits.beside import BESIDE
from scanner.cloud.secret_detection import detected_in_values
from scanner.cloud.suspects import suspected_secrets
from scanner.model.resource import HIDDEN, UNKNOWN
from tests.scanner.cloud.loaders.cloudformation.templates import by_name, flows, load

GATEWAY = """
    Resources:
      Api: {Type: "AWS::ApiGateway::RestApi", Properties: {EndpointConfiguration: {Types: [REGIONAL]}}}
      Method:
        Type: AWS::ApiGateway::Method
        Properties:
          RestApiId: !Ref Api
          ResourceId: !GetAtt Api.RootResourceId
          HttpMethod: ANY
          AuthorizationType: NONE
          Integration: {Type: HTTP_PROXY, Uri: "https://ocpi.example", TimeoutInMillis: "5000"}
      Stage:
        Type: AWS::ApiGateway::Stage
        Properties:
          RestApiId: !Ref Api
          StageName: live
          TracingEnabled: "true"
          MethodSettings: [{ResourcePath: "/*", HttpMethod: "*", LoggingLevel: INFO}]
      Wall:
        Type: AWS::WAFv2::WebACLAssociation
        Properties:
          ResourceArn: !Sub "arn:aws:apigateway:${AWS::Region}::/restapis/${Api}/stages/live"
          WebACLArn: !ImportValue wall
"""


def test_names_numbers_and_booleans_are_pulumis(tmp_path):
    found = by_name(load(tmp_path, GATEWAY))
    assert found["Stage"].inputs == {"restApi": UNKNOWN, "stageName": "live", "xrayTracingEnabled": True}
    assert found["Method"].get("authorization") == "NONE"
    assert found["Api"].get("endpointConfiguration.types") == "REGIONAL"


def test_what_pulumi_has_resources_of_their_own_for_stands_beside(tmp_path):
    found = by_name(load(tmp_path, GATEWAY))
    assert found["Method/Integration"].token == "aws:apigateway/integration:Integration"
    assert found["Method/Integration"].get("uri") == "https://ocpi.example"
    assert found["Stage/MethodSettings"].get("methodPath") == "*/*"
    assert flows(found["Stage/MethodSettings"]) == {"restApi": ["Api"], "stageName": ["Stage"]}


def test_a_stage_that_an_arn_names_by_its_text_is_referred_to(tmp_path):
    assert flows(by_name(load(tmp_path, GATEWAY))["Wall"]) == {"resourceArn": ["Api", "Stage"]}


BUCKET = """
    Resources:
      Files:
        Type: AWS::S3::Bucket
        Properties:
          AccessControl: PublicRead
          PublicAccessBlockConfiguration: {BlockPublicAcls: true, RestrictPublicBuckets: "false"}
          VersioningConfiguration: {Status: Enabled}
          LoggingConfiguration: {DestinationBucketName: !Ref Logs}
          OwnershipControls: {Rules: [{ObjectOwnership: BucketOwnerEnforced}]}
          ObjectLockConfiguration: {ObjectLockEnabled: Enabled, Rule: {DefaultRetention: {Mode: COMPLIANCE, Days: 30}}}
          LifecycleConfiguration: {Rules: [{Status: Enabled, ExpirationInDays: 90}]}
          BucketEncryption:
            ServerSideEncryptionConfiguration:
              - ServerSideEncryptionByDefault: {SSEAlgorithm: "aws:kms", KMSMasterKeyID: !Ref Key}
                BucketKeyEnabled: true
          InventoryConfigurations: []
      Logs: {Type: "AWS::S3::Bucket"}
      Key: {Type: "AWS::KMS::Key"}
"""


def test_a_bucket_is_taken_apart(tmp_path):
    declared = load(tmp_path, BUCKET)
    found = by_name(declared)
    assert found["Files/PublicAccessBlock"].get("restrictPublicBuckets") is False
    assert found["Files/Versioning"].get("versioningConfiguration.status") == "Enabled"
    assert found["Files/Acl"].get("acl") == "public-read"
    assert found["Files/ObjectLockConfiguration"].get("rule.defaultRetention.days") == 30
    assert found["Files/LifecycleConfiguration"].get("rules.0.expiration.days") == 90
    assert flows(found["Files/Logging"]) == {"bucket": ["Files"], "targetBucket": ["Logs"]}
    encryption = found["Files/ServerSideEncryptionConfiguration"]
    assert encryption.get("rules.0.applyServerSideEncryptionByDefault.sseAlgorithm") == "aws:kms"
    assert flows(encryption) == {"bucket": ["Files"], "rules": ["Key"]}
    (unmapped,) = declared.unmapped
    assert unmapped.endswith(": Files InventoryConfigurations")


OTHERS = """
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: {Statement: []}
          ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"]
          Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: "*", Resource: !Ref Table}]}}]
      More: {Type: "AWS::IAM::Policy", Properties: {PolicyName: q, PolicyDocument: {Statement: []}, Roles: [!Ref Role]}}
      Table:
        Type: AWS::DynamoDB::Table
        Properties:
          KeySchema: [{AttributeName: id, KeyType: HASH}, {AttributeName: at, KeyType: RANGE}]
          AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
          SSESpecification: {SSEEnabled: true, KMSMasterKeyId: alias/x}
          PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}
          TimeToLiveSpecification: {AttributeName: ttl, Enabled: true}
          GlobalSecondaryIndexes:
            - {IndexName: i, KeySchema: [{AttributeName: x, KeyType: HASH}], Projection: {ProjectionType: ALL}}
      Secret: {Type: "AWS::SecretsManager::Secret", Properties: {SecretString: CANARY-text, Name: a}}
      Balancer:
        Type: AWS::ElasticLoadBalancingV2::LoadBalancer
        Properties:
          Scheme: internal
          Type: network
          LoadBalancerAttributes:
            - {Key: access_logs.s3.enabled, Value: "true"}
            - {Key: idle_timeout.timeout_seconds, Value: "60"}
      Listener:
        Type: AWS::ElasticLoadBalancingV2::Listener
        Properties:
          LoadBalancerArn: !Ref Balancer
          Certificates: [{CertificateArn: "arn:aws:acm:x"}]
          DefaultActions: [{Type: redirect, RedirectConfig: {Protocol: HTTPS, StatusCode: HTTP_301}}]
      Group:
        Type: AWS::EC2::SecurityGroup
        Properties:
          GroupDescription: x
          SecurityGroupIngress: [{IpProtocol: tcp, FromPort: "22", ToPort: 22, CidrIp: 0.0.0.0/0}]
      Rule:
        Type: AWS::EC2::SecurityGroupIngress
        Properties: {GroupId: !GetAtt Group.GroupId, CidrIp: 10.0.0.0/8, IpProtocol: "-1"}
      Flow: {Type: "AWS::EC2::FlowLog", Properties: {ResourceId: !Ref Net, ResourceType: VPC, TrafficType: ALL}}
      Net: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: 10.0.0.0/16, Tags: [{Key: Name, Value: ocpi}]}}
      Edge:
        Type: AWS::CloudFront::Distribution
        Properties:
          DistributionConfig:
            Enabled: true
            Origins: [{Id: a, DomainName: x, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
            ViewerCertificate: {MinimumProtocolVersion: TLSv1.2_2021}
      Service:
        Type: AWS::ECS::Service
        Properties: {NetworkConfiguration: {AwsvpcConfiguration: {AssignPublicIp: ENABLED, Subnets: [s]}}}
      Recorder: {Type: "AWS::Config::ConfigurationRecorder", Properties: {RoleARN: x}}
"""


def test_the_types_of_an_ocpi_stack_have_pulumis_form(tmp_path):
    found = by_name(load(tmp_path, OTHERS))
    table = found["Table"]
    assert (table.get("hashKey"), table.get("rangeKey"), table.get("ttl.attributeName")) == ("id", "at", "ttl")
    assert table.get("serverSideEncryption") == {"enabled": True, "kmsKeyArn": "alias/x"}
    assert table.get("globalSecondaryIndexes.0") == {"name": "i", "hashKey": "x", "projectionType": "ALL"}
    assert found["Role/Policy"].get("policy.Statement.0.Action") == "*"
    assert flows(found["Role/Policy"]) == {"policy": ["Table"], "role": ["Role"]}
    assert found["Role/Attachment"].get("policyArn") == "arn:aws:iam::aws:policy/AdministratorAccess"
    assert "More" not in found
    assert flows(found["More/Role"]) == {"role": ["Role"]}
    assert found["Secret/Version"].get("secretString") is HIDDEN
    balancer = found["Balancer"]
    assert (balancer.get("internal"), balancer.get("loadBalancerType")) == (True, "network")
    assert (balancer.get("accessLogs.enabled"), balancer.get("idleTimeout")) == (True, 60)
    listener = found["Listener"]
    assert listener.get("certificateArn") == "arn:aws:acm:x"
    assert listener.get("defaultActions.0.redirect") == {"protocol": "HTTPS", "statusCode": "HTTP_301"}
    assert found["Group"].get("ingress.0.cidrBlocks") == ("0.0.0.0/0",)
    assert found["Group"].get("ingress.0.fromPort") == 22
    assert flows(found["Rule"]) == {"securityGroupId": ["Group"]}
    assert flows(found["Flow"]) == {"vpcId": ["Net"]}
    assert found["Net"].get("tags") == {"Name": "ocpi"}
    assert found["Edge"].get("viewerCertificate.minimumProtocolVersion") == "TLSv1.2_2021"
    assert found["Edge"].get("origins.0.originId") == "a"
    assert found["Service"].get("networkConfiguration") == {"assignPublicIp": True, "subnets": ("s",)}
    assert found["Recorder/Status"].get("isEnabled") is True
    assert found["Recorder/Status"].token == "aws:cfg/recorderStatus:RecorderStatus"


def test_no_secret_is_left_in_what_is_stored_or_handed_on(tmp_path):
    text = """
        Parameters:
          Token: {Type: String, NoEcho: true, Default: CANARY-0123}
        Resources:
          Secret:
            Type: AWS::SecretsManager::Secret
            Properties: {SecretString: CANARY-text, Description: x CANARY-0123 x}
          Base: {Type: "AWS::RDS::DBInstance", Properties: {MasterUserPassword: CANARY-pass, MasterUsername: ocpi}}
    """
    declared = load(tmp_path, text, Token="CANARY-given")
    assert declared.for_checkov is not None
    assert by_name(declared)["Base"].get("password") is HIDDEN
    for part in (declared.for_checkov.document, declared.document, [str(one) for one in declared.resources]):
        assert "CANARY" not in json.dumps(part)
    assert declared.for_checkov.document["Resources"]["Base"]["Properties"]["MasterUsername"] == "ocpi"


def test_checkov_gets_the_template_itself_and_its_names_lead_back(tmp_path):
    declared = load(tmp_path, GATEWAY)
    assert declared.for_checkov is not None
    assert declared.for_checkov.framework == "cloudformation"
    assert set(declared.for_checkov.document["Resources"]) == {"Api", "Method", "Stage", "Wall"}
    stage = declared.for_checkov.resources["AWS::ApiGateway::Stage.Stage"]
    assert (stage.name, stage.position and stage.position.line) == ("Stage", 12)


# Pulumi has them, the Terraform schema that the bridge was made from does not: no rule of Checkov's is lost by that.
NEWER = {
    "aws:cloudwatch/otelEnrichment:OtelEnrichment",
    "aws:cloudwatch/resourceMetricsConfiguration:ResourceMetricsConfiguration",
    "aws:devopsagent/agentSpace:AgentSpace",
    "aws:pricingplanmanager/subscription:Subscription",
}


def test_every_token_and_every_split_of_the_names_is_one_that_pulumi_has():
    names = template_names()
    assert len(names.types) >= 800
    assert names.pulumi_aws == token_map().pulumi_aws
    assert {token for token, _ in names.types.values()} - set(token_map().tokens) == NEWER
    for kind, splits in BESIDE.items():
        table = names.tables[names.types[kind][1]]
        assert {name for name in splits if not (table.get(name) or {}).get("c")} == set(), kind


CODE = """
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Inline:
        Type: AWS::Lambda::Function
        Properties: {Handler: a.b, Runtime: python3.13, Role: "arn:x", Code: {ZipFile: "import os"}}
      Later:
        Type: AWS::Lambda::Function
        Properties: {Handler: a.b, Runtime: python3.13, Role: "arn:x", Code: {ZipFile: !ImportValue code}}
      Packed:
        Type: AWS::Serverless::Function
        Properties: {Handler: a.b, Runtime: python3.13, CodeUri: ./app}
"""


def test_code_stands_in_the_template_or_in_the_folder_that_is_packed_or_is_not_known(tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "a.py").write_text("import os\n")
    declared = load(tmp_path, CODE)
    found = by_name(declared)
    assert found["Inline"].get("code") == {"asset": {"kind": "asset", "text": "import os"}}
    assert found["Packed"].get("code") == {"asset": {"kind": "archive", "path": "./app"}}
    fact = suspected_secrets("t", declared, detected_in_values(declared), tmp_path, ())
    assert "app/a.py" in fact.files
    assert fact.unread == ("code is handed over that is not known here: Later",)


CONTAINERS = """
    Resources:
      Lines: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /ocpi/service}}
      Service:
        Type: AWS::ECS::TaskDefinition
        Properties:
          ContainerDefinitions:
          - Name: service
            Image: registry.example.com/service
            LogConfiguration: {LogDriver: awslogs, Options: {awslogs-group: /ocpi/service, Mixed-Case: kept}}
            DockerLabels: {Owner: ocpi}
          - Name: beside
            Environment: [{Name: OCPI_TOKEN, Value: %s}]
    """


def test_every_container_of_a_task_is_there_with_the_names_that_ecs_has(tmp_path):
    found = by_name(load(tmp_path, CONTAINERS % "in-clear"))["Service"].get("containerDefinitions")
    assert isinstance(found, str)
    assert json.loads(found) == [
        {
            "name": "service",
            "image": "registry.example.com/service",
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {"awslogs-group": "/ocpi/service", "Mixed-Case": "kept"},
            },
            "dockerLabels": {"Owner": "ocpi"},
        },
        {"name": "beside", "environment": [{"name": "OCPI_TOKEN", "value": "in-clear"}]},
    ]


def test_containers_with_something_unknown_in_them_stay_objects(tmp_path):
    task = by_name(load(tmp_path, CONTAINERS % "!Ref Lines"))["Service"]
    assert task.get("containerDefinitions.1.environment.0.value") is UNKNOWN
    assert task.get("containerDefinitions.0.image") == "registry.example.com/service"
    assert flows(task) == {"containerDefinitions": ["Lines"]}


def test_one_policy_is_that_of_every_queue_it_names(tmp_path):
    text = """
    Resources:
      One: {Type: AWS::SQS::Queue}
      Other: {Type: AWS::SQS::Queue}
      Policy:
        Type: AWS::SQS::QueuePolicy
        Properties: {Queues: [!Ref One, !Ref Other], PolicyDocument: {Statement: []}}
    """
    assert flows(by_name(load(tmp_path, text))["Policy"])["queueUrl"] == ["One", "Other"]
