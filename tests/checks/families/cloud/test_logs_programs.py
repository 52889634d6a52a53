"""Logs, trails, alarms, detectors."""

from typing import Final

import pytest

from checks.families.cloud.alarms import SIGNALS
from checks.model.verdict import Outcome
from tests.checks.families.cloud.case_tables import BY_ID, F, I, P, Row, judged_both_ways, said
from tests.checks.families.cloud.cases import findings, stacks

ROWS: Final[list[Row]] = [
    ("logs-retention-in-window", "group_for_a_year", "group", P),
    ("logs-retention-in-window", "group_for_a_week", "group", F),
    ("logs-retention-in-window", "group_for_ever", "group", F),
    ("logs-own-key", "group_for_a_year", "group", P),
    ("logs-own-key", "group_for_a_week", "group", F),
    ("logs-say-who-and-which", "line_with_everything", "stage", P),
    ("logs-say-who-and-which", "line_without_the_caller", "stage", F),
    ("logs-without-token-uids", "line_with_everything", "stage", P),
    ("logs-without-token-uids", "line_with_the_path", "stage", F),
    ("logs-without-token-uids", "line_with_the_key", "stage", F),
    ("logs-central", "logs_in_one_account_and_region", "service", P),
    ("logs-central", "logs_of_a_balancer_in_a_bucket", "balancer", F),
    ("logs-central", "logs_of_a_balancer_in_a_bucket", "access", P),
    ("logs-central", "logs_in_another_region", "far", F),
    ("logs-central", "logs_of_two_regions_in_one_archive", "far", P),
    ("logs-central", "logs_of_two_regions_but_one_by_a_pattern", "far", I),
    ("logs-central", "logs_with_a_balancer_through_a_stream_to_its_bucket", "balancer", P),
    ("logs-central", "logs_with_a_balancer_through_a_stream_to_its_bucket", "service", P),
    ("data-copies-protected", "logs_of_two_regions_in_one_archive", "near", P),
    ("data-copies-protected", "logs_to_somebody_else", "near", F),
    ("logs-central", "containers_that_log", "task", P),
    ("logs-central", "containers_that_log_nowhere", "task", F),
    ("logs-central", "containers_that_log_by_a_router", "task", I),
    ("logs-central", "detectors_on", "", Outcome.NOT_APPLICABLE),
    ("logs-audit-trail", "sound_trail", "trail", P),
    ("logs-audit-trail", "trail_of_one_region", "trail", F),
    ("logs-audit-trail", "trail_without_key", "trail", F),
    ("logs-audit-trail", "trail_switched_off", "trail", F),
    ("logs-audit-trail", "group_for_a_year", "", I),
    ("logs-evidence-locked", "sound_trail", "records", P),
    ("logs-evidence-locked", "trail_of_one_region", "records", F),
    ("logs-evidence-locked", "evidence_locked_for_a_day", "evidence", F),
    ("logs-evidence-locked", "evidence_locked_for_those_without_the_right", "evidence", F),
    ("logs-evidence-locked", "evidence_that_nobody_may_unlock", "evidence", P),
    ("logs-evidence-locked", "group_for_a_year", "", I),
    ("logs-of-the-network", "network_with_flow_log", "network", P),
    ("logs-of-the-network", "network_with_refusals_only", "network", F),
    ("logs-of-the-network", "network_without_flow_log", "network", F),
    ("alarms-live", "all_patterns", "commands", P),
    ("alarms-live", "all_patterns_unheard", "commands", F),
    ("alarms-live", "alarm_without_action", "alarm", F),
    ("alarms-live", "alarm_switched_off", "alarm", F),
    ("alarms-live", "alarm_of_somebody_elses_topic", "alarm", I),
    ("detectors-on", "detectors_on", "threats", P),
    ("detectors-on", "detectors_on", "hub", P),
    ("detectors-on", "detectors_off", "threats", F),
    ("detectors-on", "detectors_off", "hub", F),
    ("detectors-changes-recorded", "changes_recorded", "recorder", P),
    ("detectors-changes-recorded", "changes_not_recorded", "recorder", F),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}:{row[1]}:{row[2]}")
def test_what_is_recorded_and_watched_is_judged_by_what_is_declared(row):
    assert said("logs", row) is row[3]


def test_every_check_of_logs_passes_and_fails_somewhere():
    assert judged_both_ways(ROWS, "logs", "detectors") == set()


def patterns(case: str) -> dict[str, str]:
    found = findings(BY_ID["cloud-alarms-for-abuse"], stacks("logs")[case])
    return {finding.field_path: finding.outcome.value for finding in found}


def test_each_pattern_of_abuse_needs_an_alarm_of_its_own():
    assert patterns("all_patterns") == dict.fromkeys(SIGNALS, "pass")
    assert patterns("no_patterns") == dict.fromkeys(SIGNALS, "fail")


def test_an_alarm_that_nobody_hears_counts_for_nothing():
    assert patterns("all_patterns_unheard") == dict.fromkeys(SIGNALS, "fail")


def test_an_event_rule_tells_of_credentials_as_an_alarm_does():
    told = patterns("credentials_changes_by_event_rule")
    assert [name for name, outcome in told.items() if outcome == "pass"] == ["credentials changes"]


def test_where_partners_call_nothing_no_pattern_of_abuse_is_asked_for():
    assert patterns("group_for_a_year") == {"": "not_applicable"}
