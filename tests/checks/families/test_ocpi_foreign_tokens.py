"""A test token in production: refused where each has its store, found where they share one."""

import asyncio
import json
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from checks.catalog import CATALOG
from checks.engine import judge
from checks.families.ocpi_foreign_tokens import CHECKS
from checks.model.check import Case, Sighting
from checks.model.verdict import Outcome
from infra.service.deployment.folder import prepare
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.answer import Access, Answer
from scanner.model.facts.ocpi.tokens import ForeignTokenTried
from scanner.model.facts.ocpi.versions import AuthorizationForm
from scanner.model.secret import Secret
from scanner.model.subject import InterfaceSubject
from scanner.model.token_encoding import TokenEncoding
from scanner.model.witness import Witness
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.tokens.foreign import ForeignTokenProbe
from scanner.run.plan import ScanPlan
from scanner.run.runner import run_scan
from tests.targets.protocol_runs import target_of
from tests.targets.reference_service import running_service

SHOWN = frozenset({("test", "emsp-a")})


@cache
def production_findings(*, shared=False, shown=SHOWN, dead=False, prod_token=True):
    """Two platforms, of one store or of two; the test token is shown to the second."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(TemporaryDirectory()))
        test = stack.enter_context(running_service(versions=("2.2.1",)))
        folder = test.folder if shared else prepare(place / "prod")
        prod = stack.enter_context(running_service(folder=folder, versions=("2.2.1",)))
        targets = (
            target_of(test, ["emsp-a"]),
            replace(target_of(prod, ["emsp-b"]), name="prod", shown_here=shown),
        )
        token = "test-token-that-opens-nothing" if dead else test.tokens["emsp-a"]
        own = prod.tokens["emsp-b"] if prod_token else "prod-token-that-opens-nothing"
        plan = ScanPlan(
            run_id="run",
            folder=place,
            started_at=datetime.now(UTC),
            targets=targets,
            probes=(DiscoveryProbe(), ForeignTokenProbe()),
            tokens={("test", "emsp-a"): Secret(token), ("prod", "emsp-b"): Secret(own)},
        )
        result = asyncio.run(run_scan(plan))
        journal = (place / "journal.jsonl").read_text()
        assert token not in journal
    assert not result.bugs, result.bugs
    found = judge(CHECKS, result.facts, ["prod"], lambda check, trace: pytest.fail(f"{check}: {trace}"))
    lines = [json.loads(line) for line in journal.splitlines()]
    return found, sum(line["kind"] == "intent" and line["probe"] == ForeignTokenProbe.name for line in lines)


def test_the_check_is_in_the_catalogue():
    assert set(CHECKS) <= set(CATALOG)


def test_a_platform_of_its_own_store_refuses_it():
    (finding,), asked = production_findings()
    assert finding.outcome is Outcome.PASS
    assert finding.subject.environment == "prod"
    assert asked == 2  # in two forms
    assert finding.evidence


def test_platforms_that_share_a_store_are_found_with_evidence_and_a_way_to_repeat_it():
    (finding,), asked = production_findings(shared=True)
    assert finding.outcome is Outcome.FAIL
    assert "emsp-a of test" in finding.message
    assert asked == 1
    assert finding.evidence
    assert (finding.reproduce or "").startswith("curl ")


@pytest.mark.parametrize(
    "lack, why", [({"dead": True}, "it may be dead"), ({"prod_token": False}, "no token of prod was seen to work")]
)
def test_a_refusal_counts_only_where_both_tokens_work_at_home(lack, why):
    (finding,), _ = production_findings(**lack)
    assert finding.outcome is Outcome.INCONCLUSIVE
    assert why in finding.message


def test_without_a_word_in_the_configuration_nothing_is_shown():
    (finding,), asked = production_findings(shown=frozenset())
    assert finding.outcome is Outcome.NOT_TESTED
    assert asked == 0


REFUSED = Answer(http_status=401, ocpi_status=2001, access=Access.REFUSED, curl="curl x")
FACT = ForeignTokenTried(environment="test", identity="emsp-a", answers=(REFUSED,))


def sighting(fact, environment, endpoint="main", identity=None):
    subject = InterfaceSubject(environment=environment, endpoint=endpoint, module="versions", method="GET")
    ref = EvidenceRef(id="e", sha256="0" * 64, path="evidence/e.json")
    return Sighting(fact=fact, subject=subject, witness=Witness.PROTOCOL, identity=identity, evidence=(ref,))


@pytest.mark.parametrize("endpoint, outcome", [("main", Outcome.PASS), ("spare", Outcome.INCONCLUSIVE)])
def test_a_door_that_no_token_opens_shows_nothing_where_another_one_is_open(endpoint, outcome):
    form = AuthorizationForm(encoding=TokenEncoding.BASE64, refused=())
    works = (sighting(form, "test", identity="emsp-a"), sighting(form, "prod", endpoint, "emsp-b"))
    tried = sighting(FACT, "prod", "main", "emsp-a of test")
    (verdict,) = CHECKS[0].judge(Case(subject=tried.subject, drivers=(tried,), joined=works))
    assert verdict.outcome is outcome
