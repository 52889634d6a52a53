"""Who reads secrets and data in the end, in programs where one policy alone would say something else."""

from dataclasses import replace
from typing import Final

import pytest

from checks.engine import judge
from checks.families.cloud import data_access
from checks.model.verdict import Outcome
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.resource import UNKNOWN
from scanner.model.subject import ResourceSubject, StackSubject
from scanner.model.witness import Witness
from tests.checks.families.cloud.case_tables import BY_ID, F, I, P, Row, judged_both_ways, said
from tests.checks.families.cloud.cases import findings, stacks
from tests.scanner.cloud.declared import declare

EVIDENCE: Final = (EvidenceRef(id="e1", sha256="0" * 64, path="evidence/e1.json"),)
N: Final = Outcome.NOT_APPLICABLE
_SECRETS: Final = "access-credentials-by-ocpi-alone"
_DATA: Final = "access-data-by-ocpi-alone"
_KEYS: Final = "access-keys-by-ocpi-alone"
ROWS: Final[list[Row]] = [
    (_SECRETS, "read_by_ocpi", "tokens", P),
    (_SECRETS, "read_by_another_workload", "tokens", F),
    (_SECRETS, "another_workload_without_the_key", "tokens", P),
    (_SECRETS, "another_workload_with_the_key_by_iam", "tokens", F),
    (_SECRETS, "another_workload_denied_by_the_secret", "tokens", P),
    (_SECRETS, "another_workload_denied_at_other_times", "tokens", F),
    (_SECRETS, "another_workload_under_a_boundary", "tokens", P),
    (_SECRETS, "another_workload_under_a_guardrail", "tokens", P),
    (_SECRETS, "another_workload_under_a_guardrail_of_another_account", "tokens", F),
    (_SECRETS, "another_workload_by_the_policy_of_the_secret", "tokens", F),
    (_SECRETS, "another_workload_by_a_policy_that_is_not_declared", "tokens", I),
    (_SECRETS, "another_workload_by_a_policy_of_aws", "tokens", F),
    (_SECRETS, "another_account_through_a_role", "tokens", F),
    (_SECRETS, "people_read_secrets", "tokens", F),
    (_SECRETS, "user_reads_secrets", "tokens", F),
    (_SECRETS, "user_by_a_group", "tokens", F),
    (_SECRETS, "user_in_a_group_without_secrets", "tokens", P),
    (_SECRETS, "user_in_a_group_that_is_not_declared", "tokens", I),
    (_SECRETS, "people_by_a_permission_set", "tokens", F),
    (_SECRETS, "people_by_a_permission_set_without_secrets", "tokens", P),
    (_SECRETS, "people_of_another_account_by_a_permission_set", "tokens", P),
    (_SECRETS, "administrators_by_a_permission_set", "tokens", F),
    (_SECRETS, "people_by_a_role_of_ocpi", "tokens", F),
    (_SECRETS, "role_of_nobody", "tokens", I),
    (_SECRETS, "pipeline_that_reads", "tokens", F),
    (_SECRETS, "containers_of_ocpi", "tokens", P),
    (_SECRETS, "people_read_data", "", N),
    (_DATA, "another_account_by_the_policy_of_the_table", "cdrs", F),
    (_DATA, "people_read_data", "cdrs", P),
    (_DATA, "tables_by_a_pattern", "cdrs", F),
    (_DATA, "tables_of_its_own", "cdrs", P),
    (_DATA, "backups_read_tables", "cdrs", P),
    (_DATA, "objects_by_a_pattern", "exports", F),
    (_DATA, "another_account_through_an_access_point", "exports", F),
    (_DATA, "another_account_through_an_access_point_that_the_bucket_knows_nothing_of", "exports", P),
    (_DATA, "objects_left_to_access_points", "exports", P),
    ("data-policy-closed", "objects_left_to_access_points", "exports", P),
    (_DATA, "another_workload_by_the_api_of_a_database", "billing", F),
    (_DATA, "ocpi_by_the_api_of_a_database", "billing", P),
    (_DATA, "database_without_an_api", "", N),
    (_DATA, "another_workload_by_a_login_of_iam", "billing", F),
    (_DATA, "another_workload_by_any_login_of_iam", "billing", F),
    (_DATA, "another_workload_by_a_login_of_some_database", "billing", I),
    (_DATA, "ocpi_by_a_login_of_iam", "billing", P),
    (_DATA, "database_without_logins_of_iam", "", N),
    (_DATA, "another_workload_in_a_search_collection", "records", F),
    (_DATA, "another_workload_that_a_collection_does_not_name", "records", P),
    (_DATA, "another_workload_that_iam_lets_into_no_collection", "records", P),
    ("exposure-stores-off-the-internet", "another_workload_in_a_search_collection", "records", P),
    ("exposure-stores-off-the-internet", "collection_on_the_internet", "records", F),
    (_KEYS, "only_one_who_decrypts", "key", F),
    (_KEYS, "key_that_nobody_else_uses", "key", P),
    (_KEYS, "another_workload_without_the_key", "key", P),
    (_KEYS, "key_of_alarms", "", N),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}:{row[1]}")
