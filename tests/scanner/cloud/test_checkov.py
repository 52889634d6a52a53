"""The worker process as the probe starts it."""

import asyncio
import json
import stat
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.cloud.bridge.plan_writer import write_plan
from scanner.cloud.bridge.token_map import token_map
from scanner.cloud.checkov import (
    CheckovAnswer,
    CheckovFailed,
    CheckovSettings,
    call_off,
    checkov_intent,
    hand_over,
    read_answer,
    tool_verdicts,
)
from scanner.cloud.checkov_worker import NetworkRefusedError, addresses, refuse_network, wait_for
from scanner.gate.process import ProcessResult, run_process
from scanner.model.evidence import EvidenceRef
from scanner.model.resource import UNKNOWN
from scanner.model.tool_verdict import ToolOutcome
from tests.scanner.cloud.declared import declare

EVIDENCE = (EvidenceRef(id="e", sha256="0", path="evidence/e.json"),)
POLICIES = Path("tests/scanner/cloud/bad_policies").resolve()


def result(**changes: object) -> ProcessResult:
    whole = {"exit_code": 0, "stdout": b"", "stderr": b"", "timed_out": False, "truncated": False, "elapsed_s": 1.0}
    return ProcessResult(**{**whole, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def answer(tmp_path_factory) -> CheckovAnswer:
    """The worker, started before the plan is there, with two policies that misbehave."""
    folder = tmp_path_factory.mktemp("worker")
    plan = folder / "plan.json"
    written = write_plan([declare("aws:sns/topic:Topic", "alarms")], token_map())
    later = threading.Timer(0.5, hand_over, (plan, written.document))
    later.start()
    intent = checkov_intent(CheckovSettings(policies=(POLICIES,)), plan, 60.0, "test")
    done = asyncio.run(run_process(intent, folder))
    assert stat.S_IMODE(plan.stat().st_mode) == 0o600
    return read_answer(done)


def test_the_worker_waits_for_its_plan_and_answers(answer):
    said = {(one["rule"], one["result"]) for one in answer.results}
    assert ("CKV_AWS_26", "FAILED") in said
    assert answer.missing == ()


def test_a_policy_that_raises_does_not_end_the_run_and_is_named(answer):
    assert answer.raised == {"CKV_TEST_1", "CKV_TEST_2"}
    assert {one["rule"] for one in answer.results if one["result"] == "UNKNOWN"} == {"CKV_TEST_1", "CKV_TEST_2"}


def test_a_policy_cannot_reach_the_network(answer):
    assert ["CKV_TEST_2", "NetworkRefusedError"] in answer.document["raised"]


@pytest.mark.parametrize("event", ["socket.connect", "socket.getaddrinfo", "socket.sendto"])
def test_every_way_to_the_network_is_refused(event):
    with pytest.raises(NetworkRefusedError, match="works offline"):
        refuse_network(event, (None, ("192.0.2.1", 443)))


def test_other_events_are_let_pass():
    refuse_network("open", ("plan.json", "r"))


def test_the_worker_waits_until_the_time_is_up_or_it_is_called_off(tmp_path):
    plan = tmp_path / "plan.json"
    started = time.monotonic()
    assert not wait_for(plan, 0.1)
    assert time.monotonic() - started < 5
    call_off(plan)
    assert not wait_for(plan, 60.0)
    hand_over(plan, {"planned_values": {"root_module": {"resources": [{"address": "aws_x.y"}]}}})
    assert wait_for(plan, 0.0)
    assert addresses(plan) == ["aws_x.y"]


@pytest.mark.parametrize(
    "ended, message",
    [
        ({"timed_out": True}, "had to be ended because its time was up"),
        ({"exit_code": 1, "stderr": b"ModuleNotFoundError: No module named 'checkov'"}, "pip install checkov"),
        ({"exit_code": -11}, "Checkov gave no answer: exit code -11"),
        ({"stdout": b"{}", "stderr": b"boom"}, "Checkov gave no answer: boom"),
    ],
)
def test_a_worker_without_an_answer_is_one_clear_sentence(ended, message):
    with pytest.raises(CheckovFailed, match=message):
        read_answer(result(**ended))


@pytest.mark.parametrize(
    "changes, message",
    [({"unread": ["plan.json"]}, "could not read the plan"), ({"results": []}, "gave no result for 3")],
)
def test_an_answer_that_judged_nothing_is_no_answer(changes, message):
    document = {"version": "3", "results": [{}], "missing": [], "raised": [], "unread": [], "resources": 3, **changes}
    with pytest.raises(CheckovFailed, match=message):
        read_answer(result(stdout=json.dumps(document).encode()))


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


def test_the_interpreter_of_the_worker_can_be_chosen(tmp_path):
    intent = checkov_intent(CheckovSettings(python=Path("/opt/checkov/bin/python")), tmp_path / "p.json", 1.0, "test")
    assert intent.argv[:2] == ("/opt/checkov/bin/python", "-I")
    assert checkov_intent(CheckovSettings(), tmp_path / "p.json", 1.0, "test").argv[0] == sys.executable
