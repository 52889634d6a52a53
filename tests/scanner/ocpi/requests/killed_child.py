"""Commands a named EVSE, and is killed before or after a command: `asked START_SESSION`, `answered START_SESSION` .."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

from scanner.gate.gate import Gate
from scanner.ocpi.callbacks.probe import CallbacksProbe
from scanner.ocpi.discovery import DiscoveryProbe
from tests.scanner.gate_fixtures import open_gate
from tests.scanner.ocpi.credentials.killed_child import Asked, fork_for_each_line
from tests.targets.called_back import COMMANDING, commanded_at

_SEND = Gate.http


def watch(passed: Callable[[Gate, str], None]) -> None:
    """From now on every gate of this process says when a request goes out, and when its answer is there."""

    async def watched(gate, intent):
        what = intent.url.partition("?")[0].rpartition("/")[2]
        passed(gate, f"asked {what}")
        outcome = await _SEND(gate, intent)
        passed(gate, f"answered {what}")
        return outcome

    Gate.http = watched  # type: ignore[method-assign]


def unwatch() -> None:
    """As before."""
    Gate.http = _SEND  # type: ignore[method-assign]


async def commanding(asked: Asked) -> None:
    ca, chain, key = (Path(asked[name]) for name in ("ca", "chain", "key"))
    target = commanded_at(asked["url"], ca, chain, key, asked["evse"])

    def passed(_gate: Gate, moment: str) -> None:
        if moment == asked["step"]:
            os.kill(os.getpid(), signal.SIGKILL)

    watch(passed)
    async with open_gate(target, Path(asked["folder"]), tokens={COMMANDING.name: asked["token"]}) as opened:
        await opened.run(DiscoveryProbe(), CallbacksProbe(after=(), patience_s=20.0))


if __name__ == "__main__":
    fork_for_each_line(commanding)
