"""Secrets in the vault, and out of it."""

from typing import Final

import pytest

from tests.checks.families.cloud.case_tables import F, I, P, Row, said

ROWS: Final[list[Row]] = [
    ("secrets-own-key", "kept_well", "secret", P),
    ("secrets-own-key", "kept_badly", "secret", F),
    ("secrets-recoverable", "kept_well", "secret", P),
    ("secrets-recoverable", "kept_badly", "secret", F),
    ("secrets-policy-closed", "kept_well", "secret", P),
    ("secrets-policy-closed", "read_by_another_account", "secret", F),
    ("secrets-rotation-can-run", "kept_well", "rotation", P),
    ("secrets-rotation-can-run", "rotated_by_nothing", "rotation", F),
    ("secrets-rotation-can-run", "rotated_by_a_function_that_refuses", "rotation", F),
    ("secrets-rotation-can-run", "rotated_by_a_function_for_any_account", "rotation", F),
    ("secrets-rotation-can-run", "rotated_by_a_function_elsewhere", "rotation", I),
    ("secrets-written-by-workloads", "written_by_the_service", "secret", P),
    ("secrets-written-by-workloads", "written_by_people", "secret", F),
    ("secrets-written-by-workloads", "written_by_nobody", "secret", F),
    ("secrets-not-in-containers", "container_without_token", "it", P),
    ("secrets-not-in-containers", "container_with_token", "it", F),
    ("secrets-not-in-containers", "service_with_token", "it", F),
    ("secrets-not-in-containers", "build_with_token", "it", F),
    ("secrets-not-in-containers", "build_that_refers", "it", P),
    ("secrets-not-in-containers", "stage_with_token", "it", F),
    ("secrets-not-in-parameters", "secure_parameter", "it", P),
    ("secrets-not-in-parameters", "harmless_parameter", "it", P),
    ("secrets-not-in-parameters", "plain_parameter", "it", F),
    ("secrets-not-in-parameters", "parameter_with_a_value_that_is_not_seen", "it", I),
    ("secrets-not-in-user-data", "instance_without_user_data", "it", P),
    ("secrets-not-in-user-data", "instance_that_fetches", "it", P),
    ("secrets-not-in-user-data", "instance_with_token", "it", F),
    ("secrets-not-in-user-data", "template_with_token", "it", F),
    ("secrets-not-in-descriptions", "described", "it", P),
    ("secrets-not-in-descriptions", "tag_with_token", "it", F),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}:{row[1]}")
def test_a_secret_is_judged_by_where_and_how_it_is_kept(row):
    assert said("secret_keeping", row) is row[3]
