"""Stores: whose key, who may use them, how long they keep what, and where copies go."""

from typing import Final

import pytest

from tests.checks.families.cloud.case_tables import F, I, P, Row, judged_both_ways, said

ROWS: Final[list[Row]] = [
    ("data-own-key", "table_with_everything", "table", P),
    ("data-own-key", "table_with_nothing", "table", F),
    ("data-own-key", "table_under_the_key_of_another_account", "table", F),
    ("data-own-key", "bucket_with_everything", "bucket", P),
    ("data-own-key", "bucket_under_a_key_of_nobody_knows_whom", "bucket", I),
    ("data-own-key", "bucket_with_nothing", "bucket", F),
    ("data-own-key", "bucket_under_the_key_of_s3", "bucket", F),
    ("data-own-key", "topic_for_any_alarm", "topic", F),
    ("data-own-key", "database_with_backups", "database", P),
    ("data-expires", "table_with_everything", "table", P),
    ("data-expires", "table_with_nothing", "table", F),
    ("data-expires", "bucket_with_everything", "bucket", P),
    ("data-expires", "bucket_with_nothing", "bucket", F),
    ("data-recoverable", "table_with_everything", "table", P),
    ("data-recoverable", "table_with_nothing", "table", F),
    ("data-recoverable", "table_in_a_backup_plan", "table", P),
    ("data-recoverable", "bucket_with_everything", "bucket", P),
    ("data-recoverable", "bucket_with_nothing", "bucket", F),
    ("data-recoverable", "database_with_backups", "database", P),
    ("data-recoverable", "database_without_backups", "database", F),
    ("data-not-deleted-by-accident", "table_with_everything", "table", P),
    ("data-not-deleted-by-accident", "table_with_nothing", "table", F),
    ("data-not-deleted-by-accident", "bucket_with_everything", "bucket", P),
    ("data-not-deleted-by-accident", "bucket_with_nothing", "bucket", F),
    ("data-not-deleted-by-accident", "database_without_backups", "database", F),
    ("data-backups-expire", "table_in_a_backup_plan", "plan", P),
    ("data-backups-expire", "backups_that_stay", "plan", F),
    ("data-no-public-bucket", "bucket_with_everything", "bucket", P),
    ("data-no-public-bucket", "bucket_with_nothing", "bucket", F),
    ("data-no-public-bucket", "bucket_half_blocked", "bucket", F),
    ("data-policy-closed", "bucket_with_everything", "bucket", P),
    ("data-policy-closed", "bucket_for_everybody", "bucket", F),
    ("data-policy-closed", "bucket_for_everybody_in_a_network", "bucket", P),
    ("data-policy-closed", "bucket_for_everybody_but_one", "bucket", F),
    ("data-policy-closed", "bucket_for_another_account", "bucket", F),
    ("data-policy-closed", "bucket_for_the_own_account", "bucket", P),
    ("data-policy-closed", "bucket_for_a_canonical_user", "bucket", I),
    ("data-policy-closed", "bucket_for_an_origin_access_identity", "bucket", P),
    ("data-policy-closed", "bucket_with_a_list_for_everybody", "bucket", F),
    ("data-policy-closed", "bucket_with_a_list_for_everybody_switched_off", "bucket", P),
    ("data-policy-closed", "bucket_with_a_list_for_somebody", "bucket", I),
    ("data-policy-closed", "bucket_with_a_list_for_its_owner", "bucket", P),
    ("data-policy-closed", "topic_for_any_alarm", "topic", F),
    ("data-policy-closed", "topic_for_own_alarms", "topic", P),
    ("data-tls-only", "bucket_with_everything", "bucket", P),
    ("data-tls-only", "topic_for_own_alarms", "topic", P),
    ("data-tls-only", "queue_over_http", "queue", F),
    ("data-copies-protected", "stream_under_own_key", "copy", P),
    ("data-copies-protected", "stream_in_clear", "copy", F),
    ("data-copies-protected", "export_under_own_key", "copy", P),
    ("data-copies-protected", "export_in_clear", "copy", F),
    ("data-copies-protected", "replicas_with_key", "table", P),
    ("data-copies-protected", "replicas_without_key", "table", F),
    ("data-copies-protected", "delivery_to_another_account", "copy", F),
    ("data-copies-protected", "delivery_under_own_key", "copy", P),
    ("data-copies-protected", "delivery_in_clear", "copy", F),
    ("data-copies-protected", "replication_under_own_key", "copy", P),
    ("data-copies-protected", "replication_in_clear", "copy", F),
    ("keys-policy-closed", "key_for_callers_of_the_account", "key", P),
    ("keys-policy-closed", "key_for_everybody", "key", F),
    ("keys-rotated", "key_for_callers_of_the_account", "key", P),
    ("keys-rotated", "key_for_everybody", "key", F),
    ("keys-rotated", "key_soon_gone", "key", F),
    ("keys-rotated", "key_that_signs", "key", P),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}:{row[1]}")
def test_a_store_is_judged_by_what_is_declared(row):
    assert said("data", row) is row[3]


def test_every_check_of_stores_passes_and_fails_somewhere():
    assert judged_both_ways(ROWS, "data", "keys") == set()
