"""The probe against real programs, through a real gate."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.cloud.checkov import CheckovSettings
from scanner.cloud.probe import DeclaredCloudProbe
from scanner.model.cloud_input import CloudInput, ProgramInput
from scanner.model.facts.cloud import CheckovRun, CodeComments, DeclaredResources
from scanner.model.observation import Reason, Seen, Unavailable
from scanner.model.target import EnvironmentTarget
from scanner.model.witness import Witness
from scanner.probe import Recorder
from tests.scanner.cloud.running import program
from tests.scanner.gate_fixtures import open_gate

PROBE = DeclaredCloudProbe(CheckovSettings())


def record_of(folder: Path, *programs: CloudInput, probe: DeclaredCloudProbe = PROBE) -> Recorder:
    async def look() -> Recorder:
        target = EnvironmentTarget(name="test", inputs=programs)
        async with open_gate(target, folder) as opened:
            context = opened.context(Witness.CLOUD_DECLARED)
            await probe.run(context)
            return context.record

    return asyncio.run(look())


def results(record: Recorder, kind: type) -> list[Seen[object] | Unavailable]:
    return [one.result for one in record.observations if one.key.fact is kind]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made: Path = tmp_path_factory.mktemp("run")
    return made


@pytest.fixture(scope="module")
def record(folder) -> Recorder:
    return record_of(folder, program("sample"))


def test_a_program_becomes_declared_resources_with_evidence(record):
    (seen,) = results(record, DeclaredResources)
    assert isinstance(seen, Seen)
    assert isinstance(seen.fact, DeclaredResources)
    assert {one.stack for one in seen.fact.resources} == {seen.fact.stack}
    assert (seen.fact.stack, seen.fact.complete, len(seen.fact.resources)) == ("sample/test", True, 14)


def test_checkovs_verdicts_are_recorded_with_lines_and_evidence(record):
    (seen,) = results(record, CheckovRun)
    assert isinstance(seen, Seen)
    assert isinstance(seen.fact, CheckovRun)
    assert seen.fact.policies > 20
    assert any("frankfurt" in sentence for sentence in seen.fact.not_judged)
    assert {v.tool for v in record.tool_verdicts} == {"checkov"}
    rotation = next(v for v in record.tool_verdicts if v.rule == "CKV2_AWS_57")
    assert rotation.position is not None
    assert (rotation.outcome, rotation.position.file, rotation.position.line) == ("fail", "__main__.py", 15)
    assert set(record.tool_versions) == {"checkov", "pulumi"}


def test_comments_that_accept_something_are_recorded_with_their_resource(record):
    (seen,) = results(record, CodeComments)
    assert isinstance(seen, Seen)
    assert isinstance(seen.fact, CodeComments)
    (comment,) = seen.fact.comments
    assert (comment.file, comment.text[:18]) == ("__main__.py", "accept CKV_AWS_319")
    assert comment.urns == ("urn:pulumi:test::sample::aws:cloudwatch/metricAlarm:MetricAlarm::errors",)


def test_no_secret_of_the_program_is_in_any_file_of_the_run(record, folder):
    assert record.tool_verdicts
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert any("evidence" in file.parts for file in files)
    for file in files:
        text = file.read_bytes()
        assert b"CANARY" not in text, file
        assert b"IOSFODNN7EXAMPLE" not in text, file


def test_each_of_several_programs_is_judged_for_itself_by_one_checkov(tmp_path):
    """One stops half-way: it is judged as far as it came, and said to be incomplete. One gives nothing."""
    record = record_of(tmp_path, program("raises"), program("leaves"), replace(program("raises"), name="again"))
    first, nothing, again = results(record, DeclaredResources)
    assert isinstance(first, Seen)
    assert isinstance(first.fact, DeclaredResources)
    (missing,) = first.fact.missing
    assert missing.startswith("the Pulumi program raises stopped with RuntimeError: no such partner at __main__.py:5; ")
    assert isinstance(nothing, Unavailable)
    assert isinstance(again, Seen)
    subjects = [v.subject for v in record.tool_verdicts if v.rule == "CKV_AWS_7"]
    assert {one.coordinates()["stack"] for one in subjects} == {"raises/test", "again/test"}
    assert [one.name for one in (tmp_path / "scratch").glob("checkov-*")] == ["checkov-0"]


def test_a_checkov_that_cannot_be_started_leaves_the_declared_resources(tmp_path):
    broken = DeclaredCloudProbe(CheckovSettings(python=Path("/nowhere/python")))
    record = record_of(tmp_path, program("raises"), probe=broken)
    (seen,) = results(record, DeclaredResources)
    assert isinstance(seen, Seen)
    (result,) = results(record, CheckovRun)
    assert isinstance(result, Unavailable)
    assert result.detail == "/nowhere/python cannot be started: No such file or directory"


def test_a_project_that_is_not_there_is_named(tmp_path):
    record = record_of(tmp_path, ProgramInput(name="p", directory=tmp_path / "nowhere", stack="test"))
    for result in (*results(record, DeclaredResources), *results(record, CheckovRun)):
        assert isinstance(result, Unavailable)
        assert result.reason is Reason.UNPARSABLE
        assert "Pulumi.yaml does not exist" in result.detail


def test_without_a_program_nothing_was_looked_at_by_choice(tmp_path):
    record = record_of(tmp_path)
    reasons = {one.result.reason for one in record.observations if isinstance(one.result, Unavailable)}
    assert reasons == {Reason.NOT_CONFIGURED}
    assert len(record.observations) == len(PROBE.provides)


def test_the_dry_run_says_that_nothing_leaves_the_machine():
    (planned,) = PROBE.plan(EnvironmentTarget(name="test", inputs=(program("sample"),)))
    assert (planned.at_least, planned.at_most, planned.environment) == (0, 0, "test")
    assert "on this machine" in planned.what
