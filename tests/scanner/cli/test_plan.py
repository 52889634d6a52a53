"""`ocpi-posture plan`: every form of input, an unchanged Checkov on its output, and input that is none."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.scanner.cloud.engine_made import SAMPLES, SECRET, SIGNATURE, export, preview, state, step
from tests.scanner.cloud.running import PROGRAMS, PYTHON, ROOT

CHECKOV = Path(sys.executable).with_name("checkov")


def planned(text: str) -> dict[str, Any]:
    resources = json.loads(text)["planned_values"]["root_module"]["resources"]
    return {one["address"]: one["values"] for one in resources}


def written(folder: Path, document: Any, name: str = "input.json") -> Path:
    file = folder / name
    file.write_text(json.dumps(document))
    return file


def test_a_preview_becomes_a_whole_terraform_plan_on_stdout(posture):
    ended = posture("plan", SAMPLES / "preview-create.json")
    assert ended.code == 0
    document = json.loads(ended.stdout)
    assert set(document) == {
        "format_version", "terraform_version", "planned_values", "resource_changes", "configuration",
    }  # fmt: skip
    addresses = [one["address"] for one in document["planned_values"]["root_module"]["resources"]]
    assert [one["address"] for one in document["resource_changes"]] == addresses
    assert len(addresses) == 16
    assert "wrote" in ended.stderr
    assert "properties that are unknown until deploy" in ended.stderr


def test_what_its_author_wrote_in_clear_stays_for_checkov_and_is_told(posture, tmp_path):
    token = "zq7" + "Kd93mPw0" + "TtVx28"
    inputs = {"name": "API_TOKEN", "type": "String", "value": token}
    leaky = state("token", inputs, "aws:ssm/parameter:Parameter")
    ended = posture("plan", written(tmp_path, export(leaky)), "-o", "plan.json")
    assert token in (tmp_path / "plan.json").read_text()
    assert (tmp_path / "plan.json").stat().st_mode & 0o077 == 0
    assert "holds secrets in clear" in ended.stderr
    assert token not in ended.stderr
    assert "holds secrets" not in posture("plan", SAMPLES / "stack-export.json", "-o", "other.json").stderr


def test_beside_a_written_plan_stands_the_way_back_to_the_source(posture, tmp_path):
    assert posture("plan", SAMPLES / "stack-export.json", "-o", "plan.json").code == 0
    back = json.loads((tmp_path / "plan.map.json").read_text())
    assert set(back["resources"]) >= set(planned((tmp_path / "plan.json").read_text()))
    assert back["resources"]["aws_security_group.edge"] == {
        "urn": "urn:pulumi:test::ocpi-sample::aws:ec2/securityGroup:SecurityGroup::edge",
        "type": "aws:ec2/securityGroup:SecurityGroup",
        "file": "__main__.py",
        "line": 24,
    }


def test_the_map_goes_where_it_is_asked_for(posture, tmp_path):
    assert posture("plan", SAMPLES / "stack-export.json", "--map", "m.json").code == 0
    assert posture("plan", SAMPLES / "stack-export.json", "-o", "p.json", "--map", "n.json").code == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["m.json", "n.json", "p.json"]


def test_a_program_is_run_and_planned_with_the_stack_that_it_has(posture):
    ended = posture("plan", PROGRAMS / "sample", "--python", PYTHON)
    assert ended.code == 0
    assert planned(ended.stdout)
    assert "CANARY" not in ended.stdout + ended.stderr


def test_preview_and_state_of_one_stack_give_the_same_addresses(posture):
    later = posture("plan", SAMPLES / "preview-update-show-sames.json")
    merged = posture("plan", SAMPLES / "preview-update.json", "--state", SAMPLES / "stack-export.json")
    assert (later.code, merged.code) == (0, 0)
    assert planned(later.stdout) == planned(merged.stdout)


def test_stdin_is_told_by_its_content_as_well(posture, monkeypatch):
    text = (SAMPLES / "preview-create.json").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    piped = posture("plan", "-")
    assert piped.stdout == posture("plan", SAMPLES / "preview-create.json").stdout


def test_an_incomplete_plan_is_written_and_says_so_by_its_exit_code(posture):
    ended = posture("plan", SAMPLES / "preview-update.json")
    assert ended.code == 3
    assert len(planned(ended.stdout)) == 5
    assert "13 unchanged resources are not in preview-update.json" in ended.stderr


def test_what_has_no_place_in_the_plan_is_counted_and_named(posture, tmp_path):
    document = export(
        state("a", {"acl": "private", "madeUpProperty": 1}),
        state("b", token="aws:nowhere/thing:Thing"),
        state("c", token="aws:nowhere/thing:Thing"),
        state("d", token="azure-native:storage:StorageAccount"),
    )
    ended = posture("plan", written(tmp_path, document), "-o", "plan.json")
    assert ended.code == 0
    assert "aws:nowhere/thing:Thing (2): no Terraform type is known for it" in ended.stderr
    assert "azure-native:storage:StorageAccount (1): a resource of another provider" in ended.stderr
    left_out = json.loads((tmp_path / "plan.map.json").read_text())["left_out"]
    assert left_out["unmapped_tokens"] == {"aws:nowhere/thing:Thing": 2}


def test_an_unchanged_checkov_judges_the_plan_and_its_findings_lead_to_the_source(posture, tmp_path):
    assert posture("plan", SAMPLES / "stack-export.json", "-o", "plan.json").code == 0
    arguments = ["-f", "plan.json", "--framework", "terraform_plan", "--skip-download", "-o", "json"]
    own = ["--external-checks-dir", str(ROOT / "checks" / "policies")]
    ended = subprocess.run(
        [sys.executable, CHECKOV, *arguments, *own], cwd=tmp_path, capture_output=True, check=False, timeout=500
    )
    assert ended.returncode == 1, ended.stderr
    results = json.loads(ended.stdout)["results"]
    failed = {(one["check_id"], one["resource"]) for one in results["failed_checks"]}
    passed = {(one["check_id"], one["resource"]) for one in results["passed_checks"]}
    assert ("CKV_AWS_24", "aws_security_group.edge") in failed  # SSH from anywhere
    assert ("CKV_AWS_28", "aws_dynamodb_table.cdrs") in passed  # point in time recovery
    assert ("CKV2_AWS_57", "aws_secretsmanager_secret.partner-a") in failed  # no rotation: a policy on the graph
    assert any(check.startswith(("CKV_OCPI", "CKV2_OCPI")) for check, _ in failed | passed)
    back = json.loads((tmp_path / "plan.map.json").read_text())["resources"]
    lines = (SAMPLES / "program.txt").read_text().splitlines()
    place = back["aws_security_group.edge"]
    assert (place["file"], 'aws.ec2.SecurityGroup("edge"' in lines[place["line"] - 1]) == ("__main__.py", True)


@pytest.mark.parametrize(
    "content, sentence",
    [
        ("", "input.json is empty"),
        ("Previewing update\n", "input.json is not the JSON of an engine"),
        ((SAMPLES / "stack-export.json").read_text()[:9000], "input.json ends in the middle of its JSON"),
        ("{}", "holds neither steps (a preview) nor a deployment (a state)"),
        ('{"steps": []}', "input.json is an empty preview"),
        ('{"steps": [], "diagnostics": [{"severity": "error", "message": "no region"}]}', "gave up: no region"),
        (json.dumps(export(state("a")) | {"version": 9}), "version 9 of the state format; 3 and 4 are understood"),
        ('{"format_version": "1.2"}', "is a Terraform plan already: give it to Checkov as it is"),
        ('{"x": ' + "[" * 5000 + "]" * 5000 + "}", "nested too deeply"),
        (json.dumps(export(state("a"), state("a"))), "stand for several resources"),
        (json.dumps(export(state("a", token="gcp:storage:Bucket"))), "declares no AWS resource that a plan could hold"),
    ],
)
def test_input_that_is_none_ends_with_one_sentence_and_2(posture, tmp_path, content, sentence):
    (tmp_path / "input.json").write_text(content)
    ended = posture("plan", "input.json", "-o", "plan.json")
    assert (ended.code, ended.stdout) == (2, "")
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "plan.json").exists()


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["nowhere.json"], "there is no file nowhere.json"),
        (["."], "has no Pulumi.yaml: give the folder of a Pulumi project, or a file"),
        (["two"], "Name the stack of the program with --stack.\nThere are files for: prod, test."),
        (["two", "--state", "x"], "--state belongs to a preview"),
        (["node", "--stack", "test"], "has runtime nodejs; only Python programs run here"),
        ([SAMPLES / "preview-create.json", "--stack", "test"], "--stack belongs to a project folder"),
        ([SAMPLES / "stack-export.json", "--state", "x"], "--state belongs to a preview"),
        ([SAMPLES / "stack-export.json", "-o", "no/such/folder/plan.json"], "cannot be written"),
    ],
)
def test_wrong_usage_is_said(posture, tmp_path, arguments, sentence):
    (tmp_path / "two").mkdir()
    for name in ("Pulumi.yaml", "Pulumi.test.yaml", "Pulumi.prod.yaml"):
        (tmp_path / "two" / name).write_text("name: two\nruntime: python\n")
    (tmp_path / "node").mkdir()
    (tmp_path / "node" / "Pulumi.yaml").write_text("name: node\nruntime: nodejs\n")
    ended = posture("plan", *arguments)
    assert (ended.code, ended.stdout) == (2, "")
    assert sentence in ended.stderr
    assert "pulumi install" not in ended.stderr  # helps nobody whose runtime is another


def test_a_state_above_the_limit_is_refused_without_being_read(posture, tmp_path):
    with (tmp_path / "state.json").open("wb") as stream:
        stream.truncate(200 * 2**20)  # sparse
    ended = posture("plan", "state.json")
    assert ended.code == 2
    assert "state.json is larger than 128 MiB, the most that is read" in ended.stderr


def test_hostile_names_neither_reach_the_terminal_nor_leave_their_place_in_the_plan(posture, tmp_path):
    hostile = "a\n\x1b[31m${jndi}/../../b"
    document = preview(
        step("create", new=state(hostile, {"acl": "private"})),
        step("create", new=state("z", token="aws:nowhere/x\x1b[2J:X")),
        step("create", new=state("a__31m__jndi_______b")),
    )
    ended = posture("plan", written(tmp_path, document), "--map", "m.json")
    assert ended.code == 0
    assert "\x1b[2J" not in ended.stderr
    assert all(character.isalnum() or character in "_.-" for address in planned(ended.stdout) for character in address)
    assert len(planned(ended.stdout)) == 2
    urns = {one["urn"] for one in json.loads((tmp_path / "m.json").read_text())["resources"].values()}
    assert any(urn.endswith(hostile) for urn in urns)


def test_no_secret_of_a_state_reaches_a_plan_or_its_map(posture, tmp_path):
    plain = {SIGNATURE: SECRET, "plaintext": json.dumps("CANARY-5b1f0c77")}
    encrypted = {SIGNATURE: SECRET, "ciphertext": "v1:CANARY-ciphertext"}
    version = "aws:secretsmanager/secretVersion:SecretVersion"
    document = export(
        state("a", {"secretString": plain}, version, outputs={"secretString": plain}),
        state("b", {"secretString": encrypted}, version),
        state("c", {"acl": "private", "tags": {"note": "was CANARY-5b1f0c77"}}),
        secrets_providers={"type": "passphrase", "state": {"salt": "CANARY-salt"}},
    )
    ended = posture("plan", written(tmp_path, document), "-o", "plan.json", "-vv")
    assert ended.code == 0
    (tmp_path / "input.json").unlink()
    for file in tmp_path.iterdir():
        assert "CANARY" not in file.read_text(), file
    assert "CANARY" not in ended.stdout + ended.stderr
    assert planned((tmp_path / "plan.json").read_text())["aws_secretsmanager_secret_version.a"] == {
        "secret_string": "[secret]"
    }


def test_a_plan_is_for_its_owner_only(posture, tmp_path):
    posture("plan", SAMPLES / "stack-export.json", "-o", "plan.json")
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in ("plan.json", "plan.map.json")} == {0o600}
