"""What Checkov's answers become."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.cloud import checkov_host
from scanner.cloud.bridge.plan_writer import write_plan
from scanner.cloud.bridge.token_map import token_map
from scanner.cloud.checkov import CheckovAnswer, CheckovFailed, read_answer, tool_verdicts
from scanner.cloud.checkov_host.ocpi_posture_checkov.offline import NetworkRefusedError, refuse_network
from scanner.model.evidence import EvidenceRef
from scanner.model.resource import UNKNOWN
from scanner.model.tool_verdict import ToolOutcome
from tests.scanner.cloud.declared import declare

EVIDENCE = (EvidenceRef(id="e", sha256="0", path="evidence/e.json"),)


@pytest.mark.parametrize("event", ["socket.connect", "socket.getaddrinfo", "socket.sendto"])
def test_every_way_to_the_network_is_refused(event):
    with pytest.raises(NetworkRefusedError, match="works offline"):
        refuse_network(event, (None, ("192.0.2.1", 443)))


def test_what_is_put_off_is_there_when_it_is_needed():
    look = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from ocpi_posture_checkov.loading import put_off; put_off()\n"
        "import aiohttp, boto3, docker, hcl2\n"
        "import docker\n"  # a second import is no use of it
        "print(*(name in sys.modules for name in ('aiohttp.client', 'boto3.session', 'docker.api')))\n"
        "print('_parser' in vars(hcl2.parser.Hcl2.lark_parser))\n"
        "print(hcl2.loads('eval = \"${var.name}\"\\n'), aiohttp.ClientSession.__name__)\n"
        "print(boto3.session.Session.__name__, docker.from_env.__name__)\n"
    )
    host = Path(checkov_host.__file__).parent
    done = subprocess.run([sys.executable, "-I", "-c", look, host], capture_output=True, text=True, check=True)
    assert done.stdout == "False False False\nFalse\n{'eval': ['${var.name}']} ClientSession\nSession from_env\n"


def test_other_events_are_let_pass():
    refuse_network("open", ("plan.json", "r"))


@pytest.mark.parametrize(
    "document, message, timed_out",
    [
        ({"failed": "", "timed_out": True}, "had to be ended because its time was up", True),
        ({"failed": "it was ended by signal SIGSEGV"}, "no answer: it was ended by signal SIGSEGV", False),
        ({}, "an answer of another form", False),
        ({"version": "3", "results": 7}, "an answer of another form", False),
    ],
)
def test_a_job_without_an_answer_is_one_clear_sentence(document, message, timed_out):
    with pytest.raises(CheckovFailed, match=message) as raised:
        read_answer(document)
    assert raised.value.timed_out is timed_out


@pytest.mark.parametrize(
    "changes, message",
    [({"unread": ["plan.json"]}, "could not read the document"), ({"results": []}, "gave no result for 3")],
)
def test_an_answer_that_judged_nothing_is_no_answer(changes, message):
    whole = {"version": "3", "results": [{}], "missing": [], "raised": [], "connecting": {}, "unread": []}
    with pytest.raises(CheckovFailed, match=message):
        read_answer({**whole, "resources": 3, **changes})


def answered(**changes: object) -> CheckovAnswer:
    one = {"rule": "CKV_X", "title": "x", "result": "UNKNOWN", "resource": "aws_sns_topic.t", "severity": "high"}
    results = ({**one, "details": [], "keys": ["name"], **changes},)
    return CheckovAnswer(version="3", results=results, missing=(), raised=frozenset(), document={})


def verdicts_on(answer: CheckovAnswer, **inputs):
    plan = write_plan([declare("aws:sns/topic:Topic", "t", inputs)], token_map())
    return list(tool_verdicts(answer, plan.resources, "test", EVIDENCE))


def test_a_verdict_has_the_line_of_the_program():
    (verdict,) = verdicts_on(answered(result="FAILED"))
    assert verdict.position is not None
    assert (verdict.position.file, verdict.position.line) == ("__main__.py", 7)
    assert (verdict.outcome, verdict.severity, verdict.detail) == (ToolOutcome.FAIL, "high", "Checkov looked at name")


def test_unknown_on_a_resource_that_is_known_means_that_the_policy_does_not_apply():
    assert verdicts_on(answered()) == []


def test_unknown_on_a_resource_with_unknown_values_is_no_answer():
    (verdict,) = verdicts_on(answered(), displayName=UNKNOWN)
    assert (verdict.outcome, verdict.detail) == (ToolOutcome.NO_ANSWER, "unknown until deploy: displayName")


def test_a_policy_that_raised_or_said_nothing_gave_no_answer():
    (raised,) = verdicts_on(replace(answered(), raised=frozenset({"CKV_X"})))
    assert (raised.outcome, raised.detail) == (ToolOutcome.NO_ANSWER, "the policy raised an exception")
    silent = replace(answered(result="PASSED"), missing=(("CKV_Y", "aws_sns_topic.t"),))
    assert [(one.rule, one.outcome) for one in verdicts_on(silent)] == [
        ("CKV_X", ToolOutcome.PASS),
        ("CKV_Y", ToolOutcome.NO_ANSWER),
    ]


@pytest.mark.parametrize(
    "result, words, expected",
    [
        ("PASSED", ("exists",), ToolOutcome.PASS),
        ("FAILED", ("exists",), ToolOutcome.NO_ANSWER),
        ("PASSED", ("not_exists",), ToolOutcome.NO_ANSWER),
        ("FAILED", ("not_exists",), ToolOutcome.FAIL),
        ("FAILED", (), ToolOutcome.FAIL),
        ("PASSED", (), ToolOutcome.PASS),
    ],
)
def test_what_rests_on_something_not_being_declared_is_no_answer_about_half_a_stack(result, words, expected):
    answer = replace(answered(result=result), connecting={"CKV_X": words})
    plan = write_plan([declare("aws:sns/topic:Topic", "t")], token_map())
    (whole,) = tool_verdicts(answer, plan.resources, "test", EVIDENCE)
    assert whole.outcome is (ToolOutcome.PASS if result == "PASSED" else ToolOutcome.FAIL)
    (half,) = tool_verdicts(answer, plan.resources, "test", EVIDENCE, ("it stopped half-way",))
    assert half.outcome is expected
    assert ("it stopped half-way" in half.detail) is (expected is ToolOutcome.NO_ANSWER)


def test_a_resource_of_a_template_is_found_by_its_logical_id():
    topic = declare("aws:sns/topic:Topic", "t")
    answer = answered(result="FAILED", resource="AWS::SNS::Topic.Alarms")
    (verdict,) = tool_verdicts(answer, {"Alarms": topic}, "test", EVIDENCE)
    assert verdict.subject.label().endswith("t")
    assert list(tool_verdicts(answer, {"Others": topic}, "test", EVIDENCE)) == []


@pytest.mark.parametrize("result", ["PASSED", "FAILED"])
@pytest.mark.parametrize(
    "keys, undecided",
    [
        (["access_log_settings/[0]/destination_arn"], True),
        (["retention_in_days"], False),
        (["access_log_settings"], False),  # what else is in it may have decided
        ([], False),
    ],
)
def test_a_policy_that_looked_at_a_value_unknown_until_deploy_gave_no_answer(result, keys, undecided):
    inputs = {"accessLogSettings": {"destinationArn": UNKNOWN}}
    (verdict,) = verdicts_on(answered(result=result, keys=keys), **inputs)
    assert (verdict.outcome is ToolOutcome.NO_ANSWER) is undecided
    assert ("unknown until deploy: accessLogSettings.destinationArn" in verdict.detail) is undecided
