"""What headers of answers show, and what they cannot show."""

import pytest

from checks.families import ocpi_headers
from checks.model.verdict import Outcome
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.ocpi.headers import HeadersObserved
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.subject import InterfaceSubject
from scanner.model.witness import Witness
from tests.targets.judged import findings_from


def outcome(content_type: str | None, *, without_body: bool) -> Outcome:
    fact = HeadersObserved(
        content_type=content_type,
        cache_control="no-store",
        strict_transport_security="max-age=1",
        content_type_options="nosniff",
        content_security_policies=(),
        software=(),
        holds_credentials=False,
        curl="curl https://h",
        without_body=without_body,
    )
    subject = InterfaceSubject(environment="test", endpoint="main", version="2.2.1", module="cdrs", method="GET")
    key = FactKey(fact=HeadersObserved, subject=subject, witness=Witness.PROTOCOL)
    evidence = (EvidenceRef(id="e", sha256="0" * 64, path="evidence/e.json"),)
    facts = FactStore()
    facts.record(Observation(key=key, result=Seen(fact=fact, evidence=evidence)))

    found = findings_from(ocpi_headers.CHECKS, facts)
    return next(f.outcome for f in found if f.check == "ocpi-headers-content-type-json")


@pytest.mark.parametrize(
    "content_type, without_body, expected",
    [
        ("application/json; charset=utf-8", False, Outcome.PASS),
        ("text/html", False, Outcome.FAIL),
        (None, False, Outcome.FAIL),
        ("text/html", True, Outcome.FAIL),
        (None, True, Outcome.PASS),
    ],
)
def test_an_answer_without_a_body_needs_no_content_type(content_type, without_body, expected):
    assert outcome(content_type, without_body=without_body) is expected
