"""Secrets in a vault and out of it."""

import base64
import json

import pulumi
import pulumi_aws as aws

_KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
_MADE_UP = "0123" * 8  # accepted nowhere


def kept_well() -> None:
    secret = aws.secretsmanager.Secret("secret", name="ocpi/acme", kms_key_id=_KEY, recovery_window_in_days=30)
    function = _function()
    aws.lambda_.Permission(
        "allowed",
        function=function.name,
        action="lambda:InvokeFunction",
        principal="secretsmanager.amazonaws.com",
        source_account="123456789012",
    )
    _rotation(secret, function.arn)


def kept_badly() -> None:
    aws.secretsmanager.Secret("secret", name="ocpi/acme", recovery_window_in_days=0)


def a_key_in_a_note() -> None:
    aws.sqs.Queue("it", tags={"note": "AKIA" + "EXAMPLE0" * 2})  # the form alone; accepted nowhere


def rotated_by_nothing() -> None:
    _rotation(aws.secretsmanager.Secret("secret", name="ocpi/acme"), None)


def rotated_by_a_function_that_refuses() -> None:
    _rotation(aws.secretsmanager.Secret("secret", name="ocpi/acme"), _function().arn)


def rotated_by_a_function_for_any_account() -> None:
    function = _function()
    aws.lambda_.Permission(
        "allowed",
        function=function.name,
        action="lambda:InvokeFunction",
        principal="secretsmanager.amazonaws.com",
    )
    _rotation(aws.secretsmanager.Secret("secret", name="ocpi/acme"), function.arn)


def rotated_by_a_function_elsewhere() -> None:
    elsewhere = "arn:aws:lambda:eu-central-1:123456789012:function:rotation"
    _rotation(aws.secretsmanager.Secret("secret", name="ocpi/acme"), elsewhere)


def read_by_another_account() -> None:
    secret = aws.secretsmanager.Secret("secret", name="ocpi/acme")
    statement = {"Effect": "Allow", "Principal": {"AWS": "210987654321"}, "Action": "secretsmanager:GetSecretValue"}
    document = {"Version": "2012-10-17", "Statement": [{**statement, "Resource": "*"}]}
    aws.secretsmanager.SecretPolicy("policy", secret_arn=secret.arn, policy=json.dumps(document))


def written_by_the_service() -> None:
    _writer("service", {"Service": "lambda.amazonaws.com"}, _secret_arn())


def written_by_people() -> None:
    _writer("service", {"Service": "lambda.amazonaws.com"}, _secret_arn())
    _writer("operator", {"AWS": "arn:aws:iam::123456789012:root"}, "*")


def written_by_nobody() -> None:
    _writer("service", {"Service": "lambda.amazonaws.com"}, "arn:aws:secretsmanager:eu-central-1:123456789012:secret:x")
    _secret_arn()


def container_with_token() -> None:
    _task([{"name": "OCPI_TOKEN", "value": _MADE_UP}])


def container_without_token() -> None:
    _task([{"name": "OCPI_TOKEN_ARN", "value": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:x"}])


def service_with_token() -> None:
    variables = {"runtime_environment_variables": {"PARTNER_API_KEY": _MADE_UP}}
    image = {"image_identifier": "x", "image_repository_type": "ECR", "image_configuration": variables}
    aws.apprunner.Service("it", service_name="ocpi", source_configuration={"image_repository": image})


def build_with_token() -> None:
    variables = [{"name": "OCPI_TOKEN", "value": _MADE_UP}, {"name": "OTHER", "value": "x", "type": "SECRETS_MANAGER"}]
    _build(variables)


def build_that_refers() -> None:
    _build([{"name": "OCPI_TOKEN", "value": "ocpi/acme", "type": "SECRETS_MANAGER"}])


def stage_with_token() -> None:
    aws.apigateway.Stage("it", rest_api="a", deployment="d", stage_name="s", variables={"token": _MADE_UP})


def plain_parameter() -> None:
    aws.ssm.Parameter("it", name="/ocpi/acme/token", type="String", value=_MADE_UP)


def secure_parameter() -> None:
    aws.ssm.Parameter("it", name="/ocpi/acme/token", type="SecureString", value=_MADE_UP)


def harmless_parameter() -> None:
    aws.ssm.Parameter("it", name="/ocpi/page-size", type="String", insecure_value="50")


def parameter_with_a_value_that_is_not_seen() -> None:
    aws.ssm.Parameter("it", name="/ocpi/page-size", type="String", value="50")


def instance_with_token() -> None:
    _instance(f"#!/bin/sh\nexport OCPI_TOKEN={_MADE_UP}\nexec service\n")


def template_with_token() -> None:
    script = base64.b64encode(f"OCPI_TOKEN='{_MADE_UP}'\n".encode()).decode()
    aws.ec2.LaunchTemplate("it", user_data=script)


def instance_that_fetches() -> None:
    _instance("#!/bin/sh\nexport OCPI_TOKEN=$(aws secretsmanager get-secret-value --secret-id ocpi/acme)\n")


def instance_without_user_data() -> None:
    _instance(None)


def tag_with_token() -> None:
    aws.sqs.Queue("it", tags={"team": "roaming", "ocpi-token": _MADE_UP})


def described() -> None:
    aws.kms.Key(
        "it",
        description="Tokens of partners",
        tags={"team": "roaming", "token-owner": "partner-desk", "secret-rotation": "on"},
    )


def _secret_arn() -> pulumi.Output[str]:
    return aws.secretsmanager.Secret("secret", name="ocpi/acme").arn


def _writer(name: str, principal: dict[str, str], arn: pulumi.Input[str]) -> None:
    trust = {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]}
    role = aws.iam.Role(name, name=name, assume_role_policy=json.dumps(trust))
    may = {"Effect": "Allow", "Action": "secretsmanager:PutSecretValue", "Resource": arn}
    aws.iam.RolePolicy(name, role=role.name, policy=pulumi.Output.json_dumps({"Statement": [may]}))


def _function() -> aws.lambda_.Function:
    return aws.lambda_.Function("rotation", name="rotation", role="arn:aws:iam::123456789012:role/rotation")


def _rotation(secret: aws.secretsmanager.Secret, function: pulumi.Input[str] | None) -> None:
    aws.secretsmanager.SecretRotation(
        "rotation",
        secret_id=secret.id,
        rotation_lambda_arn=function,
        rotation_rules={"automatically_after_days": 30},
    )


def _task(variables: list[dict[str, str]]) -> None:
    containers = json.dumps([{"name": "service", "image": "x", "environment": variables}])
    aws.ecs.TaskDefinition("it", family="ocpi", container_definitions=containers)


def _build(variables: list[dict[str, str]]) -> None:
    place = {"compute_type": "S", "image": "x", "type": "LINUX_CONTAINER", "environment_variables": variables}
    aws.codebuild.Project(
        "it", service_role="r", artifacts={"type": "NO_ARTIFACTS"}, source={"type": "NO_SOURCE"}, environment=place
    )


def _instance(script: str | None) -> None:
    aws.ec2.Instance("it", ami="ami-0", instance_type="t4g.nano", user_data=script)


globals()[pulumi.Config("case").require("name")]()
