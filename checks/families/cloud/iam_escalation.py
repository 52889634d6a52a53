"""Rights that give more rights: of the access level Permissions management, and by iam:PassRole."""

from collections.abc import Iterator
from typing import Final

from checks.resource_graph.policy_documents import Condition
from checks.resource_graph.policy_reach import on_everything, wanted
from checks.resource_graph.roles import Rights

# Actions that change who may do what by themselves (Service Authorization Reference, IAM).
_CHANGES_RIGHTS: Final = tuple(
    f"iam:{name}"
    for name in (
        *("CreatePolicyVersion", "SetDefaultPolicyVersion", "AttachRolePolicy", "PutRolePolicy", "AttachUserPolicy"),
        *("PutUserPolicy", "AttachGroupPolicy", "PutGroupPolicy", "AddUserToGroup", "UpdateAssumeRolePolicy"),
        *("CreateAccessKey", "CreateLoginProfile", "UpdateLoginProfile", "DeleteRolePermissionsBoundary"),
        *("PutRolePermissionsBoundary", "DeleteRolePolicy", "CreateServiceSpecificCredential"),
    )
)
# With a role to pass, each of these runs code, or lets somebody in, under that role.
_RUNS_UNDER_ROLE: Final = (
    *("lambda:CreateFunction", "lambda:UpdateFunctionConfiguration", "ec2:RunInstances", "ecs:RunTask"),
    *("ecs:RegisterTaskDefinition", "cloudformation:CreateStack", "glue:CreateDevEndpoint", "glue:CreateJob"),
    *(
        "codebuild:CreateProject",
        "codebuild:UpdateProject",
        "states:CreateStateMachine",
        "sagemaker:CreateNotebookInstance",
    ),
    *("datapipeline:CreatePipeline", "apprunner:CreateService"),
)
# Changes what others run under their own role.
_CHANGES_CODE: Final = ("lambda:UpdateFunctionCode", "lambda:AddLayerVersionPermission", "ssm:SendCommand")
# Access level Permissions management of the services that hold OCPI data.
OPENS_STORES: Final = (
    *("dynamodb:PutResourcePolicy", "dynamodb:DeleteResourcePolicy"),
    *("kms:PutKeyPolicy", "kms:CreateGrant"),
    *("secretsmanager:PutResourcePolicy", "secretsmanager:DeleteResourcePolicy"),
    *("s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutBucketPublicAccessBlock"),
    *("s3:PutObjectAcl", "s3:PutAccessPointPolicy", "s3:BypassGovernanceRetention"),
    *("sqs:AddPermission", "sqs:SetQueueAttributes", "sns:AddPermission", "sns:SetTopicAttributes"),
    *("lambda:AddPermission", "logs:PutResourcePolicy", "logs:DeleteResourcePolicy"),
)


def ways_up(rights: Rights) -> Iterator[str]:
    """Each way by which the holder gets more rights, in a few words."""
    for action in _CHANGES_RIGHTS:
        if any(not _bound(one.conditions) for one in rights.granting(action)):
            yield f"{action} changes rights"
    passing = rights.granting("iam:PassRole")
    if any(on_everything(one) or _any_role(one.resources) for one in passing):
        ways = [action for action in _RUNS_UNDER_ROLE if rights.granting(action)]
        yield f"iam:PassRole on every role{f', with {ways[0]}' if ways else ''}"
    if any(on_everything(one) or _any_role(one.resources) for one in rights.granting("sts:AssumeRole")):
        yield "sts:AssumeRole on every role"
    for action in _CHANGES_CODE:
        if rights.granting(action):
            yield f"{action} changes what runs under other roles"


def _bound(conditions: tuple[Condition, ...]) -> bool:
    """Creating identities under a fixed boundary is the pattern that AWS gives for delegation."""
    return bool(wanted(conditions, "iam:PermissionsBoundary"))


def _any_role(resources: tuple[str, ...]) -> bool:
    return any(one.endswith((":role/*", ":*")) for one in resources)
