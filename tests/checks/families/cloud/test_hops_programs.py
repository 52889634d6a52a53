"""TLS at the edge and behind it, in programs that people would write."""

import pytest

from checks.families.cloud import inner_hops, mutual_tls, tls_policies
from checks.model.verdict import Outcome
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN
from tests.checks.families.cloud.cases import findings, outcomes
from tests.scanner.cloud.declared import declare

CHECKS = {
    check.id.removeprefix("cloud-"): check
    for family in (tls_policies, mutual_tls, inner_hops)
    for check in family.CHECKS
}
PASS, FAIL, UNDECIDED, NOTHING = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE
QUANTUM, API, BESIDE = "tls-post-quantum", "tls-policy-of-the-api", "mutual-tls-nothing-beside"
STORE, REVOCATION, HOPS = "mutual-tls-trust-store-kept", "mutual-tls-revocation-checked", "inner-hops-with-tls"


@pytest.mark.parametrize("check", CHECKS)
def test_a_stack_without_any_of_it_has_nothing_to_judge(check):
    assert set(outcomes(CHECKS[check], "hops", "nothing").values()) == {NOTHING}


@pytest.mark.parametrize(
    "check, case, outcome",
    [
        (QUANTUM, "domain_with_hybrid_exchange", PASS),
        (QUANTUM, "domain_without_hybrid_exchange", FAIL),
        (QUANTUM, "domain_with_old_policy", FAIL),
        (QUANTUM, "http_domain", FAIL),
        (QUANTUM, "listener_with_hybrid_exchange", PASS),
        (QUANTUM, "listener_without_hybrid_exchange", FAIL),
        (QUANTUM, "distribution", PASS),
        (QUANTUM, "domain_of_no_api", FAIL),
        (API, "api_with_policy", PASS),
        (API, "api_without_policy", FAIL),
        (API, "api_with_old_policy", FAIL),
        (API, "private_api", PASS),
        (BESIDE, "client_certificates", PASS),
        (BESIDE, "default_endpoint_beside", FAIL),
        (BESIDE, "other_domain_beside", FAIL),
        (BESIDE, "domain_of_no_api", UNDECIDED),
        (STORE, "client_certificates", PASS),
        (STORE, "any_version_of_the_trust_store", FAIL),
        (STORE, "trust_store_without_versions", FAIL),
        (STORE, "trust_store_open_to_the_public", FAIL),
        (STORE, "domain_of_no_api", UNDECIDED),
        (REVOCATION, "client_certificates", UNDECIDED),
        (REVOCATION, "listener_with_revocation", PASS),
        (REVOCATION, "listener_without_revocation", FAIL),
        (REVOCATION, "listener_that_passes_certificates_on", FAIL),
        (HOPS, "function_behind", PASS),
        (HOPS, "https_behind", PASS),
        (HOPS, "plain_http_behind", FAIL),
        (HOPS, "any_certificate_behind", FAIL),
        (HOPS, "plain_http_behind_a_link", FAIL),
        (HOPS, "tls_behind_a_link", PASS),
        (HOPS, "plain_targets", FAIL),
        (HOPS, "encrypted_targets", PASS),
        (HOPS, "targets_of_the_transport_layer", UNDECIDED),
        (HOPS, "distribution", PASS),
        (HOPS, "distribution_to_plain_origin", FAIL),
    ],
)
def test_each_hop_is_judged_by_what_it_speaks(check, case, outcome):
    assert outcomes(CHECKS[check], "hops", case)["one"] == outcome


@pytest.mark.parametrize(
    "check, token, inputs",
    [
        (QUANTUM, "aws:apigateway/domainName:DomainName", {"securityPolicy": UNKNOWN}),
        (API, "aws:apigateway/restApi:RestApi", {"securityPolicy": UNKNOWN}),
        (BESIDE, "aws:apigateway/domainName:DomainName", {"mutualTlsAuthentication": UNKNOWN}),
        (STORE, "aws:apigateway/domainName:DomainName", {"mutualTlsAuthentication": UNKNOWN}),
        (REVOCATION, "aws:apigateway/domainName:DomainName", {"mutualTlsAuthentication": UNKNOWN}),
        (HOPS, "aws:apigateway/integration:Integration", {"type": "HTTP_PROXY", "uri": UNKNOWN}),
        (HOPS, "aws:lb/targetGroup:TargetGroup", {"protocol": UNKNOWN}),
    ],
)
def test_what_is_unknown_until_deploy_decides_nothing(check, token, inputs):
    declared = DeclaredResources(stack="small/test", source="preview", resources=(declare(token, "one", inputs),))
    assert {finding.outcome for finding in findings(CHECKS[check], declared)} == {UNDECIDED}
