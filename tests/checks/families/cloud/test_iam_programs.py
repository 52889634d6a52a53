"""Roles: what they may do, who takes them, and what holds them back."""

from typing import Final

import pytest

from checks.model.verdict import Outcome
from tests.checks.families.cloud.case_tables import F, I, P, Row, judged_both_ways, said

N = Outcome.NOT_APPLICABLE
ROWS: Final[list[Row]] = [
    ("iam-rights-named", "narrow", "role", P),
    ("iam-rights-named", "lists_names_on_everything", "role", P),
    ("iam-rights-named", "every_action_of_a_service", "role", F),
    ("iam-rights-named", "every_resource_of_a_service", "role", F),
    ("iam-rights-named", "everything", "role", F),
    ("iam-rights-named", "everything_but", "role", F),
    ("iam-rights-named", "everything_less_what_is_denied", "role", P),
    ("iam-rights-named", "wide_under_a_narrow_boundary", "role", F),
    ("iam-rights-named", "administrator_policy_of_aws", "role", F),
    ("iam-rights-named", "other_policy_of_aws", "role", I),
    ("iam-rights-named", "attached_policy_of_the_stack", "role", F),
    ("iam-rights-named", "inline_policy", "role", F),
    (
        "iam-rights-named",
        "administrator_that_people_take",
        "administrator_that_people_take/test",
        Outcome.NOT_APPLICABLE,
    ),
    ("iam-no-escalation", "narrow", "role", P),
    ("iam-no-escalation", "everything", "role", F),
    ("iam-no-escalation", "everything_but", "role", F),
    ("iam-no-escalation", "passes_any_role", "role", F),
    ("iam-no-escalation", "passes_one_role", "role", P),
    ("iam-no-escalation", "writes_its_own_policy", "role", F),
    ("iam-no-escalation", "opens_the_key", "role", F),
    ("iam-no-escalation", "administrator_policy_of_aws", "role", F),
    ("iam-no-escalation", "wide_under_a_narrow_boundary", "role", P),
    ("iam-trust-named", "narrow", "role", P),
    ("iam-trust-named", "taken_by_everybody", "role", F),
    ("iam-trust-named", "taken_by_another_account", "role", F),
    ("iam-trust-named", "taken_by_another_account_with_external_id", "role", P),
    ("iam-trust-named", "taken_by_any_repository", "role", F),
    ("iam-trust-named", "taken_by_one_repository", "role", P),
    ("iam-people-with-mfa", "taken_by_people", "role", F),
    ("iam-people-with-mfa", "taken_by_people_with_a_loophole", "role", F),
    ("iam-people-with-mfa", "taken_by_people_with_mfa", "role", P),
    ("iam-no-user-keys", "user", "user", P),
    ("iam-no-user-keys", "user_with_key", "user", F),
    ("iam-no-user-keys", "user_with_password", "user", F),
    ("iam-no-user-keys", "key_of_a_user_that_is_not_declared", "key", F),
    ("iam-under-a-boundary", "workload_under_a_boundary", "role", P),
    ("iam-under-a-boundary", "narrow", "role", F),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}:{row[1]}")
def test_a_role_is_judged_by_what_is_declared(row):
    assert said("iam", row) == row[3]


def test_every_check_of_roles_passes_and_fails_somewhere():
    assert judged_both_ways(ROWS, "iam") == set()
