"""The reference stack: clean as it is, and each weakness turns exactly the checks and policies of the table red."""

from typing import Final

import pytest

from checks.model.verdict import Outcome
from infra.weaknesses import Weakness
from tests.checks.families.cloud.weakened import (
    ALONE,
    CALLING,
    CHECKS,
    CONTAINER,
    EXPECTED,
    HARDENED,
    OF_CALLING,
    WEAKENED,
    failed_policies,
    outcomes,
    run_of,
    weaknesses_in,
)

# What the stack does not have, so that a check has nothing to judge there.
NOT_THERE: Final = frozenset(
    {
        "cloud-access-not-from-other-environments",  # one environment alone has no other
        "cloud-authoriser-fails-closed-at-balancers",  # no load balancer
        "cloud-ddos-protected",  # a stage of API Gateway is nothing that Shield Advanced protects
        "cloud-throttling-without-a-stage",  # partners come through the stage of its API only
        "cloud-authoriser-token-form",  # its authoriser is given the whole request
        "cloud-mutual-tls-nothing-beside",
        "cloud-mutual-tls-revocation-checked",  # partners show no client certificates
        "cloud-mutual-tls-trust-store-kept",
        "cloud-containers-image-by-digest",  # its service is a function
        "cloud-containers-no-shell",
        "cloud-containers-read-only",
        "cloud-data-backups-expire",  # tables are brought back by point-in-time recovery, not by AWS Backup
        "cloud-data-copies-protected",  # nothing streams, exports or replicates the tables
        "cloud-egress-metadata-wants-session",  # no instances
        "cloud-exposure-cluster-endpoint-closed",  # no Kubernetes
        "cloud-exposure-stores-off-the-internet",  # tables and secrets have no address of their own
        "cloud-iam-no-user-keys",  # no users: those who take its roles are in another account
        "cloud-retries-only-what-failed",  # no event source
        "cloud-secrets-not-in-user-data",  # no instances
        "cloud-separation-accounts",  # one environment alone has nobody to share with
        "cloud-separation-no-way-into-the-other",
        "cloud-separation-nothing-shared",
    }
)
OF_A_CONTAINER: Final = {check.id for check in CHECKS if check.id.startswith("cloud-containers-")}
# Accepted at its line: the log of a load balancer has raw paths.
ACCEPTED_OF_A_CONTAINER: Final = {"CKV_AWS_91"}


def test_the_table_names_every_weakness_and_no_other():
    assert set(EXPECTED) == {weakness.value for weakness in Weakness}


@pytest.mark.parametrize("name", [HARDENED, CONTAINER, CALLING, *WEAKENED])
def test_the_program_comes_to_its_end(name):
    run = run_of(name)
    assert run.problem is None
    assert len(run.resources) > 200


def test_every_check_passes_on_the_hardened_stack():
    expected = {check.id: {Outcome.NOT_APPLICABLE if check.id in NOT_THERE else Outcome.PASS} for check in CHECKS}
    assert outcomes(HARDENED) == expected


@pytest.mark.parametrize("stack", [CONTAINER, CALLING])
def test_every_check_passes_on_the_hardened_stack_with_a_container(stack):
    absent = NOT_THERE - OF_A_CONTAINER
    expected = {check.id: {Outcome.NOT_APPLICABLE if check.id in absent else Outcome.PASS} for check in CHECKS}
    assert outcomes(stack) == expected


@pytest.mark.parametrize("stack", [CONTAINER, CALLING])
def test_no_mapped_policy_fails_with_a_container_but_the_accepted_one(stack):
    assert failed_policies(stack) == ACCEPTED_OF_A_CONTAINER


def test_no_mapped_policy_fails_on_the_hardened_stack():
    assert failed_policies(HARDENED) == set()


ONE_BY_ONE = [pytest.param(name, marks=pytest.mark.slow) for name in ALONE]


@pytest.mark.parametrize("stack", [*WEAKENED, *ONE_BY_ONE])
def test_weaknesses_turn_exactly_the_checks_of_the_table_red(stack):
    red = {check for check, found in outcomes(stack).items() if Outcome.FAIL in found}
    assert red == {check for name in weaknesses_in(stack) for check in EXPECTED[name]["checks"]}


@pytest.mark.parametrize("stack", [*WEAKENED, *ONE_BY_ONE])
def test_weaknesses_turn_exactly_the_policies_of_the_table_red(stack):
    names = weaknesses_in(stack)
    accepted = ACCEPTED_OF_A_CONTAINER if OF_CALLING.issuperset(names) else set()
    assert failed_policies(stack) == {policy for name in names for policy in EXPECTED[name]["checkov"]} | accepted


def test_every_weakness_is_shown_once():
    assert sorted(name for stack in WEAKENED for name in weaknesses_in(stack)) == sorted(EXPECTED)


def test_every_weakness_is_seen_by_somebody():
    assert all(row["checks"] or row["checkov"] for row in EXPECTED.values())
