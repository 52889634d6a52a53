import json

from scanner.cloud.loaders.terraform_plan.masks import masked_plan
from tests.scanner.cloud.loaders.terraform_plan.plans import configured, constant, load, plan, planned, references

CANARY = "CANARY-0123456789"
DATABASE = "aws_db_instance.main"


def leaky():
    document = plan(
        [
            planned(
                DATABASE,
                {"password": CANARY, "deletion_protection": True, "username": "ocpi", "port": 5432},
                sensitive={"password": True, "deletion_protection": True},
            )
        ],
        [
            configured(
                DATABASE,
                {
                    "password": constant(CANARY),
                    "deletion_protection": constant(True),
                    "username": constant("ocpi"),
                    "password_wo": constant(f"{CANARY}-wo"),
                    "description": constant(f"postgres://ocpi:{CANARY}@db"),
                },
            )
        ],
        variables={"token": {"value": f"{CANARY}-var"}},
        prior_state={
            "format_version": "1.0",
            "values": {
                "root_module": {
                    "resources": [
                        {
                            "address": DATABASE,
                            "values": {"password": "CANARY-old"},
                            "sensitive_values": {"password": True},
                        }
                    ]
                }
            },
        },
        output_changes={"token": {"after": CANARY}},
    )
    document["configuration"]["root_module"]["variables"] = {
        "token": {"sensitive": True, "default": f"{CANARY}-default"}
    }
    document["configuration"]["provider_config"]["aws"]["expressions"] = {
        "access_key": constant("AKIA" + CANARY.replace("-", "")),
        "secret_key": constant("CANARYabcdefghijklmnopqrstuvwxyz01234567"),
        "region": constant("eu-west-1"),
    }
    document["configuration"]["root_module"]["resources"].append(
        configured("aws_ssm_parameter.t", {"value": references("var.token"), "description": constant(f"{CANARY}-var")})
    )
    return document


def test_no_sensitive_value_is_left_anywhere(tmp_path):
    declared = load(tmp_path, leaky())
    assert declared.for_checkov is not None
    for part in (declared.for_checkov.document, declared.document, [str(one) for one in declared.resources]):
        assert "CANARY" not in json.dumps(part)


def test_what_policies_ask_for_stays():
    left = masked_plan(leaky())
    values = left["planned_values"]["root_module"]["resources"][0]["values"]
    assert values == {"password": "[secret]", "deletion_protection": True, "username": "ocpi", "port": 5432}


def test_a_hard_coded_access_key_still_looks_like_one():
    expressions = masked_plan(leaky())["configuration"]["provider_config"]["aws"]["expressions"]
    assert expressions["access_key"] == constant("AKIA" + "X" * 16)
    assert len(expressions["secret_key"]["constant_value"]) == len("CANARYabcdefghijklmnopqrstuvwxyz01234567")
    assert expressions["region"] == constant("eu-west-1")
