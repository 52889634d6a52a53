"""One worker process, asked by several stacks one after the other."""

import asyncio
import json
import os
import stat
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from scanner.cloud.bridge.plan_writer import write_plan
from scanner.cloud.bridge.token_map import token_map
from scanner.cloud.checkov import CheckovAnswer, CheckovFailed, CheckovSettings
from scanner.cloud.checkov_jobs import CheckovJobs
from scanner.cloud.declared import ForCheckov
from scanner.cloud.place import NotRun
from scanner.gate.process import ProcessResult, run_process
from scanner.model.intent import ProcessIntent
from tests.scanner.cloud.declared import declare

T = TypeVar("T")

BAD: Path = Path("tests/scanner/cloud/bad_policies").resolve()
TEMPLATE = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Resources": {
        "Alarms": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "alarms"}},
        "Store": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "cdrs"}},
    },
}


def topic(name: str) -> ForCheckov:
    written = write_plan([declare("aws:sns/topic:Topic", name, {"name": name})], token_map())
    return ForCheckov(framework="terraform_plan", document=written.document, resources=written.resources)


def jobs_in(folder: Path, settings: CheckovSettings, life_s: float = 120.0) -> CheckovJobs:
    async def run(intent: ProcessIntent) -> ProcessResult:
        return await run_process(intent, folder)

    return CheckovJobs(settings, run, folder, life_s, ("test", "prod"))


def asked(
    folder: Path, settings: CheckovSettings, talk: Callable[[CheckovJobs], Awaitable[T]], life_s: float = 120.0
) -> T:
    async def whole() -> T:
        jobs = jobs_in(folder, settings, life_s)
        jobs.start()
        try:
            return await talk(jobs)
        finally:
            await jobs.close()

    return asyncio.run(whole())


async def outcome(jobs: CheckovJobs, document: ForCheckov) -> CheckovAnswer | CheckovFailed:
    try:
        return await jobs.judge(document)
    except CheckovFailed as failed:
        return failed


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made: Path = tmp_path_factory.mktemp("worker")
    return made


@pytest.fixture(scope="module")
def answers(folder) -> list[CheckovAnswer | CheckovFailed]:
    """Stacks, a template, one that crashes Checkov, one that hangs it, one it cannot read, the first again."""
    unreadable = ForCheckov(framework="terraform_plan", document={"planned_values": 7}, resources={})
    template = ForCheckov(framework="cloudformation", document=TEMPLATE, resources={})
    documents = (topic("a"), topic("b"), template, topic("crashes"), topic("hangs"), unreadable, topic("a"))

    async def talk(jobs: CheckovJobs) -> list[CheckovAnswer | CheckovFailed]:
        return [await outcome(jobs, one) for one in documents]

    return asked(folder, CheckovSettings(policies=(BAD,), timeout_s=4.0), talk)


def judged(answer: CheckovAnswer | CheckovFailed) -> set[tuple[str, str, str]]:
    assert isinstance(answer, CheckovAnswer), answer
    return {(one["rule"], one["resource"], one["result"]) for one in answer.results}


def test_each_stack_has_its_own_answer(answers):
    assert ("CKV_AWS_26", "aws_sns_topic.a", "FAILED") in judged(answers[0])
    assert {resource for _, resource, _ in judged(answers[1])} == {"aws_sns_topic.b"}
    assert answers[0].missing == ()


def test_nothing_of_one_stack_is_left_for_the_next(answers):
    assert judged(answers[-1]) == judged(answers[0])
    assert answers[-1].raised == answers[0].raised == {"CKV_TEST_1", "CKV_TEST_2"}


def test_a_policy_that_raises_is_named_and_cannot_reach_the_network(answers):
    assert {rule for rule, _, result in judged(answers[0]) if result == "UNKNOWN"} == {"CKV_TEST_1", "CKV_TEST_2"}
    assert ["CKV_TEST_2", "NetworkRefusedError"] in answers[0].document["raised"]


def test_a_template_is_judged_as_it_is(answers):
    said = judged(answers[2])
    assert ("CKV_AWS_26", "AWS::SNS::Topic.Alarms", "FAILED") in said
    assert ("CKV_AWS_18", "AWS::S3::Bucket.Store", "FAILED") in said
    assert answers[2].missing == ()


