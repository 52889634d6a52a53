"""The organisation's example, applied to moto: what AWS refuses without an organisation comes after it."""

from __future__ import annotations

import json

import pytest
from moto import mock_aws

from tests.infra.applied.apply import apply
from tests.infra.applied.documented import untold
from tests.infra.applied.looked_at import MOTO
from tests.infra.applied.read_back import read_back
from tests.infra.recorded_program import PYTHON, example


@pytest.mark.slow
def test_the_organisation_can_be_made_in_the_order_of_the_program():
    if not PYTHON.exists():
        pytest.skip("infra/.venv is not there: `make setup` makes it")
    with mock_aws(config=MOTO):
        applied = apply(example("org"))
        there = read_back(applied.account, "organization", "trails", "buckets")
    assert (applied.account.complaints, applied.sdk_complaints, applied.overlooked) == ([], [], [])
    assert untold(applied.account.calls) == []
    accounts, policies = there["organization"]["accounts"], there["organization"]["policies"]
    assert accounts.keys() > {"ocpi-test", "ocpi-prod", "ocpi-audit", "ocpi-log-archive"}
    units = {parent["Id"] for name, parents in accounts.items() if name.startswith("ocpi-") for parent in parents}
    assert len(units) == 2
    assert len(policies) > 3
    for policy in policies:
        assert units <= {target["TargetId"] for target in policy["targets"]}, policy["PolicySummary"]["Name"]
        assert {statement["Effect"] for statement in json.loads(policy["Content"])["Statement"]} == {"Deny"}
    (trail,) = there["trails"]
    assert (trail["IsOrganizationTrail"], trail["IsMultiRegionTrail"], trail["status"]["IsLogging"]) == (True,) * 3
    assert trail["S3BucketName"] in {bucket["name"] for bucket in there["buckets"]}
