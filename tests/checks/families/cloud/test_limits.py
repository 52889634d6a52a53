"""What passes at a limit and fails beyond it: programs and weaknesses show values far from it only."""

from collections.abc import Mapping
from typing import Final

import pytest

from checks.engine import judge
from checks.families.cloud import egress, logs_trail, throttling
from checks.families.cloud.waf_rates import is_beyond_reach
from checks.model.verdict import Outcome
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.resource import CloudValue, Resource
from scanner.model.subject import StackSubject
from scanner.model.witness import Witness
from tests.scanner.cloud.declared import declare

CHECKS: Final = (*egress.CHECKS, *logs_trail.CHECKS, *throttling.CHECKS)
BUCKET: Final = "aws:s3/bucket:Bucket"
LOCK: Final = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
P, F = Outcome.PASS, Outcome.FAIL


def outcome(check: str, *resources: Resource) -> Outcome:
    key = FactKey(
        fact=DeclaredResources,
        subject=StackSubject(environment="test", stack="small/test"),
        witness=Witness.CLOUD_DECLARED,
    )
    fact = DeclaredResources(stack="small/test", source="program", resources=resources)
    seen = Seen(fact=fact, evidence=(EvidenceRef(id="e", sha256="0", path="evidence/e.json"),))
    found = judge(CHECKS, FactStore([Observation(key=key, result=seen)]), ["test"])
    (one,) = (f for f in found if f.check == check)
    return one.outcome


@pytest.mark.parametrize("rate, expected", [(9_999, P), (10_000, F)])
def test_a_stage_may_take_less_than_the_whole_account(rate, expected):
    stage = declare("aws:apigatewayv2/stage:Stage", "s", {"defaultRouteSettings": {"throttlingRateLimit": rate}})
    assert outcome("cloud-throttling-on-every-stage", stage) is expected


@pytest.mark.parametrize("hops, expected", [(2, P), (3, F)])
def test_answers_of_a_metadata_service_travel_as_far_as_a_container(hops, expected):
    options = {"httpTokens": "required", "httpPutResponseHopLimit": hops}
    machine = declare("aws:ec2/instance:Instance", "i", {"metadataOptions": options})
    assert outcome("cloud-egress-metadata-wants-session", machine) is expected


@pytest.mark.parametrize("kept, expected", [({"days": 365}, P), ({"years": 1}, P), ({"days": 364}, F)])
def test_evidence_is_locked_for_a_year(kept: Mapping[str, CloudValue], expected):
    bucket = declare(BUCKET, "evidence", {"bucket": "evidence", "objectLockEnabled": True})
    retention = {"defaultRetention": {"mode": "COMPLIANCE", **kept}}
    lock = declare(LOCK, "lock", {"bucket": "evidence", "rule": retention}, {"bucket": (bucket,)})
    assert outcome("cloud-logs-evidence-locked", bucket, lock) is expected


@pytest.mark.parametrize(
    "settings, beyond",
    [
        ({"limit": 300_000}, False),
        ({"limit": 300_001}, True),
        ({"limit": 60_000, "evaluationWindowSec": 60}, False),
        ({"limit": 60_001, "evaluationWindowSec": 60}, True),
    ],
)
def test_a_rate_that_no_caller_meets_is_over_a_thousand_a_second(settings, beyond):
    assert is_beyond_reach(settings) is beyond
