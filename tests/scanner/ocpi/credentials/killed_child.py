"""Registers, and is killed at a step: `killed_child.py FOLDER VERSIONS_URL CA CHAIN KEY STEP`; the token on stdin."""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from scanner.model.effect import Effect, Mode
from scanner.model.target import EnvironmentTarget, PartnerServer
from scanner.model.witness import Witness
from scanner.ocpi.credentials.probe import RegistrationProbe
from scanner.ocpi.discovery import DiscoveryProbe
from tests.scanner.gate_fixtures import loopback_target, open_gate
from tests.targets.registering import NEWCOMER


class Killing:
    """Dies where it should keep that a step was made."""

    def __init__(self, step: str) -> None:
        self._step = step

    def kept(self, key: str) -> None:
        return None

    def keep(self, key: str, value: object) -> None:
        if value == self._step:
            os.kill(os.getpid(), signal.SIGKILL)


def target_at(url: str, ca: Path, chain: Path, key: Path) -> EnvironmentTarget:
    return replace(
        loopback_target(url, ca_file=ca, identities=(NEWCOMER,)),
        mode=Mode.EXERCISE,
        allow=frozenset({Effect.REGISTRATION}),
        partner_server=PartnerServer(certificate_file=chain, key_file=key),
    )


async def main(folder: Path, target: EnvironmentTarget, step: str, token: str) -> None:
    async with open_gate(target, folder, tokens={"newcomer": token}) as opened:
        await opened.run(DiscoveryProbe())
        context = replace(opened.context(Witness.PROTOCOL), checkpoints=Killing(step))
        await RegistrationProbe(after=()).run(context)


if __name__ == "__main__":
    folder, url, ca, chain, key, step = sys.argv[1:]
    target = target_at(url, Path(ca), Path(chain), Path(key))
    asyncio.run(main(Path(folder), target, step, sys.stdin.read()))
