"""Checkov's own HCL runner on a folder of `.tf` files: what it says is what a plan of the same stack has to get."""

import json
import os
import subprocess
import sys
from pathlib import Path

from scanner.cloud.checkov_host.ocpi_posture_checkov.answers import Answers, watched
from scanner.cloud.checkov_host.ocpi_posture_checkov.offline import refuse_network

ROOT = Path(__file__).resolve().parents[3]
Results = dict[tuple[str, str], str]  # (policy, address) to PASSED, FAILED or UNKNOWN


def judge_hcl(folder: Path) -> Results:
    """Every result of Checkov on the resources in a folder."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, __file__, str(folder)], capture_output=True, check=True, env=environment, timeout=500
    )
    rows: list[list[str]] = json.loads(done.stdout)
    return {(rule, address): result for rule, address, result in rows}


def _main() -> None:
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    os.environ["BC_SKIP_MAPPING"] = "TRUE"
    sys.addaudithook(refuse_network)
    answers = Answers()
    watched(answers)
    from checkov.runner_filter import RunnerFilter  # noqa: PLC0415 - Checkov is loaded once the hook stands
    from checkov.terraform.runner import Runner  # noqa: PLC0415 - as above

    chosen = RunnerFilter(framework=["terraform"], skip_checks=["CKV_TF_*"])
    Runner().run(root_folder=sys.argv[1], runner_filter=chosen)
    json.dump([[one["rule"], one["resource"], one["result"]] for one in answers.results], answer)
    answer.flush()


if __name__ == "__main__":
    _main()
