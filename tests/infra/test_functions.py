from __future__ import annotations

import importlib

import pytest

from tests.infra.recorded_program import PROJECT, Recorded

FUNCTION = "aws:lambda/function:Function"


@pytest.mark.parametrize("name", ["authoriser", "rotation", "service"])
def test_every_function_is_bounded_encrypted_traced_and_logged(stack: Recorded, name):
    function = stack.inputs(FUNCTION, name)
    assert function["reservedConcurrentExecutions"] >= 1
    assert 0 < function["timeout"] <= 120
    assert "data" in function["kmsKeyArn"]
    assert function["tracingConfig"] == {"mode": "Active"}
    assert function["loggingConfig"]["logGroup"] == f"/ocpi/test/{name}"
    assert "dead-letters" in function["deadLetterConfig"]["targetArn"]


def test_authoriser_and_service_are_isolated_and_rotation_is_outside(stack: Recorded):
    isolated = {"subnetIds": ["isolated-a-id", "isolated-b-id"], "securityGroupIds": ["functions-id"]}
    assert stack.inputs(FUNCTION, "authoriser")["vpcConfig"] == isolated
    assert stack.inputs(FUNCTION, "service")["vpcConfig"] == isolated
    assert "vpcConfig" not in stack.inputs(FUNCTION, "rotation")  # it calls partners


@pytest.mark.parametrize("name", ["authoriser", "rotation", "service"])
def test_the_handler_is_in_the_archive_and_can_be_called(stack: Recorded, name):
    function = stack.inputs(FUNCTION, name)
    module, _, handler = function["handler"].rpartition(".")
    assert f"{module.replace('.', '/')}.py" in function["code"]["assets"]
    assert callable(getattr(importlib.import_module(module), handler))


@pytest.mark.parametrize("name", ["authoriser", "rotation", "service"])
def test_the_archive_holds_sources_of_this_tree_and_nothing_private(stack: Recorded, name):
    assets = stack.inputs(FUNCTION, name)["code"]["assets"]
    for inside, asset in assets.items():
        assert asset["path"] == str(PROJECT / inside)
        assert inside.endswith(".py")
    assert not [inside for inside in assets if "/faults/" in inside or "/deployment/" in inside]


def test_the_service_gets_its_tables_parties_and_no_token(stack: Recorded):
    variables = stack.inputs(FUNCTION, "service")["environment"]["variables"]
    assert variables.keys() == {
        "PUBLIC_ORIGIN", "PARTIES", "OBJECTS_TABLE", "ACCESS_TABLE", "PARTNER_SECRETS", "LOG_REFERENCE_KEY",
        "CONTRACTS_VERSION", "QUARANTINE_TABLE",
    }  # fmt: skip
    assert variables["PUBLIC_ORIGIN"] == "https://ocpi.test.example.com"


def test_libraries_are_a_layer_for_the_same_runtime(stack: Recorded):
    layer, function = stack.inputs("aws:lambda/layerVersion:LayerVersion"), stack.inputs(FUNCTION, "service")
    assert layer["compatibleRuntimes"] == [function["runtime"]]
    assert layer["compatibleArchitectures"] == function["architectures"]
    assert layer["code"]["assets"]["python"]["path"] == str(PROJECT / "build/lambda-libraries")
