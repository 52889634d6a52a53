"""Stacks that look guarded and are not are found out; sound ones that look odd are let be."""

import pytest

from checks.model.verdict import Outcome
from tests.checks.families.cloud.case_tables import F, I, P, Row, said

N = Outcome.NOT_APPLICABLE
ROWS: list[Row] = [
    ("edge-firewall-on-every-entry", "machine_behind_public_network_balancer", "public", F),
    ("edge-firewall-on-every-entry", "firewall_behind_network_balancer", "public", P),
    ("entry-points-no-way-around-gateway", "machine_behind_public_network_balancer", "public", F),
    ("edge-firewall-on-every-entry", "classic_balancer_without_tls", "classic", F),
    ("edge-tls-1-2", "classic_balancer_without_tls", "classic", F),
    ("edge-access-logs", "classic_balancer_without_tls", "classic", F),
    ("edge-tls-1-2", "rule_beside_redirect", "plain", F),
    ("exposure-no-open-function-url", "url_of_a_foreign_function", "url", F),
    ("exposure-no-open-function-url", "url_of_an_alias", "ocpi", F),
    ("entry-points-no-way-around-gateway", "function_that_anybody_may_invoke", "open", F),
    ("entry-points-no-way-around-gateway", "function_that_an_organisation_may_invoke", "", N),
    ("edge-firewall-on-every-entry", "private_api", "", N),
    ("authoriser-forgets-in-time", "described_api", "api", I),
    ("authoriser-asked-with-the-header", "described_api", "api", I),
    ("authoriser-called-by-its-gateway", "described_api", "api", I),
    ("inner-hops-with-tls", "described_api", "api", I),
    ("validation-models", "described_api", "api", I),
    ("validation-every-content-type", "described_api", "api", I),
    ("throttling-on-every-stage", "rates_that_limit_nothing", "stage", F),
    ("throttling-on-every-stage", "method_without_the_rate_of_its_stage", "stage", F),
    ("throttling-plans-have-rates", "plan_of_no_stage", "plan", F),
    ("waf-rate-per-address", "firewall_with_tricks", "acl", F),
    ("waf-rate-per-address", "rate_by_a_header_of_the_caller", "acl", I),
    ("waf-named-addresses-only", "firewall_with_tricks", "acl", F),
    ("waf-nothing-passes-before-the-rules", "firewall_with_tricks", "acl", F),
    ("waf-logged", "firewall_with_tricks", "acl", I),
    ("waf-rules-block", "labels_of_a_counting_group", "acl", P),
    ("authoriser-called-by-its-gateway", "authoriser_that_every_api_may_ask", "authoriser", F),
    ("authoriser-called-by-its-gateway", "authoriser_that_anybody_may_ask", "authoriser", F),
    ("validation-models", "model_that_says_nothing", "post", F),
    ("iam-rights-named", "role_of_a_pod", "pod", F),
    ("iam-trust-named", "role_of_an_identity_pool", "users", P),
    ("iam-rights-named", "role_with_a_whole_service", "wide", F),
    ("iam-no-escalation", "role_that_makes_identities_without_bounds", "maker", F),
    ("data-policy-closed", "bucket_for_any_role", "data", F),
    ("data-policy-closed", "bucket_for_any_trail", "data", F),
    ("data-policy-closed", "bucket_for_one_trail", "data", P),
    ("data-tls-only", "bucket_that_guards_itself_only", "data", F),
    ("data-tls-only", "bucket_that_guards_its_objects", "data", P),
    ("data-expires", "bucket_that_ends_markers_only", "data", F),
    ("data-expires", "bucket_that_ends_a_corner_only", "data", I),
    ("data-expires", "bucket_that_keeps_every_version", "data", F),
    ("secrets-not-in-environment", "secrets_under_other_names", "pass", F),
    ("secrets-not-in-environment", "secrets_under_other_names", "slash", F),
    ("secrets-not-in-environment", "secrets_under_other_names", "nested", F),
    ("secrets-not-in-environment", "secrets_under_other_names", "path", P),
    ("secrets-not-in-user-data", "machines_with_secrets", "docker", F),
    ("secrets-not-in-user-data", "machines_with_secrets", "header", F),
    ("secrets-not-in-user-data", "machines_with_secrets", "unit", F),
    ("secrets-not-in-user-data", "machines_with_secrets", "zipped", F),
    ("secrets-not-in-user-data", "machines_with_secrets", "sound", P),
    ("alarms-live", "alarm_under_a_composite", "child", P),
    ("logs-audit-trail", "trail_without_management_events", "trail", F),
    ("retries-only-what-failed", "retries_without_end", "records", F),
    ("segmentation-internet-by-named-egress-only", "service_called_proxy", "ocpi-proxy", F),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[1]}-{row[0]}-{row[2]}")
def test_what_looks_guarded_is_looked_at_twice(row):
    assert said("tricks", row) is row[3]
