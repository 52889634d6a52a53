"""The scheduled scanner is a partner like any other; one role of the audit account reads its token."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.infra.recorded_program import Recorded, example

SCANNER = "posture-scanner"
AUDITOR = "456789012345"
SECRET = "aws:secretsmanager/secret:Secret"
SECRET_POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy"
KEY = "aws:kms/key:Key"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"


@pytest.fixture(params=["test", "prod"])
def environment(request, outcomes) -> tuple[str, Recorded]:
    """An environment of the shipped examples, by its name."""
    return request.param, outcomes[request.param]


@pytest.fixture(params=["test", "prod"])
def opened(request, outcomes) -> tuple[str, Recorded]:
    """The same, where the config opens the scanner's token."""
    return request.param, outcomes[f"{request.param}, opened"]


def _scanner_role(audit: Recorded, environment: str) -> str:
    name = audit.inputs("aws:iam/role:Role", f"scan-{environment}")["name"]
    return f"arn:aws:iam::{AUDITOR}:role/{name}"


def _statements(recorded: Recorded, kind: str, name: str) -> list[dict[str, Any]]:
    return list(json.loads(recorded.inputs(kind, name)["policy"])["Statement"])


def test_it_has_what_every_partner_has(environment):
    name, stack = environment
    partners = set(example(name)["partners"])
    assert SCANNER in partners
    kinds = (SECRET, "aws:apigateway/usagePlan:UsagePlan", "aws:apigateway/apiKey:ApiKey")
    for kind in (*kinds, "aws:dynamodb/tableItem:TableItem", "aws:secretsmanager/secretRotation:SecretRotation"):
        assert {one["name"] for one in stack.all(kind)} == partners, kind
    (address,) = example(name)["partners"][SCANNER]["addresses"]
    assert address in stack.inputs("aws:wafv2/ipSet:IpSet")["addresses"]


def test_it_only_reads_and_no_data_of_drivers_in_production(production: Recorded, stack: Recorded):
    for recorded in (stack, production):
        assert {right for one in _modules(recorded) for right in one["rights"]} == {"read"}
    assert {one["module"] for one in _modules(production)} == {"locations", "tariffs"}


def _modules(recorded: Recorded) -> list[dict[str, Any]]:
    item = json.loads(recorded.inputs("aws:dynamodb/tableItem:TableItem", SCANNER)["item"])
    return list(json.loads(item["contract"]["S"])["modules"])


def test_its_token_alone_is_opened_to_one_role_of_the_audit_account(opened, audit: Recorded):
    name, stack = opened
    (policy,) = stack.all(SECRET_POLICY)
    assert policy["inputs"]["blockPublicPolicy"] is True
    assert SCANNER in policy["inputs"]["secretArn"]
    (statement,) = json.loads(policy["inputs"]["policy"])["Statement"]
    assert statement["Action"] == ["secretsmanager:GetSecretValue"]
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{AUDITOR}:root"}
    assert statement["Condition"] == {"ArnEquals": {"aws:PrincipalArn": _scanner_role(audit, name)}}


def test_its_key_decrypts_for_that_role_through_secrets_manager_only(opened, audit: Recorded):
    name, stack = opened
    opened = {
        key["name"]: one
        for key in stack.all(KEY)
        for one in json.loads(key["inputs"]["policy"])["Statement"]
        if AUDITOR in json.dumps(one["Principal"])
    }
    (statement,) = opened.values()
    assert set(opened) == {"secrets"}
    assert statement["Action"] == ["kms:Decrypt"]
    assert statement["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": _scanner_role(audit, name)},
        "StringEquals": {"kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com"},
    }


def test_the_role_may_read_that_secret_by_its_name_and_no_other(environment, audit: Recorded):
    name, stack = environment
    (own,) = [one for one in _statements(audit, ROLE_POLICY, f"scan-{name}") if one["Sid"] == "OwnToken"]
    (pattern,) = own["Resource"]
    account = example(name)["accountId"]
    arns = {
        one["name"]: f"arn:aws:secretsmanager:eu-central-1:{account}:secret:{one['inputs']['name']}-Ab12Cd"
        for one in stack.all(SECRET)
    }
    assert {partner for partner, arn in arns.items() if fnmatchcase(arn, pattern)} == {SCANNER}


@pytest.mark.parametrize("name", ["test", "prod", "shared partners"])
def test_as_shipped_and_without_its_block_nothing_is_opened(outcomes, name):
    assert not outcomes[name].all(SECRET_POLICY)
    assert AUDITOR not in outcomes[name].inputs(KEY, "secrets")["policy"]


def test_its_tokens_are_delivered_into_one_secret_of_the_auditor_that_the_rotation_cannot_read(environment):
    name, stack = environment
    arn, key_arn = (example(name)["scannerSecret"][part] for part in ("secret", "key"))
    assert f"secret:ocpi/audit/scanner/{name}/token-" in arn
    settings = stack.inputs("aws:lambda/function:Function", "rotation")["environment"]["variables"]
    assert json.loads(settings["DELIVERED"]) == {SCANNER: arn}
    for kind, resource in ((ROLE_POLICY, "rotation"), ("aws:iam/policy:Policy", "boundary")):
        touching = [one for one in _statements(stack, kind, resource) if AUDITOR in json.dumps(one["Resource"])]
        assert {action for one in touching for action in one["Action"]} == {
            *("secretsmanager:PutSecretValue", "kms:Decrypt", "kms:GenerateDataKey"),
        }
        (key,) = [one for one in touching if "kms:Decrypt" in one["Action"]]
        assert key["Resource"] == [key_arn]
        assert key["Condition"]["StringEquals"]["kms:EncryptionContext:SecretARN"] == arn
    said = _statements(stack, "aws:ec2/vpcEndpoint:VpcEndpoint", "secretsmanager")
    (endpoint,) = [one for one in said if one["Sid"] == "Delivered"]
    assert (endpoint["Action"], endpoint["Resource"]) == (["secretsmanager:PutSecretValue"], [arn])


@pytest.mark.parametrize("name", ["test", "prod"])
def test_the_auditors_secret_is_written_by_that_rotation_and_read_by_that_scan(outcomes, audit: Recorded, name):
    (written,) = _statements(audit, SECRET_POLICY, f"{name}-token")
    role = outcomes[name].inputs("aws:iam/role:Role", "rotation")["name"]
    writer = f"arn:aws:iam::{example(name)['accountId']}:role/{role}"
    assert written["Action"] == ["secretsmanager:PutSecretValue"]
    assert written["Condition"] == {"ArnEquals": {"aws:PrincipalArn": writer}}
    (encrypts,) = [one for one in _statements(audit, KEY, f"scanner-{name}") if one["Sid"] == "EncryptedByTheRotation"]
    assert encrypts["Condition"]["ArnEquals"] == {"aws:PrincipalArn": writer}
    for reader in ("test", "prod"):
        read = [one for one in _statements(audit, ROLE_POLICY, f"scan-{reader}") if one["Sid"] == "DeliveredToken"]
        secrets = {arn for one in read for arn in one["Resource"]}
        assert secrets == {audit.inputs(SECRET_POLICY, f"{reader}-token")["secretArn"], _certificate(audit, reader)}


def _certificate(audit: Recorded, environment: str) -> str:
    (container,) = json.loads(
        audit.inputs("aws:ecs/taskDefinition:TaskDefinition", f"scan-{environment}")["containerDefinitions"]
    )
    given = {one["name"]: one["value"] for one in container["environment"]}
    return str(given["OCPI_POSTURE_CERTIFICATE"])
