"""What watches an account: GuardDuty, Config, Security Hub, Access Analyzer, events; and the account's own switches."""

from __future__ import annotations

from typing import Any

from tests.infra.applied.account import Account
from tests.infra.applied.declared import Declared

Made = tuple[str, dict[str, Any]]

_OF_THE_ADMINISTRATOR = "each stack is applied to an account without the others, so nobody has made it an administrator"


def analyzer(aws: Account, declared: Declared) -> Made:
    tags = declared.tags
    unsent = "moto has no IAM Access Analyzer"
    aws.call("accessanalyzer", "CreateAnalyzer", declared.rest(), tags=tags, unsent=unsent)
    name = declared.inputs["analyzerName"]
    return name, {"arn": aws.arn("access-analyzer", f"analyzer/{name}")}


def detector(aws: Account, declared: Declared) -> Made:
    tags = declared.tags
    made = aws.call("guardduty", "CreateDetector", declared.rest(), Tags=tags)["DetectorId"]
    return made, {"arn": aws.arn("guardduty", f"detector/{made}")}


def detector_feature(aws: Account, declared: Declared) -> Made:
    feature = declared.some("name", "status", "additionalConfigurations")
    aws.call("guardduty", "UpdateDetector", {"features": [feature]}, declared.some("detectorId"))
    return f"{declared.inputs['detectorId']}/{declared.inputs['name']}", {}


def detectors_of_members(aws: Account, declared: Declared) -> Made:
    unsent = "moto does not switch GuardDuty on for the members of an organisation"
    aws.call("guardduty", "UpdateOrganizationConfiguration", declared.rest(), unsent=unsent)
    return declared.inputs["detectorId"], {}


def recorder(aws: Account, declared: Declared) -> Made:
    recorder = declared.some("name", "recordingGroup", "recordingMode", "roleArn")
    group = dict(recorder.get("recordingGroup") or {})
    if "includeGlobalResourceTypes" in group:
        recorder["recordingGroup"] = group
    aws.call("config", "PutConfigurationRecorder", {"configurationRecorder": recorder})
    return declared.inputs["name"], {"name": declared.inputs["name"]}


def delivery_channel(aws: Account, declared: Declared) -> Made:
    channel = declared.some("name", "s3BucketName", "s3KmsKeyArn", "s3KeyPrefix", "snsTopicArn")
    if properties := declared.take("snapshotDeliveryProperties"):
        channel["configSnapshotDeliveryProperties"] = properties
    aws.call("config", "PutDeliveryChannel", {"deliveryChannel": channel})
    return declared.inputs["name"], {}


def recorder_status(aws: Account, declared: Declared) -> Made:
    operation = "StartConfigurationRecorder" if declared.take("isEnabled") else "StopConfigurationRecorder"
    aws.call("config", operation, ConfigurationRecorderName=declared.take("name"))
    return declared.inputs["name"], {}


def hub(aws: Account, declared: Declared) -> Made:
    generator, automatic = declared.take("controlFindingGenerator"), declared.take("autoEnableControls")
    tags = declared.tags
    aws.call("securityhub", "EnableSecurityHub", declared.rest(), ControlFindingGenerator=generator, Tags=tags)
    if automatic is not None:
        unsent = "moto does not change the settings of Security Hub"
        aws.call("securityhub", "UpdateSecurityHubConfiguration", AutoEnableControls=automatic, unsent=unsent)
    return aws.account_id, {"arn": aws.arn("securityhub", "hub/default")}


def hubs_of_members(aws: Account, declared: Declared) -> Made:
    """Sent by the account that the organisation has made its administrator, which the org stack's account does."""
    aws.call("securityhub", "UpdateOrganizationConfiguration", declared.rest(), unsent=_OF_THE_ADMINISTRATOR)
    return aws.account_id, {}


def standards(aws: Account, declared: Declared) -> Made:
    wanted = [{"StandardsArn": declared.take("standardsArn")}]
    unsent = "moto has no standards of Security Hub"
    aws.call("securityhub", "BatchEnableStandards", StandardsSubscriptionRequests=wanted, unsent=unsent)
    return f"{declared.inputs['standardsArn']}/subscription", {}


def parameter(aws: Account, declared: Declared) -> Made:
    tags = declared.tag_list()
    aws.call("ssm", "PutParameter", declared.rest(), Tags=tags)
    name = declared.inputs["name"]
    return name, {"arn": aws.arn("ssm", f"parameter{name}"), "name": name, "version": 1}


