"""Plans and templates with one part replaced, in many places: each ends in resources, or in a sentence."""

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from scanner.cloud.declared import Declared, NotDeclared
from scanner.cloud.loaders.cloudformation.loader import load_template
from scanner.cloud.loaders.terraform_plan.loader import load_plan
from scanner.model.cloud_input import TemplateInput, TerraformPlanInput
from tests.scanner.cloud.loaders.terraform_plan.plans import configured, constant, plan, planned, references

ODD: tuple[Any, ...] = (
    None, True, 7, -1.5, "", "x\n${y}", [], {}, [[]], [None], {"": None}, {"Ref": []}, {"Fn::If": []}, {"Fn::Sub": {}},
    {"Fn::GetAtt": 3}, {"Fn::Join": ["", {}]}, {"Fn::Select": [0]}, {"Fn::FindInMap": [{}, 1]}, {"Fn::ForEach::X": 1},
    {"references": [3]}, {"constant_value": {}}, {"Condition": {}}, [{"Key": 1}], {"Type": "AWS::Serverless::Function"},
)  # fmt: skip

SAM = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.13}}
Parameters: {Stage: {Type: String, Default: prod}, Zones: {Type: CommaDelimitedList, Default: "a,b"}}
Mappings: {Sizes: {prod: {memory: 512}}}
Conditions: {IsProd: {"Fn::Equals": [{Ref: Stage}, prod]}}
Resources:
  Service:
    Type: AWS::Serverless::Function
    Condition: IsProd
    Properties:
      CodeUri: {Bucket: b, Key: k}
      MemorySize: {"Fn::FindInMap": [Sizes, {Ref: Stage}, memory]}
      Policies: [AWSLambdaExecute, {Statement: []}, {SomePolicy: {}}]
      FunctionUrlConfig: {AuthType: NONE}
      Tags: {a: b}
      Events:
        Read: {Type: Api, Properties: {RestApiId: {Ref: Api}, Path: /a/b, Method: get, Auth: {Authorizer: Mine}}}
        Open: {Type: HttpApi, Properties: {Path: /x, Method: post}}
        Jobs: {Type: SQS, Properties: {Queue: {"Fn::GetAtt": [Queue, Arn]}}}
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      EndpointConfiguration: {Type: REGIONAL}
      Auth: {DefaultAuthorizer: Mine, Authorizers: {Mine: {FunctionArn: x, Identity: {Header: h}}}}
      Domain: {DomainName: d, CertificateArn: c}
  Queue: {Type: "AWS::SQS::Queue", Properties: {Tags: [{Key: a, Value: b}], DelaySeconds: "5"}}
  Files:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: AES256}}]}
      LifecycleConfiguration: {Rules: [{Status: Enabled, ExpirationInDays: 3}]}
      PublicAccessBlockConfiguration: {BlockPublicAcls: true}
  Role:
    Type: AWS::IAM::Role
    Properties: {AssumeRolePolicyDocument: {}, ManagedPolicyArns: [a], Policies: [{PolicyName: p, PolicyDocument: {}}]}
  Table:
    Type: AWS::DynamoDB::Table
    Properties: {KeySchema: [{AttributeName: id, KeyType: HASH}], SSESpecification: {SSEEnabled: true}}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: {Ref: Api}, StageName: s, MethodSettings: [{ResourcePath: "/*", HttpMethod: "*"}]}
  Front:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Scheme: internal, LoadBalancerAttributes: [{Key: access_logs.s3.enabled, Value: "true"}]}
  Flow: {Type: "AWS::EC2::FlowLog", Properties: {ResourceId: x, ResourceType: VPC}}
"""


def terraform() -> dict[str, Any]:
    key, table = "aws_kms_key.a", "aws_dynamodb_table.t"
    encryption = [{"enabled": constant(True), "kms_key_arn": references("aws_kms_key.a.arn", "aws_kms_key.a")}]
    held = [configured(key, {"description": references("var.x")}, for_each_expression=references("local.y"))]
    calls = {"keys": {"expressions": {"x": references("each.value")}, "module": {"resources": held, "outputs": {}}}}
    return plan(
        [planned(table, {"name": "t", "server_side_encryption": [{"enabled": True}]}, sensitive={"name": True})],
        [configured(table, {"name": constant("t"), "server_side_encryption": encryption})],
        modules=[{"address": "module.keys", "resources": [planned(f"module.keys.{key}", {}, index=0)]}],
        calls=calls,
        variables={"a": {"value": "b"}},
        prior_state={
            "values": {"root_module": {"resources": []}, "outputs": {"o": {"sensitive": True, "value": ["x"]}}}
        },
    )


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


def damaged(document: Any, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return odd
    done = copy.deepcopy(document)
    node = done
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = odd
    return done


@pytest.mark.parametrize(
    "document, load",
    [
        (terraform(), lambda file: load_plan(TerraformPlanInput(name="x", file=file))),
        (yaml.safe_load(SAM), lambda file: load_template(TemplateInput(name="x", file=file))),
    ],
    ids=["plan", "template"],
)
def test_a_document_with_one_part_replaced_is_read_or_refused(
    document: dict[str, Any], load: Callable[[Path], Declared], tmp_path: Path
):
    chance = random.Random(7)
    file = tmp_path / "document.json"
    refusals, read = [], 0
    for path in places(document):
        for odd in chance.sample(ODD, 4):
            file.write_text(json.dumps(damaged(document, path, odd)), encoding="utf-8")
            try:
                read += bool(load(file).resources)
            except NotDeclared as refused:
                refusals.append(str(refused))
    assert read > 100
    assert [one for one in refusals if "\n" in one] == []
