"""One job: a document is judged by a fork of what was loaded, so that whatever it does stays its own."""

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .answers import Answers
from .expected import connecting, expected, expected_of_template, kinds_in
from .loading import TERRAFORM_PLAN

_POLL_S = 0.02


def answer_to(job: dict[str, Any], run: Callable[[str, str], Any], answers: Answers) -> dict[str, Any]:
    """Everything that Checkov says of one document, and what it left out."""
    from checkov.version import version  # noqa: PLC0415 - as above

    report = run(job["document"], job["framework"])
    said = {(one["rule"], one["resource"]) for one in answers.results}
    document = json.loads(Path(job["document"]).read_text(encoding="utf-8"))
    is_plan = job["framework"] == TERRAFORM_PLAN
    asked = expected(kinds_in(document)) if is_plan else expected_of_template(document)
    return {
        "version": version,
        "results": answers.results,
        "missing": sorted(asked - said),
        "raised": sorted(answers.raised),
        "connecting": connecting(),
        "unread": [str(file) for file in report.parsing_errors],
        "resources": len(report.resources),
    }


def write(file: Path, answer: dict[str, Any]) -> None:
    """Whole from the moment it is there, readable by us alone."""
    part = file.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        stream.write(json.dumps(answer))  # in one piece: `json.dump` takes five times as long
    part.replace(file)


def judged_apart(job: dict[str, Any], file: Path, run: Callable[[str, str], Any], answers: Answers) -> None:
    """Judge in a fork and wait for it; however it ends, there is an answer."""
    child = os.fork()
    if child == 0:
        try:
            write(file, answer_to(job, run, answers))
        except BaseException as error:  # noqa: BLE001 - Checkov may raise anything on somebody's document
            said = " ".join(str(error).split())
            write(file, {"failed": f"{type(error).__name__}: {said}".rstrip(": ")})
        finally:
            os._exit(0)  # taking Checkov's objects apart one by one takes a tenth of a second
    until = time.monotonic() + float(job["limit_s"])
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            write(file, {"failed": "", "timed_out": True})
            return
        time.sleep(_POLL_S)
    if not file.exists():
        code = os.waitstatus_to_exitcode(status)
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        write(file, {"failed": f"it was ended by {how}"})