def event_rule(aws: Account, declared: Declared) -> Made:
    tags, name = declared.tag_list(), declared.physical_name
    arn = aws.call("events", "PutRule", declared.rest(), Name=name, Tags=tags)["RuleArn"]
    return name, {"arn": arn, "name": name}


def event_target(aws: Account, declared: Declared) -> Made:
    where = declared.some("rule", "eventBusName")
    target = {"id": declared.take("targetId") or declared.physical_name, **declared.rest()}
    if "ecsTarget" in target:
        network = dict(target["ecsTarget"]).pop("networkConfiguration", None)
        task = {key: value for key, value in target.pop("ecsTarget").items() if key != "networkConfiguration"}
        target["ecsParameters"] = task | (
            {"networkConfiguration": {"awsvpcConfiguration": awsvpc(network)}} if network else {}
        )
    failed = aws.call("events", "PutTargets", where, {"targets": [target]})["FailedEntries"]
    assert not failed, failed
    return f"{declared.inputs['rule']}-{target['id']}", {}


def awsvpc(network: dict[str, Any]) -> dict[str, Any]:
    """Where a task stands; the API has a word where the provider has yes and no."""
    said = dict(network)
    if "assignPublicIp" in said:
        said["assignPublicIp"] = "ENABLED" if said["assignPublicIp"] else "DISABLED"
    return said


def event_bus(aws: Account, declared: Declared) -> Made:
    tags = declared.tag_list()
    made = aws.call("events", "CreateEventBus", declared.rest(), Tags=tags)
    return declared.inputs["name"], {"arn": made["EventBusArn"], "name": declared.inputs["name"]}


def event_bus_policy(aws: Account, declared: Declared) -> Made:
    aws.call("events", "PutPermission", declared.some("policy", "eventBusName"))
    return declared.inputs["eventBusName"], {}


def password_policy(aws: Account, declared: Declared) -> Made:
    aws.call("iam", "UpdateAccountPasswordPolicy", declared.rest())
    return "iam-account-password-policy", {}


def account_public_access(aws: Account, declared: Declared) -> Made:
    account = declared.take("accountId") or aws.account_id
    blocks = {"publicAccessBlockConfiguration": declared.rest()}
    aws.call("s3control", "PutPublicAccessBlock", blocks, AccountId=account)
    return account, {}


def encryption_by_default(aws: Account, declared: Declared) -> Made:
    on = declared.take("enabled", default=True)
    aws.call("ec2", "EnableEbsEncryptionByDefault" if on else "DisableEbsEncryptionByDefault")
    return "ebs", {}


def snapshot_block(aws: Account, declared: Declared) -> Made:
    unsent = "moto does not block the sharing of snapshots and images"
    aws.call("ec2", "EnableSnapshotBlockPublicAccess", declared.some("state"), unsent=unsent)
    return "snapshots", {}


def image_block(aws: Account, declared: Declared) -> Made:
    unsent = "moto does not block the sharing of snapshots and images"
    state = declared.take("state")
    aws.call("ec2", "EnableImageBlockPublicAccess", ImageBlockPublicAccessState=state, unsent=unsent)
    return "images", {}


KINDS = {
    "aws:accessanalyzer/analyzer:Analyzer": analyzer,
    "aws:guardduty/detector:Detector": detector,
    "aws:guardduty/detectorFeature:DetectorFeature": detector_feature,
    "aws:guardduty/organizationConfiguration:OrganizationConfiguration": detectors_of_members,
    "aws:cfg/recorder:Recorder": recorder,
    "aws:cfg/deliveryChannel:DeliveryChannel": delivery_channel,
    "aws:cfg/recorderStatus:RecorderStatus": recorder_status,
    "aws:securityhub/account:Account": hub,
    "aws:securityhub/organizationConfiguration:OrganizationConfiguration": hubs_of_members,
    "aws:securityhub/standardsSubscription:StandardsSubscription": standards,
    "aws:ssm/parameter:Parameter": parameter,
    "aws:cloudwatch/eventRule:EventRule": event_rule,
    "aws:cloudwatch/eventTarget:EventTarget": event_target,
    "aws:cloudwatch/eventBus:EventBus": event_bus,
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": event_bus_policy,
    "aws:iam/accountPasswordPolicy:AccountPasswordPolicy": password_policy,
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": account_public_access,
    "aws:ebs/encryptionByDefault:EncryptionByDefault": encryption_by_default,
    "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess": snapshot_block,
    "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess": image_block,
}
