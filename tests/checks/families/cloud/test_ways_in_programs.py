"""Ways to tokens and data that one reads past, and what only looks like one."""

from typing import Final

import pytest

from tests.checks.families.cloud.case_tables import F, I, P, Row, said

_SECRETS: Final = "access-credentials-by-ocpi-alone"
_DATA: Final = "access-data-by-ocpi-alone"
_KEYS: Final = "access-keys-by-ocpi-alone"
ROWS: Final[list[Row]] = [
    (_SECRETS, "everybody_called_shop", "tokens", F),
    (_SECRETS, "everybody_called_ocpi", "tokens", P),
    (_SECRETS, "everybody_called_by_a_name_that_is_not_here", "tokens", I),
    (_SECRETS, "everybody_of_another_account", "tokens", F),
    (_SECRETS, "everybody_of_the_organisation", "tokens", F),
    (_SECRETS, "everybody_of_the_organisation_but_others", "tokens", P),
    (_SECRETS, "everybody_in_the_network", "tokens", I),
    (_SECRETS, "everybody_but_one", "tokens", F),
    (_SECRETS, "all_values_of_none", "tokens", F),
    (_SECRETS, "where_no_service_asks", "tokens", F),
    (_SECRETS, "where_a_service_asks", "tokens", P),
    (_SECRETS, "denied_to_nobody", "tokens", F),
    (_SECRETS, "one_role_of_another_account", "tokens", F),
    (_SECRETS, "no_role_of_another_account", "tokens", P),
    (_SECRETS, "another_account_but_its_root", "tokens", F),
    (_SECRETS, "another_account_under_a_guardrail", "tokens", F),
    (_SECRETS, "another_account_under_a_guardrail_of_resources", "tokens", P),
    (_SECRETS, "user_whose_boundary_does_not_hold", "tokens", F),
    (_SECRETS, "role_whose_boundary_holds", "tokens", P),
    (_SECRETS, "resource_with_a_variable", "tokens", F),
    (_SECRETS, "all_but_a_variable", "tokens", F),
    (_SECRETS, "half_an_arn", "tokens", F),
    (_SECRETS, "tagged_for_somebody_else", "tokens", P),
    (_SECRETS, "tagged_for_it", "tokens", F),
    (_SECRETS, "tagged_by_nobody_here", "tokens", I),
    (_SECRETS, "role_for_holders_of_certificates", "tokens", F),
    (_SECRETS, "key_through_the_secret_only", "tokens", P),
    (_SECRETS, "parameter_read_by_another_workload", "tokens", F),
    (_SECRETS, "parameter_read_by_nobody_else", "tokens", P),
    (_DATA, "some_objects_stay_open", "exports", F),
    (_DATA, "workload_by_a_chain", "cdrs", F),
    (_DATA, "workload_without_a_chain", "cdrs", P),
    (_DATA, "workload_by_its_session", "cdrs", F),
    (_DATA, "role_for_the_organisation", "cdrs", F),
    (_DATA, "role_for_one_by_condition", "cdrs", F),
    (_DATA, "people_of_a_directory", "cdrs", P),
    (_DATA, "stream_by_subscription", "cdrs", F),
    (_DATA, "objects_for_a_canonical_user", "exports", I),
    (_KEYS, "key_by_a_grant", "key", F),
    (_KEYS, "key_by_making_grants", "key", F),
    (_KEYS, "key_by_making_grants_for_services", "key", P),
    (_KEYS, "key_through_the_secret_only", "key", P),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}:{row[1]}")
def test_a_way_in_is_found_and_nothing_that_only_looks_like_one(row):
    assert said("ways_in", row) is row[3]
