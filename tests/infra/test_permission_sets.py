"""What IAM Identity Center is given is what the roles of the stack may do, and what their boundary refuses."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.infra.recorded_program import PROJECT, PYTHON, Recorded

ROLES = ("admin", "auditor", "break-glass", "operator")
INLINE_BYTES = 32_768  # IAM Identity Center User Guide, quotas


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> dict[str, dict[str, list[dict[str, object]]]]:
    """The files of one run, by name."""
    folder = tmp_path_factory.mktemp("sets")
    order = (
        f"import runpy, sys; sys.path.insert(0, {str(PROJECT)!r})\n"
        "runpy.run_module('infra.permission_sets', run_name='__main__')"
    )
    asked = ["test", "--account", "123456789012", "--region", "eu-central-1"]
    said = subprocess.run(
        [PYTHON, "-I", "-c", order, *asked], cwd=folder, capture_output=True, text=True, check=True, timeout=500
    )
    files = [folder / line for line in said.stdout.splitlines()]
    assert all(file.stat().st_size < INLINE_BYTES for file in files)
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}


@pytest.mark.parametrize("role", ROLES)
def test_a_permission_set_has_the_rights_of_the_role(written, stack: Recorded, role):
    attached = [
        one["inputs"]["policyArn"].rpartition("/")[2]
        for one in stack.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
        if one["name"] in (role, f"{role}-reads")
    ]
    policies = [json.loads(stack.inputs("aws:iam/policy:Policy", name)["policy"]) for name in attached]
    given = {json.dumps(one) for each in policies for one in each["Statement"] if one["Effect"] == "Allow"}
    found = written[f"ocpi-test-{role}"]["Statement"]
    assert {json.dumps(one) for one in found if one["Effect"] == "Allow"} == given
    boundary = json.loads(stack.inputs("aws:iam/policy:Policy", "people-boundary")["policy"])
    assert [one for one in found if one["Effect"] == "Deny"] == [
        one for one in boundary["Statement"] if one["Effect"] == "Deny"
    ]
