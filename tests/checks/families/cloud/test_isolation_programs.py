"""Functions and queues that keep a failure to themselves."""

from typing import Final

import pytest

from tests.checks.families.cloud.case_tables import F, P, Row, judged_both_ways, said

ROWS: Final[list[Row]] = [
    ("isolation-bounded-share", "bounded", "it", P),
    ("isolation-bounded-share", "unbounded", "it", F),
    ("isolation-ends-before-gateway", "bounded", "it", P),
    ("isolation-ends-before-gateway", "unbounded", "it", F),
    ("isolation-own-role", "roles_of_their_own", "one", P),
    ("isolation-own-role", "one_role_for_two", "one", F),
    ("isolation-own-role", "one_role_by_its_arn", "two", F),
    ("retries-set-aside", "bounded", "it", P),
    ("retries-set-aside", "unbounded", "it", P),
    ("retries-set-aside", "failures_to_a_destination", "it", P),
    ("retries-set-aside", "called_by_the_gateway_and_by_events", "it", F),
    ("retries-set-aside", "queue_with_redrive", "work", P),
    ("retries-set-aside", "queue_without_redrive", "work", F),
    ("retries-only-what-failed", "queue_with_redrive", "mapping", P),
    ("retries-only-what-failed", "queue_without_redrive", "mapping", F),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}:{row[1]}")
def test_a_backend_is_judged_by_what_its_failure_takes_along(row):
    assert said("isolation", row) is row[3]


def test_every_check_of_isolation_passes_and_fails_somewhere():
    assert judged_both_ways(ROWS, "isolation", "retries") == set()
