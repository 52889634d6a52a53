"""`python -m infra.verify STACK --account ID --budget USD`: does the stack come up in a real account, and go again?

For a sandbox account. With the engine on PATH: install, preview, the cost of an hour, up, preview again (which must
find nothing to do), export, let go of what is protected, destroy, export again (which must hold nothing). Whatever
fails, what came up is destroyed, unless `--keep`. Every step's output lies in `--logs`.

Exit code 0: every step did what it should. 1: one did not. 2: refused before anything was created.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path

from infra.costs import Estimate, estimate, of_preview, prices
from infra.engine_run import EngineRun, StepError, stack_config
from infra.verification import Refused, Verification, refuse_config

_PROJECT = Path(__file__).resolve().parent.parent


def _positive(text: str) -> float:
    """A number that a limit can be; `nan` would hold nothing."""
    number = float(text)
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is no number above 0")
    return number


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.verify", description=__doc__)
    parser.add_argument("stack", help="as in Pulumi.STACK.yaml")
    parser.add_argument("--account", required=True, metavar="ID", help="the sandbox: accountId of that config, again")
    parser.add_argument("--budget", required=True, type=_positive, metavar="USD", help="the most the run may cost")
    parser.add_argument("--hours", type=_positive, default=2.0, help="how long the stack may be up; 2 unless said")
    parser.add_argument("--project", type=Path, default=_PROJECT, help="folder of Pulumi.yaml; this one unless said")
    parser.add_argument("--logs", type=Path, default=Path("build/verify"), help="build/verify unless said")
    parser.add_argument("--no-install", action="store_true", help="infra/.venv and the plugins are there")
    parser.add_argument("--keep", action="store_true", help="leave the stack up, even when a step fails")
    parser.add_argument("--yes", action="store_true", help="do not ask before creating")
    return parser.parse_args()


def _cost(run: EngineRun, given: argparse.Namespace) -> Estimate:
    """Said before anything is created. Raises Refused when it is more than the budget, or cannot be told."""
    preview = json.loads(run.step("preview", "preview", "--json", "--show-sames"))
    cost = estimate(of_preview(preview))
    if cost.unpriced:
        raise Refused(f"infra/prices.json has no price for {', '.join(cost.unpriced)}; write it down first")
    total = cost.hourly * given.hours
    summary = ", ".join(f"{number} {what}" for what, number in sorted(preview.get("changeSummary", {}).items()))
    say(f"{summary}; {cost.hourly:.2f} USD an hour while it is up, {total:.2f} USD for {given.hours:g} hours")
    if cost.from_memory:
        say(f"List prices of {prices()['region']}, from memory, see infra/prices.json: {', '.join(cost.from_memory)}")
    if total > given.budget:
        raise Refused(f"that is more than --budget {given.budget:g}; raise it, or switch dear parts off")
    return cost


def _agreed(given: argparse.Namespace) -> None:
    """A person types the account, unless `--yes`."""
    if given.yes:
        return
    if not sys.stdin.isatty():
        raise Refused("nobody is there to ask; say --yes")
    if input(f"Type {given.account} to create all of it in that account, and destroy it again: ") != given.account:
        raise Refused("nothing was created")


def say(sentence: str) -> None:
    """Progress goes to standard error."""
    sys.stderr.write(sentence + "\n")


def main() -> int:
    """The exit code."""
    given = _arguments()
    run = EngineRun(project=given.project, stack=given.stack, logs=given.logs, say=say)
    try:
        refuse_config(stack_config(run), given.account)
        if not given.no_install:
            run.step("install", "install", stackless=True)
        _cost(run, given)
        _agreed(given)
    except (Refused, StepError) as refusal:
        say(str(refusal))
        return 2
    verification = Verification(run=run, account=given.account, keep=given.keep)
    return 0 if verification.go() else 1


if __name__ == "__main__":
    sys.exit(main())
