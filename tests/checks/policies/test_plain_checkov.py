"""Our policies in a plain Checkov: `checkov -f plan.json --external-checks-dir checks/policies`."""

import json
import os
import subprocess
import sys
from pathlib import Path

from scanner.cloud.bridge.plan_writer import write_plan
from scanner.cloud.bridge.token_map import token_map
from tests.scanner.cloud.declared import declare

CHECKOV = Path(sys.executable).with_name("checkov")


def test_the_pack_runs_in_a_plain_checkov(tmp_path):
    url = declare("aws:lambda/functionUrl:FunctionUrl", "way-around", {"authorizationType": "NONE"})
    api = declare("aws:apigateway/restApi:RestApi", "partners")
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(write_plan([url, api], token_map()).document), encoding="utf-8")
    done = subprocess.run(
        [
            *(CHECKOV, "-f", plan, "--external-checks-dir", Path("checks/policies").resolve(), "-o", "json"),
            *("--framework", "terraform_plan", "--skip-download", "--check", "CKV_OCPI_*,CKV2_OCPI_*"),
        ],
        capture_output=True,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
    )
    assert done.returncode == 1, done.stderr
    failed = {(one["check_id"], one["resource"]) for one in json.loads(done.stdout)["results"]["failed_checks"]}
    assert failed == {
        ("CKV_OCPI_2", "aws_lambda_function_url.way-around"),
        ("CKV_OCPI_3", "aws_api_gateway_rest_api.partners"),
        ("CKV2_OCPI_4", "aws_api_gateway_rest_api.partners"),
    }
