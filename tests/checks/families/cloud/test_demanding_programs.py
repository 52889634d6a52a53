"""Stacks of demanding people, each with a verdict that was once wrong."""

from typing import Final

import pytest

from tests.checks.families.cloud.case_tables import F, I, P, Row, said

_SECRETS: Final = "access-credentials-by-ocpi-alone"
ROWS: Final[list[Row]] = [
    ("throttling-without-a-stage", "url_for_signed_requests_behind_a_distribution", "url", P),
    ("throttling-without-a-stage", "url_for_signed_requests_behind_a_distribution", "front", F),
    ("retries-set-aside", "url_for_signed_requests_behind_a_distribution", "ocpi", P),
    ("authoriser-forgets-in-time", "api_with_web_tokens", "tokens", I),
    ("isolation-own-role", "task_without_a_role", "ocpi", P),
    ("data-own-key", "bucket_for_a_balancers_logs", "logs", P),
    ("data-own-key", "bucket_for_a_network_balancers_logs", "logs", F),
    (_SECRETS, "export_of_ocpi_by_a_schedule", "tokens", P),
    (_SECRETS, "export_of_a_shop_by_a_schedule", "tokens", F),
    ("logs-central", "archive_with_a_log_of_its_own", "delivery", P),
    ("logs-central", "archive_with_a_log_of_its_own", "one", P),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}:{row[1]}:{row[2]}")
def test_a_stack_that_was_misjudged_is_judged_by_what_it_is(row):
    assert said("demands", row) is row[3]
