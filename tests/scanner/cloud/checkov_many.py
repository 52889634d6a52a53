"""Checkov through the worker's own functions, on several plans in one process: it takes seconds to load."""

import gc
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scanner.cloud.checkov_host.ocpi_posture_checkov.answers import Answers
from scanner.cloud.checkov_host.ocpi_posture_checkov.loading import load
from scanner.cloud.checkov_host.ocpi_posture_checkov.offline import refuse_network

ROOT = Path(__file__).resolve().parents[3]
Results = dict[tuple[str, str], str]  # (policy, address) to PASSED, FAILED or UNKNOWN


def judge_plans(plans: Mapping[str, Any], policies: Sequence[Path] = ()) -> dict[str, Results]:
    """Every result of Checkov on each plan, by the plan's name."""
    with tempfile.TemporaryDirectory() as folder:
        for name, plan in plans.items():
            (Path(folder) / f"{name}.json").write_text(json.dumps(plan), encoding="utf-8")
        job = {"folder": folder, "names": list(plans), "policies": [str(one) for one in policies]}
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, __file__], input=json.dumps(job).encode(), capture_output=True, check=True, env=environment
        )
    answers: dict[str, list[list[str]]] = json.loads(done.stdout)
    return {name: {(rule, address): result for rule, address, result in rows} for name, rows in answers.items()}


def _main() -> None:
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    os.environ["BC_SKIP_MAPPING"] = "TRUE"
    sys.addaudithook(refuse_network)
    job = json.load(sys.stdin)
    gc.set_threshold(200_000, 20, 20)  # as the worker does: what Checkov loads stays loaded
    answers = Answers()
    run = load(answers, job["policies"])
    gc.freeze()
    found: dict[str, list[list[str]]] = {}
    for name in job["names"]:
        before = len(answers.results)
        run(f"{job['folder']}/{name}.json", "terraform_plan")
        found[name] = [[one["rule"], one["resource"], one["result"]] for one in answers.results[before:]]
    json.dump(found, answer)
    answer.flush()


if __name__ == "__main__":
    _main()
