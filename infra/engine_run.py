"""The `pulumi` engine, one command a step: its output in a file, its time on the screen."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_CONFIG: Final = re.compile(r"^config:[ \t]*\n", re.MULTILINE)


class StepError(Exception):
    """A command of the engine failed, or could not be run. The sentence says which, and where its output is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRun:
    """Commands on one stack of one project. `logs` gets a file for each step; `say` gets a line for each."""

    project: Path
    stack: str
    logs: Path
    say: Callable[[str], None]

    def step(self, name: str, *command: str, stackless: bool = False) -> str:
        """Run `pulumi COMMAND`; standard output. Raises StepError when it fails."""
        engine = shutil.which("pulumi")
        if engine is None:
            raise StepError("there is no `pulumi` on PATH; https://www.pulumi.com/docs/install/ says how to get it")
        self.logs.mkdir(parents=True, exist_ok=True)
        log = (self.logs / f"{name}.log").resolve()
        begun = time.monotonic()
        done = subprocess.run(
            [engine, *command, *([] if stackless else ["--stack", self.stack])],
            cwd=self.project,
            env={**os.environ, "PULUMI_OPTION_NON_INTERACTIVE": "true", "PULUMI_SKIP_UPDATE_CHECK": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        log.write_text(f"{done.stdout}\n{done.stderr}", encoding="utf-8")
        outcome = "ok" if done.returncode == 0 else f"failed ({done.returncode})"
        self.say(f"{name:<16} {outcome:<12} {time.monotonic() - begun:6.1f} s  {log}")
        if done.returncode != 0:
            raise StepError(f"{name} failed: {_last_words(done.stderr or done.stdout)} (all of it: {log})")
        return done.stdout


def stack_config(run: EngineRun) -> Mapping[str, str]:
    """The stack's settings by name, as text. Raises StepError."""
    settings: Mapping[str, Mapping[str, str]] = json.loads(run.step("config", "config", "--json"))
    return {name.partition(":")[2]: entry.get("value", "") for name, entry in settings.items()}


def with_setting(run: EngineRun, key: str, value: str) -> Path:
    """A copy of the stack's config with one setting more; the file beside Pulumi.yaml stays as it is.

    Raises StepError when that has no `config`.
    """
    text = (run.project / f"Pulumi.{run.stack}.yaml").read_text(encoding="utf-8")
    changed, number = _CONFIG.subn(f'\\g<0>  ocpi-posture:{key}: "{value}"\n', text, count=1)
    if not number:
        raise StepError(f"Pulumi.{run.stack}.yaml has no line `config:`")
    copy = (run.logs / f"{key}.yaml").resolve()
    copy.write_text(changed, encoding="utf-8")
    return copy


def _last_words(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in lines if line.startswith("error:")] or lines[-1:]
    return told[0] if told else "it said nothing"
