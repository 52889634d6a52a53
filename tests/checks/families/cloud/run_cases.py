"""Runs Pulumi programs, each in a process of its own: `PYTHON run_cases.py`, a job a line on standard input.

Executed by the interpreter of the Pulumi environment. Loading pulumi and pulumi_aws takes seconds: each module is done
once, and each run is a fork of what was loaded. A job has `requests`, what the host is asked for, by the name of the
case; `modules` to load before, and `path`, the folders where Python finds them besides its own. A line on standard
output answers it.
"""

import gc
import importlib
import json
import os
import sys
import tempfile
from typing import Any


def answer_of(request: dict[str, Any], main: Any) -> Any:
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as said:
        asked.write(json.dumps(request).encode())
        asked.seek(0)
        child = os.fork()
        if child == 0:
            os.dup2(asked.fileno(), 0)
            sys.stdin = os.fdopen(0, encoding="utf-8")
            os.dup2(said.fileno(), 1)
            main()
            os._exit(1)
        os.waitpid(child, 0)
        said.seek(0)
        return json.load(said)


def answers_to(job: dict[str, Any]) -> dict[str, Any]:
    sys.path[0:0] = [folder for folder in (job["host"], *job["path"]) if folder not in sys.path]
    host = importlib.import_module("ocpi_posture_host.host")
    for module in job["modules"]:
        getattr(importlib.import_module(module), "_utilities", None)  # those of pulumi_aws load at the first look
    gc.freeze()
    return {case: answer_of(request, host.main) for case, request in job["requests"].items()}


def main() -> None:
    gc.disable()  # every fork lives for a second: looking for garbage would copy what they share
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answers_to(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
