"""A fail that is looked at again: still there, gone, or it cannot be said; silence is never gone."""

from dataclasses import replace

import pytest

from checks.model.finding import Finding, fingerprint
from checks.model.verdict import Outcome, Population
from checks.replayed import Standing, replayed, tool_replayed
from scanner.model.evidence import EvidenceRef
from scanner.model.severity import Severity
from scanner.model.subject import EndpointSubject, EnvironmentSubject, Subject
from scanner.model.tool_verdict import ToolOutcome, ToolVerdict
from scanner.model.witness import Witness

MAIN = EndpointSubject(environment="test", endpoint="main")
OTHER = EndpointSubject(environment="test", endpoint="other")
REF = EvidenceRef(id="ev-1", sha256="0" * 64, path="evidence/00/x.json", title="an answer")


def finding(outcome: Outcome, path: str = "", subject: Subject = MAIN, examined: int = 10) -> Finding:
    return Finding(
        fingerprint=fingerprint("a-check", subject, path),
        check="a-check",
        title="It holds",
        controls=(),
        outcome=outcome,
        severity=Severity.HIGH,
        witness=Witness.PROTOCOL,
        subject=subject,
        message=f"{outcome} at {path or 'the whole'}",
        source="RFC",
        evidence=(REF,) if outcome in {Outcome.PASS, Outcome.FAIL} else (),
        population=Population(examined=examined),
        field_path=path,
    )


BEFORE = finding(Outcome.FAIL, "/a")


@pytest.mark.parametrize(
    "after,standing",
    [
        ([finding(Outcome.FAIL, "/a")], Standing.STILL_THERE),
        ([finding(Outcome.PASS, "/a")], Standing.GONE),
        ([finding(Outcome.PASS)], Standing.GONE),
        ([finding(Outcome.FAIL, "/b")], Standing.GONE),
        ([finding(Outcome.FAIL, "/b", examined=9)], Standing.UNKNOWN),
        ([finding(Outcome.INCONCLUSIVE, "/a")], Standing.UNKNOWN),
        ([finding(Outcome.INCONCLUSIVE)], Standing.UNKNOWN),
        ([finding(Outcome.NOT_TESTED)], Standing.UNKNOWN),
        ([finding(Outcome.NOT_APPLICABLE)], Standing.UNKNOWN),
        ([finding(Outcome.NOT_APPLICABLE, "/a")], Standing.UNKNOWN),
        ([finding(Outcome.FAIL, "/b"), finding(Outcome.INCONCLUSIVE, "/c")], Standing.UNKNOWN),
        ([finding(Outcome.PASS, subject=OTHER)], Standing.UNKNOWN),
        ([finding(Outcome.INCONCLUSIVE, subject=EnvironmentSubject(environment="test"))], Standing.UNKNOWN),
        ([], Standing.UNKNOWN),
    ],
)
def test_a_fail_is_gone_only_where_its_place_was_judged_again(after, standing):
    answer = replayed(BEFORE, after)
    assert answer.standing is standing
    assert answer.why
    assert bool(answer.evidence) or standing is Standing.UNKNOWN


def test_what_another_identity_sees_says_nothing():
    theirs = replace(finding(Outcome.PASS), identity="emsp-two")
    assert replayed(BEFORE, [theirs]).standing is Standing.UNKNOWN


def test_why_it_was_not_seen_again_is_named():
    unreachable = finding(Outcome.INCONCLUSIVE, subject=EnvironmentSubject(environment="test"))
    assert replayed(BEFORE, [unreachable]).why == "inconclusive at the whole"


def verdict(outcome: ToolOutcome, rule: str = "CKV_1") -> ToolVerdict:
    return ToolVerdict(
        tool="checkov",
        tool_version="3",
        rule=rule,
        title="It holds",
        outcome=outcome,
        severity=None,
        subject=MAIN,
        witness=Witness.CLOUD_DECLARED,
        detail="",
        evidence=(REF,),
    )


@pytest.mark.parametrize(
    "after,standing",
    [
        ([verdict(ToolOutcome.FAIL)], Standing.STILL_THERE),
        ([verdict(ToolOutcome.PASS)], Standing.GONE),
        ([verdict(ToolOutcome.PASS), verdict(ToolOutcome.FAIL)], Standing.STILL_THERE),
        ([verdict(ToolOutcome.PASS), verdict(ToolOutcome.NO_ANSWER)], Standing.UNKNOWN),
        ([verdict(ToolOutcome.NO_ANSWER)], Standing.UNKNOWN),
        ([verdict(ToolOutcome.PASS, "CKV_2")], Standing.UNKNOWN),
        ([], Standing.UNKNOWN),
    ],
)
def test_a_fail_of_a_tool_is_gone_only_where_the_tool_says_pass(after, standing):
    fail = replace(BEFORE, tool="checkov", check="CKV_1", fingerprint=fingerprint("checkov:CKV_1", MAIN), field_path="")
    assert tool_replayed(fail, after).standing is standing
