"""Runs every case of a file of small Pulumi programs, each in a process of its own: `PYTHON run_cases.py < job.json`.

Executed by the interpreter of the Pulumi environment. Loading pulumi and pulumi_aws takes a second: it is done once,
and each case is a fork of what was loaded.
"""

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


def main() -> None:
    job = json.load(sys.stdin)
    sys.path.insert(0, job["host"])
    host = importlib.import_module("ocpi_posture_host.host")
    for module in job["modules"]:
        getattr(importlib.import_module(module), "_utilities", None)  # those of pulumi_aws load at the first look
    answers = {case: answer_of({**job["request"], "config": {"case:name": case}}, host.main) for case in job["cases"]}
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
