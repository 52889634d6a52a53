"""Another tool's verdicts beside our findings: mapped by a table, never counted as our checks."""

from dataclasses import replace

from checks.model.tool_rule import ToolRule
from checks.model.verdict import Outcome
from checks.tool_findings import tool_findings
from scanner.model.evidence import EvidenceRef
from scanner.model.severity import Severity
from scanner.model.subject import ResourceSubject
from scanner.model.tool_verdict import ToolOutcome, ToolVerdict
from scanner.model.witness import Witness

STAGE = ResourceSubject(environment="prod", stack="prod", urn="urn:pulumi:prod::ocpi::aws:apigateway/stage:Stage::v1")
VERDICT = ToolVerdict(
    tool="checkov",
    tool_version="3.3.30",
    rule="CKV_AWS_76",
    title="Ensure API Gateway has Access Logging enabled",
    outcome=ToolOutcome.FAIL,
    subject=STAGE,
    witness=Witness.CLOUD_DECLARED,
    evidence=(EvidenceRef(id="ev-1", sha256="0" * 64, path="evidence/00/0.json"),),
)
RULE = ToolRule(tool="checkov", rule="CKV_AWS_76", controls=("OCPI-LOG-01",), severity=Severity.HIGH)
TABLE = {("checkov", "CKV_AWS_76"): RULE}


def test_a_mapped_rule_brings_its_rows_and_severity():
    (finding,) = tool_findings([VERDICT], TABLE)
    assert (finding.controls, finding.severity, finding.outcome) == (("OCPI-LOG-01",), Severity.HIGH, Outcome.FAIL)
    assert (finding.check, finding.tool) == ("CKV_AWS_76", "checkov")


def test_what_the_tool_did_not_answer_is_inconclusive_where_it_matters():
    silent = replace(VERDICT, outcome=ToolOutcome.NO_ANSWER, evidence=())
    assert [f.outcome for f in tool_findings([silent], TABLE)] == [Outcome.INCONCLUSIVE]
    assert tool_findings([silent], {}) == ()


def test_general_hygiene_belongs_to_no_row_and_lists_fails_only():
    (finding,) = tool_findings([VERDICT], {})
    assert finding.controls == ()
    assert finding.severity is Severity.INFO
    assert tool_findings([replace(VERDICT, outcome=ToolOutcome.PASS)], {}) == ()


def test_of_two_verdicts_on_one_rule_and_subject_the_worse_stands():
    passed = replace(VERDICT, outcome=ToolOutcome.PASS)
    for order in ([VERDICT, passed], [passed, VERDICT]):
        assert [f.outcome for f in tool_findings(order, TABLE)] == [Outcome.FAIL]


def test_the_same_verdict_twice_is_one_finding_and_order_does_not_matter():
    other = replace(VERDICT, rule="CKV_AWS_1")
    assert tool_findings([VERDICT, other, VERDICT], TABLE) == tool_findings([other, VERDICT], TABLE)
