from dataclasses import replace
from datetime import date

import pytest

from checks.accepted_in_code import accepted_in_code
from checks.model.finding import Finding, fingerprint
from checks.model.verdict import Outcome
from checks.model.waiver import Waiver, WaiverKind
from checks.waiving import MalformedWaiver, waived, waiver_findings
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.cloud import CodeComment, CodeComments
from scanner.model.severity import Severity
from scanner.model.subject import ResourceSubject
from scanner.model.witness import Witness

DAY = date(2027, 3, 1)
EVIDENCE = (EvidenceRef(id="ev-1", sha256="0" * 64, path="evidence/1.json"),)
WHOLE = 'accept CKV_AWS_7 owner="Ada" reason="moved in May" until=2027-03-01'


def finding(check: str = "CKV_AWS_7", urn: str = "a", outcome: Outcome = Outcome.FAIL, where: str = "test") -> Finding:
    subject = ResourceSubject(environment=where, stack="s", urn=urn)
    return Finding(
        fingerprint=fingerprint(check, subject),
        check=check,
        title="t",
        controls=(),
        outcome=outcome,
        severity=Severity.HIGH,
        witness=Witness.CLOUD_DECLARED,
        subject=subject,
        message="m",
        source="s",
        evidence=EVIDENCE,
    )


def seen(text: str = WHOLE, *urns: str, where: str = "test", line: int = 7) -> tuple[str, CodeComments]:
    comment = CodeComment(file="edge.py", line=line, text=text, urns=urns or ("a",))
    return where, CodeComments(stack="s", files=("edge.py",), comments=(comment,))


def outcomes(findings: list[Finding], *facts: tuple[str, CodeComments], day: date = DAY) -> list[Outcome]:
    waivers, malformed = accepted_in_code(facts)
    assert malformed == ()
    return [one.outcome for one in waived(findings, waivers, day)]


def complaints(findings: list[Finding], *facts: tuple[str, CodeComments], is_whole: bool = True) -> list[str]:
    waivers, malformed = accepted_in_code(facts)
    said = waiver_findings(findings, waivers, malformed, DAY, "test", EVIDENCE, is_whole=is_whole)
    return [f"{one.field_path} {one.message}".strip() for one in said if one.outcome is Outcome.FAIL]


def test_a_fail_of_the_named_rule_on_the_resource_beside_it_is_waived_and_says_where_that_stands():
    waivers, _ = accepted_in_code([seen()])
    (one,) = waived([finding()], waivers, DAY)
    assert one.outcome is Outcome.WAIVED
    assert one.waiver is not None
    assert (one.waiver.place, one.waiver.owner, one.waiver.kind) == ("edge.py:7", "Ada", "accepted")
    assert complaints([finding()], seen()) == []


def test_our_own_checks_are_waived_by_their_ids_and_several_rules_at_once():
    text = WHOLE.replace("CKV_AWS_7", "CKV_AWS_7,cloud-secrets-rotated CKV2_OCPI_1") + " kind=compensated"
    rules = [finding("CKV_AWS_7"), finding("cloud-secrets-rotated"), finding("CKV2_OCPI_1")]
    assert outcomes(rules, seen(text)) == [Outcome.WAIVED] * 3


@pytest.mark.parametrize(
    "other",
    [finding("CKV_AWS_8"), finding(urn="b"), finding(where="prod"), finding(outcome=Outcome.INCONCLUSIVE)],
)
def test_nothing_else_is_waived(other):
    assert outcomes([other], seen()) == [other.outcome]
    assert complaints([other], seen()) == ["edge.py:7 unused: CKV_AWS_7 does not fail there (waived by Ada)"]


def test_unused_is_said_of_a_whole_run_only_and_not_where_another_stack_needs_it():
    assert complaints([], seen(), is_whole=False) == []
    assert complaints([finding(where="prod")], seen(), seen(where="prod")) == []


def test_each_idle_rule_of_a_comment_is_named():
    text = WHOLE.replace("CKV_AWS_7", "CKV_AWS_7 CKV_AWS_8")
    assert complaints([finding()], seen(text)) == ["edge.py:7 unused: CKV_AWS_8 does not fail there (waived by Ada)"]


def test_a_lapsed_one_waives_nothing_and_is_reported():
    lapsed = seen(WHOLE.replace("2027-03-01", "2027-02-28"))
    assert outcomes([finding()], lapsed) == [Outcome.FAIL]
    assert "lapsed on 2027-02-28" in complaints([finding()], lapsed)[0]


def test_one_that_stands_for_many_is_too_broad_waives_nothing_and_is_reported():
    urns = [f"u{number}" for number in range(11)]
    findings = [finding(urn=urn) for urn in urns]
    assert set(outcomes(findings, seen(WHOLE, *urns))) == {Outcome.FAIL}
    assert "too broad: it stands for 11 findings" in complaints(findings, seen(WHOLE, *urns))[0]
    assert set(outcomes(findings[:10], seen(WHOLE, *urns[:10]))) == {Outcome.WAIVED}


@pytest.mark.parametrize(
    "text, said",
    [
        ('accept owner="A" reason="r" until=2027-03-01', "too broad: name each rule"),
        (WHOLE.replace("CKV_AWS_7", "CKV_AWS_*"), "too broad: name each rule"),
        (WHOLE.replace("CKV_AWS_7", "all"), "too broad: name each rule"),
        (WHOLE.replace("CKV_AWS_7", "ckv aws 7"), "ckv, aws, 7 is no id of a rule"),
        (WHOLE.replace(' owner="Ada"', ""), "it has no owner"),
        (WHOLE.replace('"Ada"', '" "'), "it has no owner"),
        ("accept CKV_AWS_7", "it has no owner and no reason and no until"),
        (WHOLE.replace("2027-03-01", "soon"), "until=soon is no date"),
        (WHOLE + " kind=because", "kind=because is none of accepted, compensated, false_positive"),
        (WHOLE + " ticket=7", "it has ticket, which nobody reads"),
        (WHOLE.replace('May"', "May"), "a quotation mark is not closed"),
        ("skip CKV_AWS_7", "it does not begin with `accept`"),
    ],
)
def test_a_malformed_one_waives_nothing_and_is_reported_at_its_line(text, said):
    waivers, malformed = accepted_in_code([seen(text)])
    assert waivers == ()
    (one,) = malformed
    assert one.place == "edge.py:7"
    assert said in one.what


def test_one_beside_no_resource_is_reported():
    fact = CodeComments(stack="s", comments=(CodeComment(file="edge.py", line=3, text=WHOLE),))
    _, malformed = accepted_in_code([("test", fact)])
    assert malformed == (MalformedWaiver(place="edge.py:3", what="it stands at no line that declares a resource"),)


def test_a_waiver_of_the_configuration_comes_before_one_in_the_code():
    waivers, _ = accepted_in_code([seen()])
    own = Waiver(
        fingerprint=finding().fingerprint, owner="Eve", reason="r", until=DAY, kind=WaiverKind.ACCEPTED, place="c:1"
    )
    (one,) = waived([finding()], [*waivers, own], DAY)
    assert one.waiver is not None
    assert (one.waiver.owner, one.waiver.place) == ("Eve", "c:1")
    (later,) = waived([finding()], [*waivers, replace(own, until=date(2026, 1, 1))], DAY)
    assert later.waiver is not None
    assert later.waiver.owner == "Ada"
