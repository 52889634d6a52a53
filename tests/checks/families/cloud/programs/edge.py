"""Entry points with and without what has to stand in front of them."""

import pulumi
import pulumi_aws as aws


def stage_behind_firewall() -> None:
    acl = aws.wafv2.WebAcl(
        "acl",
        scope="REGIONAL",
        default_action={"allow": {}},
        visibility_config={"cloudwatch_metrics_enabled": True, "metric_name": "acl", "sampled_requests_enabled": False},
    )
    aws.wafv2.WebAclAssociation("front", resource_arn=_stage().arn, web_acl_arn=acl.arn)


def stage_without_firewall() -> None:
    _stage()


def _stage() -> aws.apigateway.Stage:
    api = aws.apigateway.RestApi("api")
    deployment = aws.apigateway.Deployment("deployment", rest_api=api.id)
    return aws.apigateway.Stage("stage", rest_api=api.id, deployment=deployment.id, stage_name="test")


globals()[pulumi.Config("case").require("name")]()
