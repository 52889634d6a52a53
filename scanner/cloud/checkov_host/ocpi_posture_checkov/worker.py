"""Checkov for a whole run: loaded once, asked by files, ended from outside.

Checkov's registries, logging and signal handlers are global, so it gets a process of its own, which loads it once
(seconds) while the first stack is still being read. Each job is judged by a fork of what was loaded: what one stack
leaves behind in the registries, its memory, its crash and its time stay its own.

Jobs are files of one folder: `N.job` names document, framework and limit, and is there once it is whole; `N.answer` is
the answer to it. They are judged in the order of their numbers, from 0.
"""

import gc
import json
import os
import sys
import time
from pathlib import Path

from .answers import Answers
from .judging import judged_apart
from .loading import load
from .offline import refuse_network

_POLL_S = 0.02
_YIELDS = 10  # while it loads: the program whose plan it waits for is what everybody waits for
_OFFLINE = {"BC_SKIP_MAPPING": "TRUE", "LOG_LEVEL": "CRITICAL", "CHECKOV_ENABLE_FORCE_COLOR": "FALSE"}


def wait_for(job: Path, until: float) -> bool:
    """True once the job is there; False if the time (of the monotonic clock) is up before."""
    while not job.exists():
        if time.monotonic() > until:
            return False
        time.sleep(_POLL_S)
    return True


def main() -> None:
    """Settings in; a ready worker, until nobody asks any more (it is ended from outside, or its time is up)."""
    gc.set_threshold(1_000_000, 20, 20)  # what Checkov loads stays loaded: there is no garbage to look for
    os.nice(_YIELDS)
    os.dup2(2, 1)
    settings = json.load(sys.stdin)
    os.environ.update(_OFFLINE)
    sys.addaudithook(refuse_network)
    answers = Answers()
    run = load(answers, list(settings["policies"]))
    gc.freeze()
    folder, until, number = Path(settings["folder"]), time.monotonic() + float(settings["life_s"]), 0
    while wait_for(folder / f"{number}.job", until):
        job = json.loads((folder / f"{number}.job").read_text(encoding="utf-8"))
        judged_apart(job, folder / f"{number}.answer", run, answers)
        number += 1