@pytest.mark.parametrize(
    "number, said, timed_out",
    [
        (3, "Checkov gave no answer: it was ended by signal SIGABRT", False),
        (4, "Checkov had to be ended because its time was up", True),
        (5, "Checkov gave no answer: ", False),
    ],
)
def test_what_ends_badly_is_named_with_its_own_stack_and_the_next_is_judged(answers, number, said, timed_out):
    failed = answers[number]
    assert isinstance(failed, CheckovFailed)
    assert str(failed).startswith(said)
    assert failed.timed_out is timed_out


def test_one_process_served_them_all_and_documents_are_ours_alone_to_read(answers, folder):
    assert answers
    (place,) = folder.glob("checkov-*")
    assert {stat.S_IMODE(file.stat().st_mode) for file in place.iterdir()} == {0o600}
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_policies_say_which_of_them_ask_for_a_connection(answers):
    assert answers[0].connecting["CKV2_AWS_57"] == ("exists",)
    assert "CKV_AWS_26" not in answers[0].connecting


def a_worker(folder: Path, text: str) -> CheckovSettings:
    """In place of Checkov's interpreter: a program that is handed the worker's arguments."""
    file = folder / "python"
    file.write_text(f"#!{sys.executable}\n{text}", encoding="utf-8")
    file.chmod(0o700)
    return CheckovSettings(python=file)


def test_a_worker_that_dies_after_it_answered_is_started_again(tmp_path):
    text = """
import json, sys, time, pathlib
place = pathlib.Path(json.load(sys.stdin)["folder"])
def answer(text):
    (place / "0.part").write_text(json.dumps({"failed": text}))
    (place / "0.part").replace(place / "0.answer")
while not (place / "0.job").exists(): time.sleep(0.01)
if place.name == "checkov-1": answer("second worker"); time.sleep(60)
answer("first worker")
while not (place / "1.job").exists(): time.sleep(0.01)
sys.exit("boom")
"""

    async def talk(jobs: CheckovJobs) -> list[str]:
        return [str(await outcome(jobs, topic(name))) for name in "abc"]

    first, second, third = asked(tmp_path, a_worker(tmp_path, text), talk)
    assert first.endswith("first worker")
    assert second == "Checkov gave no answer: boom"
    assert third.endswith("second worker")


@pytest.mark.parametrize(
    "text, message",
    [
        ("import sys; sys.exit(\"ModuleNotFoundError: No module named 'checkov'\")", "pip install checkov"),
        ("import os; os._exit(5)", "Checkov gave no answer: exit code 5"),
    ],
)
def test_a_worker_that_never_came_up_is_not_tried_again(tmp_path, text, message):
    async def talk(jobs: CheckovJobs) -> list[str]:
        return [str(await outcome(jobs, topic(name))) for name in "ab"]

    first, second = asked(tmp_path, a_worker(tmp_path, text), talk)
    assert message in first
    assert first == second
    assert [one.name for one in tmp_path.glob("checkov-*")] == ["checkov-0"]


def test_a_worker_whose_life_is_over_is_said_to_have_run_out_of_time(tmp_path):
    async def talk(jobs: CheckovJobs) -> CheckovAnswer | CheckovFailed:
        return await outcome(jobs, topic("a"))

    failed = asked(tmp_path, a_worker(tmp_path, "import time; time.sleep(60)"), talk, life_s=0.3)
    assert isinstance(failed, CheckovFailed)
    assert failed.timed_out


def test_a_worker_that_may_not_run_is_one_clear_sentence(tmp_path):
    async def run(_intent: ProcessIntent) -> ProcessResult:
        raise NotRun("no processes here")

    async def talk() -> CheckovAnswer | CheckovFailed:
        return await outcome(CheckovJobs(CheckovSettings(), run, tmp_path, 5.0, ("test",)), topic("a"))

    assert str(asyncio.run(talk())) == "no processes here"


def test_the_process_is_noted_for_every_environment_that_it_serves(tmp_path):
    seen: list[Any] = []

    async def run(intent: ProcessIntent) -> ProcessResult:
        seen.append(intent)
        raise NotRun("seen")

    async def talk() -> None:
        await outcome(CheckovJobs(CheckovSettings(python=Path(os.devnull)), run, tmp_path, 5.0, ("a", "b")), topic("a"))

    asyncio.run(talk())
    (intent,) = seen
    assert (intent.environment, set(intent.elsewhere), intent.argv[:2]) == ("a", {"b"}, (os.devnull, "-I"))
    assert set(json.loads(intent.stdin)) == {"folder", "policies", "life_s"}
