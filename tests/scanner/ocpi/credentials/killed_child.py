"""Registers, and is killed at a step: reads one JSON line a run, forks for it, and answers how the fork ended.

This process loads everything once and has no threads, so that each fork is a whole scanner of its own.

A step is a checkpoint of the scenario (`renewed`), or a moment of an exchange: `handed out N` (the N-th token for the
partner is in the sink), `asked PUT N` (about to be sent), `answered PUT N` (the answer is there, and nothing was done
with it yet), `kept N` (the N-th new token is in the sink).
"""

import asyncio
import json
import os
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from scanner.gate.http import HttpSender
from scanner.gate.sink import FileSink, NewToken
from scanner.model.effect import Effect, Mode
from scanner.model.target import EnvironmentTarget, PartnerServer, TokenPolicy
from scanner.model.witness import Witness
from scanner.ocpi.credentials.probe import RegistrationProbe
from scanner.ocpi.discovery import DiscoveryProbe
from tests.scanner.gate_fixtures import loopback_target, open_gate
from tests.targets.registering import NEWCOMER

_WRITTEN = {
    NewToken.FOR_THE_PARTNER: "handed out",
    NewToken.TO_SPEAK_WITH: "kept",
    NewToken.OFFERED: "offered",
    NewToken.BEFORE: "set aside",
}


Asked = dict[str, str]
Scanning = Callable[[Asked], Coroutine[Any, Any, None]]


class Killing:
    """Checkpoints, a sink and a sender that die at one step."""

    def __init__(self, step: str) -> None:
        self._step = step
        self._seen: Counter[str] = Counter()

    def kept(self, key: str) -> None:
        return None

    def keep(self, key: str, value: object) -> None:
        if value == self._step:
            os.kill(os.getpid(), signal.SIGKILL)

    def passed(self, moment: str) -> None:
        self._seen[moment] += 1
        self.keep("", f"{moment} {self._seen[moment]}")

    def watch(self) -> None:
        """From now on every sink and sender of this process says what it does."""
        write, send = FileSink.write, HttpSender.send

        def watched_write(sink, which, token):
            write(sink, which, token)
            self.passed(_WRITTEN[which])

        async def watched_send(sender, wire, number=None):
            if wire.method == "GET":
                return await send(sender, wire, number)
            self.passed(f"asked {wire.method}")
            outcome = await send(sender, wire, number)
            self.passed(f"answered {wire.method}")
            return outcome

        FileSink.write, HttpSender.send = watched_write, watched_send  # type: ignore[method-assign]


def target_at(url: str, ca: Path, chain: Path, key: Path) -> EnvironmentTarget:
    return replace(
        loopback_target(url, ca_file=ca, identities=(NEWCOMER,)),
        mode=Mode.EXERCISE,
        allow=frozenset({Effect.REGISTRATION}),
        partner_server=PartnerServer(certificate_file=chain, key_file=key),
        token_policy=TokenPolicy(overlap_s=0.2, revoked_within_s=0.2),
    )


async def registering(asked: Asked) -> None:
    target = target_at(asked["url"], *(Path(asked[name]) for name in ("ca", "chain", "key")))
    killing = Killing(asked["step"])
    killing.watch()
    async with open_gate(target, Path(asked["folder"]), tokens={"newcomer": asked["token"]}) as opened:
        await opened.run(DiscoveryProbe())
        context = replace(opened.context(Witness.PROTOCOL), checkpoints=killing)
        await RegistrationProbe(after=()).run(context)


def forked(line: str, scanning: Scanning) -> int:
    """How one run ended: 0, or the number of a signal below zero."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        asyncio.run(scanning(json.loads(line)))
    except BaseException:  # noqa: BLE001 - said, and told by the exit code
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def fork_for_each_line(scanning: Scanning) -> None:
    for line in sys.stdin:
        sys.stdout.write(f"{forked(line, scanning)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    fork_for_each_line(registering)
