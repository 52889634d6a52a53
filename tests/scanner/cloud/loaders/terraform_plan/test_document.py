import json

import pytest

from scanner.cloud.declared import NotDeclared
from scanner.cloud.loaders.terraform_plan import document
from scanner.cloud.loaders.terraform_plan.loader import TerraformPlanLoader, load_plan
from scanner.model.cloud_input import TerraformPlanInput
from tests.scanner.cloud.loaders.terraform_plan.plans import configured, load, plan, planned

KEY = "aws_kms_key.a"
WHOLE = plan([planned(KEY, {})], [configured(KEY, {})])


def refusal(folder, content: bytes) -> str:
    file = folder / "plan.json"
    file.write_bytes(content)
    with pytest.raises(NotDeclared) as caught:
        load_plan(TerraformPlanInput(name="edge", file=file))
    return str(caught.value)


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", "plan.json is empty"),
        (b"terraform will perform", "is no JSON (line 1)"),
        (json.dumps(WHOLE).encode()[:-40], "is no JSON"),
        (b"PK\x03\x04tfplan", "saved plan in Terraform's own form"),
        (b"[1]", "holds JSON, but no Terraform plan"),
        (b"\xff\xff\xff", "is no JSON"),
        (b'{"version": 4, "lineage": "x", "serial": 1, "resources": []}', "is a Terraform state, not a plan"),
        (b'{"format_version": "1.0", "values": {}}', "is a Terraform state, not a plan"),
        (b'{"format_version": "1.0"}', "holds no planned values"),
        (b'{"modules": [], "diff": {}}', "has no format_version"),
        (b'{"Resources": {}}', "CloudFormation template"),
        (b'{"steps": [], "changeSummary": {}}', "is Pulumi's"),
        (b'{"format_version": "2.0", "planned_values": {}}', "has format 2.0; 1.x is what is understood"),
        (b'{"format_version": "1.2", "planned_values": []}', "is damaged"),
        (b'{"format_version": "1.2", "planned_values": {}}', "plans no resource at all"),
        (b'{"@level":"info"}\n{"@level":"info"}', "messages of `terraform plan -json`"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"[" * 900 + b"]" * 900, "no Terraform plan"),
    ],
)
def test_what_is_no_plan_is_refused_in_one_sentence(tmp_path, content, said):
    message = refusal(tmp_path, content)
    assert said in message
    assert "\n" not in message


def test_values_nested_too_deeply_are_refused(tmp_path):
    text = json.dumps(plan([planned(KEY, {"x": "DEEP"})], [])).replace('"DEEP"', '{"a":' * 900 + "1" + "}" * 900)
    assert "nested too deeply" in refusal(tmp_path, text.encode())


def test_a_file_that_is_not_there_or_too_large_is_refused(tmp_path, monkeypatch):
    with pytest.raises(NotDeclared, match="there is no file"):
        load_plan(TerraformPlanInput(name="edge", file=tmp_path / "nowhere.json"))
    monkeypatch.setattr(document, "LARGEST", 2**20)
    assert "larger than 1 MiB" in refusal(tmp_path, b" " * (2**20 + 1))


def test_utf_16_as_powershell_writes_it_is_read(tmp_path):
    file = tmp_path / "plan.json"
    file.write_bytes(json.dumps(WHOLE).encode("utf-16"))
    assert len(load_plan(TerraformPlanInput(name="edge", file=file)).resources) == 1


@pytest.mark.parametrize(
    "damage",
    [
        {"planned_values": {"root_module": {"resources": [1, {"mode": "managed"}, {"mode": "managed", "type": 3}]}}},
        {"planned_values": {"root_module": {"resources": {}, "child_modules": "x"}}},
        {"planned_values": {"root_module": None}},
    ],
)
def test_a_plan_whose_resources_are_none_gives_nothing(tmp_path, damage):
    assert "plans no resource" in refusal(tmp_path, json.dumps({**WHOLE, **damage}).encode())


@pytest.mark.parametrize(
    "damage",
    [
        {"resource_changes": [1, {"address": KEY}, {"address": KEY, "change": 3}]},
        {
            "configuration": {
                "root_module": {"resources": [{"type": 1}], "module_calls": {"a": 3}},
                "provider_config": 1,
            }
        },
        {"configuration": {"root_module": 7}, "variables": [], "prior_state": 3},
    ],
)
def test_a_damaged_part_does_not_end_the_reading(tmp_path, damage):
    assert len(load(tmp_path, {**WHOLE, **damage}).resources) == 1


def test_an_address_that_stands_twice_is_named(tmp_path):
    assert load(tmp_path, plan([planned(KEY, {}), planned(KEY, {})], [])).missing == (
        f"addresses that stand in the plan more than once: {KEY}",
    )


def test_a_plan_that_failed_or_is_partial_is_not_complete(tmp_path):
    assert "failed half-way" in load(tmp_path, {**WHOLE, "errored": True}).missing[0]
    assert "more changes will follow" in load(tmp_path, {**WHOLE, "complete": False}).missing[0]
    assert load(tmp_path, WHOLE).missing == ()


def test_types_without_a_name_of_pulumis_are_told_apart(tmp_path):
    kinds = ("aws_nothing_like_it", "random_password")
    declared = load(tmp_path, plan([planned(f"{kind}.x", {}) for kind in kinds], []))
    assert [one.token for one in declared.resources] == [f"terraform:{kind}" for kind in kinds]
    assert "aws_nothing_like_it" in declared.missing[0]
    assert declared.unmapped == ("resources of other providers: random_password",)


def test_a_hostile_name_is_one_line_in_every_urn(tmp_path):
    one = planned('aws_kms_key.a["x"]', {}, index='x"\n::${jndi}/../')
    one["address"] = 'aws_kms_key.a["x\n::../"]'
    (resource,) = load(tmp_path, plan([one], [])).resources
    assert "\n" not in resource.urn + resource.name


def test_preflight_and_dry_run_say_what_there_is(tmp_path):
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(WHOLE))
    loader, given = TerraformPlanLoader(), TerraformPlanInput(name="edge", file=file)
    held = len(WHOLE["planned_values"]["root_module"]["resources"])
    assert loader.ready(given) == f"{held} resources of plan.json, by Terraform 1.9.8"
    assert "on this machine" in loader.plan(given)
    assert loader.stack(given) == "edge"


def test_preflight_refuses_a_plan_of_more_resources_than_are_judged(tmp_path, monkeypatch):
    monkeypatch.setattr("scanner.cloud.stack_size.MOST_RESOURCES", 0)
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(WHOLE))
    with pytest.raises(NotDeclared, match="at most 0 of one stack are judged: give its parts one by one"):
        TerraformPlanLoader().ready(TerraformPlanInput(name="edge", file=file))
