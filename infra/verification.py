"""What has to hold of a stack between nothing and nothing: it comes up, stays as it is, and leaves nothing behind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from infra.engine_run import EngineRun, StepError, with_setting

LET_GO: Final = "release"  # the setting that takes the protection of data away; see infra/release.py


_TAKEN_DOWN: Final = ("test", "prod")  # accounts, their trail and locked evidence outlive a try


class Refused(Exception):
    """Nothing was created, and why."""


def refuse_config(config: Mapping[str, Any], account: str) -> None:
    """Raises Refused for a config that is not of the sandbox that was named, or that has let go already."""
    kind = config.get("kind")
    if kind not in _TAKEN_DOWN:
        raise Refused(
            f"ocpi-posture:kind is {kind}, and what such a stack holds cannot be taken down in one go: "
            "docs/deploy.md has the way up and down"
        )
    if str(config.get("accountId")) != account:
        raise Refused(f"ocpi-posture:accountId is {config.get('accountId')}, and --account is {account}: not this one")
    if config.get(LET_GO):
        raise Refused(f"ocpi-posture:{LET_GO} is set: this stack is about to be taken down; remove it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """One run. `account` is the sandbox; with `keep` the stack stays up, whatever happens."""

    run: EngineRun
    account: str
    keep: bool

    def go(self) -> bool:
        """True when every step did what it should. What came up is taken down again also after Ctrl-C."""
        came_up = False
        try:
            came_up = self._comes_up()
        finally:
            if self.keep:
                self.run.say(f"kept: `pulumi destroy --stack {self.run.stack}` takes it down, see docs/deploy.md")
            gone = self.keep or self._goes()
        return came_up and gone

    def _comes_up(self) -> bool:
        try:
            self.run.step("up", "up", "--yes", "--skip-preview")
            self.run.step("preview-again", "preview", "--expect-no-changes")
            held = _resources(self.run.step("export", "stack", "export"))
        except StepError as error:
            self.run.say(str(error))
            return False
        self.run.say(f"{held} resources are in the state")
        return held > 0

    def _goes(self) -> bool:
        try:
            config = with_setting(self.run, LET_GO, self.account)
            self.run.step("release", "up", "--yes", "--skip-preview", "--config-file", str(config))
            self.run.step("destroy", "destroy", "--yes", "--config-file", str(config))
            left = _resources(self.run.step("export-after", "stack", "export"))
        except (StepError, OSError) as error:
            self.run.say(f"NOT TAKEN DOWN, and it costs: {error}")
            return False
        self.run.say(f"{left} resources are left in the state")
        return left == 0


def _resources(exported: str) -> int:
    """Of the provider; the stack and the components cost nothing and are no things."""
    found = json.loads(exported).get("deployment", {}).get("resources", ())
    return sum(1 for resource in found if str(resource.get("type", "")).startswith("aws:"))