def test_who_reads_is_judged_by_all_policies_together(row):
    assert said("access", row) is row[3]


def test_every_check_of_one_environment_passes_and_fails_somewhere():
    assert judged_both_ways(ROWS, "access") == {"cloud-access-not-from-other-environments"}


def test_the_reader_and_who_is_behind_are_named():
    (finding,) = findings(BY_ID[f"cloud-{_SECRETS}"], stacks("access")["another_account_through_a_role"])
    assert finding.message == ("role partner can read it, and behind that is another account (account 210987654321)")


def test_a_policy_that_is_unknown_until_deploy_decides_nothing():
    role = declare("aws:iam/role:Role", "shop", {"name": "shop", "assumeRolePolicy": UNKNOWN})
    secret = declare("aws:secretsmanager/secret:Secret", "tokens", outputs={"arn": _arn("secretsmanager", "secret:t")})
    policy = declare("aws:iam/rolePolicy:RolePolicy", "may", {"policy": UNKNOWN}, refers={"role": (role,)})
    stack = DeclaredResources(stack="small/test", source="pulumi preview", resources=(policy, role, secret))
    (finding,) = findings(BY_ID[f"cloud-{_SECRETS}"], stack)
    assert finding.outcome is I
    assert "unknown until deploy" in finding.message


def test_nobody_reads_is_no_pass_in_a_stack_that_was_seen_in_part():
    whole = stacks("access")["read_by_ocpi"]
    part = DeclaredResources(stack=whole.stack, source=whole.source, resources=whole.resources, missing=("half of it",))
    (finding,) = findings(BY_ID[f"cloud-{_SECRETS}"], part)
    assert (finding.outcome, "half of it" in finding.message) == (I, True)


def _arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:eu-central-1:123456789012:{name}"


def of_two(mine: str, theirs: str) -> dict[str, Outcome]:
    """What is said of production's stores beside another environment."""
    seen = [
        Observation(
            key=FactKey(
                fact=DeclaredResources,
                subject=StackSubject(environment=environment, stack=case),
                identity=None,
                witness=Witness.CLOUD_DECLARED,
            ),
            result=Seen(fact=replace(stacks("access")[case], stack=case), evidence=EVIDENCE),
        )
        for environment, case in (("prod", mine), ("test", theirs))
    ]
    found = judge((data_access.APART,), FactStore(seen), ["prod", "test"])
    return {
        one.subject.urn.rpartition("::")[2]: one.outcome
        for one in found
        if one.environment == "prod" and isinstance(one.subject, ResourceSubject)
    }


def test_a_role_of_another_environment_reads_by_a_pattern_that_fits_both():
    assert of_two("people_read_data", "tables_by_a_pattern") == {"cdrs": F}


def test_a_role_of_another_environment_that_names_its_own_reads_nothing_here():
    assert of_two("people_read_data", "tables_of_its_own") == {"cdrs": P}


def test_what_a_role_of_another_environment_may_is_not_always_known():
    assert of_two("read_by_ocpi", "another_workload_by_a_policy_that_is_not_declared") == {"tokens": I}


def test_a_role_of_one_stack_reads_what_another_stack_of_the_environment_declares():
    roles, data = stacks("access")["tables_by_a_pattern"], stacks("access")["people_read_data"]
    both = [
        Observation(
            key=FactKey(
                fact=DeclaredResources,
                subject=StackSubject(environment="prod", stack=name),
                identity=None,
                witness=Witness.CLOUD_DECLARED,
            ),
            result=Seen(fact=replace(one, stack=name), evidence=EVIDENCE),
        )
        for name, one in (("roles", _without(roles, "cdrs")), ("data", data))
    ]
    found = judge((data_access.DATA,), FactStore(both), ["prod"])
    assert {one.outcome for one in found if isinstance(one.subject, ResourceSubject)} == {F}


def _without(declared: DeclaredResources, name: str) -> DeclaredResources:
    return replace(declared, resources=tuple(one for one in declared.resources if one.name != name))
