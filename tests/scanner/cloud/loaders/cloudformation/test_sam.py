from tests.scanner.cloud.loaders.cloudformation.templates import by_name, flows, load

APP = """
    Transform: AWS::Serverless-2016-10-31
    Globals:
      Function: {Runtime: python3.13, Environment: {Variables: {A: one}}}
      Api: {TracingEnabled: true}
    Resources:
      Service:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.main
          Tracing: Active
          Environment: {Variables: {B: two}}
          Policies: [AmazonDynamoDBReadOnlyAccess, {Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}]
          FunctionUrlConfig: {AuthType: NONE}
          Events:
            Read: {Type: Api, Properties: {Path: /ocpi/2.2.1/cdrs, Method: get}}
            Open: {Type: HttpApi, Properties: {Path: /x, Method: post}}
            Tick: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
            Jobs: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}
      Queue: {Type: "AWS::SQS::Queue"}
      Guarded:
        Type: AWS::Serverless::Api
        Properties:
          StageName: live
          EndpointConfiguration: {Type: REGIONAL}
          Auth:
            DefaultAuthorizer: Mine
            Authorizers: {Mine: {FunctionArn: !GetAtt Checker.Arn, Identity: {ReauthorizeEvery: 0}}}
          Domain: {DomainName: ocpi.example, CertificateArn: "arn:aws:acm:x", SecurityPolicy: TLS_1_2}
      Checker:
        Type: AWS::Serverless::Function
        Properties:
          InlineCode: x
          Handler: index.handler
          Role: arn:aws:iam::123456789012:role/checker
          Events:
            Call: {Type: Api, Properties: {RestApiId: !Ref Guarded, Path: /a, Method: any}}
            Free: {Type: Api, Properties: {RestApiId: !Ref Guarded, Path: /b, Method: any, Auth: {Authorizer: NONE}}}
      Items: {Type: "AWS::Serverless::SimpleTable"}
"""


def test_a_function_gets_its_globals_its_role_its_url_and_what_calls_it(tmp_path):
    declared = load(tmp_path, APP)
    found = by_name(declared)
    service = found["Service"]
    assert service.get("environment.variables") == {"A": "one", "B": "two"}
    assert service.get("tracingConfig.mode") == "Active"
    assert flows(service) == {"role": ["ServiceRole"]}
    assert found["ServiceRole/Policy"].get("policy.Statement.0.Action") == "*"
    attached = {one.get("policyArn") for name, one in found.items() if name.startswith("ServiceRole/Attachment")}
    assert "arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess" in attached
    assert found["ServiceUrl"].get("authorizationType") == "NONE"
    assert found["ServiceTick/Target"].token == "aws:cloudwatch/eventTarget:EventTarget"
    assert flows(found["ServiceJobs"]) == {"eventSourceArn": ["Queue"], "functionName": ["Service"]}
    assert "CheckerRole" not in found
    assert declared.missing == ()


def test_events_bring_an_api_of_their_own_with_stage_and_open_methods(tmp_path):
    found = by_name(load(tmp_path, APP))
    assert found["ServerlessRestApiProdStage"].get("xrayTracingEnabled") is True
    method = found["ServerlessRestApiServiceMethod0"]
    assert (method.get("authorization"), method.get("httpMethod")) == ("NONE", "GET")
    assert flows(method)["resourceId"] == ["ServerlessRestApiResource/ocpi/2.2.1/cdrs"]
    route = found["ServerlessHttpApiServiceRoute0"]
    assert (route.get("routeKey"), route.get("authorizationType")) == ("POST /x", "NONE")


def test_an_api_gives_its_methods_its_authoriser_and_its_domain(tmp_path):
    found = by_name(load(tmp_path, APP))
    guarded, free = found["GuardedCheckerMethod0"], found["GuardedCheckerMethod1"]
    assert (guarded.get("authorization"), free.get("authorization")) == ("CUSTOM", "NONE")
    assert flows(guarded)["authorizerId"] == ["GuardedMineAuthorizer"]
    assert found["GuardedMineAuthorizer"].get("authorizerResultTtlInSeconds") == 0
    assert found["GuardedDomainName"].get("securityPolicy") == "TLS_1_2"
    assert found["GuardedliveStage"].get("stageName") == "live"
    assert found["Items"].get("hashKey") == "id"


def test_what_checkov_names_leads_to_the_resource_that_sam_makes(tmp_path):
    declared = load(tmp_path, APP)
    assert declared.for_checkov is not None
    assert declared.for_checkov.resources["AWS::Serverless::Function.Service"].token == "aws:lambda/function:Function"
    line = declared.for_checkov.resources["AWS::Serverless::Api.Guarded"].position
    assert line is not None
    assert line.line > 10


def test_what_is_not_expanded_makes_the_stack_incomplete(tmp_path):
    text = """
        Transform: AWS::Serverless-2016-10-31
        Resources:
          Nested: {Type: "AWS::Serverless::Application", Properties: {Location: x}}
          Service:
            Type: AWS::Serverless::Function
            Properties:
              Policies: [{DynamoDBCrudPolicy: {TableName: x}}]
              Events: {Other: {Type: AlexaSkill}}
    """
    said = " | ".join(load(tmp_path, text).missing)
    for part in ("Nested (AWS::Serverless::Application)", "DynamoDBCrudPolicy", "Other of Service (AlexaSkill)"):
        assert part in said


def test_a_definition_of_its_own_is_the_apis_body_and_gives_no_methods(tmp_path):
    text = """
        Transform: AWS::Serverless-2016-10-31
        Resources:
          Api: {Type: "AWS::Serverless::Api", Properties: {StageName: a, DefinitionBody: {openapi: 3.0.1}}}
    """
    found = by_name(load(tmp_path, text))
    assert found["Api"].get("body") == {"openapi": "3.0.1"}
    assert not any("Method" in name for name in found)
