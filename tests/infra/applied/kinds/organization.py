"""The organisation: units, accounts, service control policies, delegated administrators."""

from __future__ import annotations

from typing import Any

from tests.infra.applied.account import Account
from tests.infra.applied.declared import Declared

Made = tuple[str, dict[str, Any]]

_SERVICES = "moto knows a few of the services only that may act in an organisation"


def organization(aws: Account, declared: Declared) -> Made:
    made = aws.call("organizations", "CreateOrganization", declared.some("featureSet"))["Organization"]
    (root,) = aws.client("organizations").list_roots()["Roots"]
    for kind in declared.take("enabledPolicyTypes") or ():
        aws.call("organizations", "EnablePolicyType", RootId=root["Id"], PolicyType=kind)
    for service in declared.take("awsServiceAccessPrincipals") or ():
        aws.call("organizations", "EnableAWSServiceAccess", ServicePrincipal=service, unsent=_SERVICES)
    roots = [{"id": root["Id"], "arn": root["Arn"], "name": root["Name"]}]
    return made["Id"], {"arn": made["Arn"], "roots": roots, "masterAccountId": made["MasterAccountId"]}


def unit(aws: Account, declared: Declared) -> Made:
    tags = declared.tag_list()
    made = aws.call("organizations", "CreateOrganizationalUnit", declared.rest(), Tags=tags)["OrganizationalUnit"]
    return made["Id"], {"arn": made["Arn"]}


def account(aws: Account, declared: Declared) -> Made:
    declared.take("closeOnDeletion")  # the provider's own
    parent, name, tags = declared.take("parentId"), declared.take("name"), declared.tag_list()
    made = aws.call("organizations", "CreateAccount", declared.rest(), AccountName=name, Tags=tags)
    id_ = made["CreateAccountStatus"]["AccountId"]
    if parent:
        (root,) = aws.client("organizations").list_roots()["Roots"]
        aws.call("organizations", "MoveAccount", AccountId=id_, SourceParentId=root["Id"], DestinationParentId=parent)
    return id_, {"arn": aws.client("organizations").describe_account(AccountId=id_)["Account"]["Arn"]}


def policy(aws: Account, declared: Declared) -> Made:
    tags = declared.tag_list()
    made = aws.call("organizations", "CreatePolicy", declared.rest(), Tags=tags)["Policy"]["PolicySummary"]
    return made["Id"], {"arn": made["Arn"]}


def policy_attachment(aws: Account, declared: Declared) -> Made:
    aws.call("organizations", "AttachPolicy", declared.some("policyId", "targetId"))
    return f"{declared.inputs['targetId']}:{declared.inputs['policyId']}", {}


def delegated_administrator(aws: Account, declared: Declared) -> Made:
    asked = declared.some("accountId", "servicePrincipal")
    aws.call("organizations", "RegisterDelegatedAdministrator", asked, unsent=_SERVICES)
    return f"{declared.inputs['accountId']}/{declared.inputs['servicePrincipal']}", {}


def guardduty_administrator(aws: Account, declared: Declared) -> Made:
    aws.call("guardduty", "EnableOrganizationAdminAccount", declared.some("adminAccountId"))
    return declared.inputs["adminAccountId"], {}


def hub_administrator(aws: Account, declared: Declared) -> Made:
    aws.call("securityhub", "EnableOrganizationAdminAccount", declared.some("adminAccountId"))
    return declared.inputs["adminAccountId"], {}


_OF_ROOT = {
    "RootCredentialsManagement": "EnableOrganizationsRootCredentialsManagement",
    "RootSessions": "EnableOrganizationsRootSessions",
}


def root_features(aws: Account, declared: Declared) -> Made:
    for feature in declared.take("enabledFeatures"):
        aws.call("iam", _OF_ROOT[feature], unsent="moto has no central management of root access")
    return "root", {}


KINDS = {
    "aws:organizations/organization:Organization": organization,
    "aws:organizations/organizationalUnit:OrganizationalUnit": unit,
    "aws:organizations/account:Account": account,
    "aws:organizations/policy:Policy": policy,
    "aws:organizations/policyAttachment:PolicyAttachment": policy_attachment,
    "aws:organizations/delegatedAdministrator:DelegatedAdministrator": delegated_administrator,
    "aws:guardduty/organizationAdminAccount:OrganizationAdminAccount": guardduty_administrator,
    "aws:securityhub/organizationAdminAccount:OrganizationAdminAccount": hub_administrator,
    "aws:iam/organizationsFeatures:OrganizationsFeatures": root_features,
}
