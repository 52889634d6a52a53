"""Sends malformed messages, and is killed after some: `python -m ... FOLDER URL CA TOKEN PUTS`."""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scanner.gate.http import HttpSender
from scanner.model.effect import Mode
from scanner.model.party import Identity, Party, Role
from scanner.model.secret import Secret
from scanner.model.target import EnvironmentTarget
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.mutation.probe import MutationProbe
from scanner.run.plan import ScanPlan
from scanner.run.runner import run_scan
from tests.scanner.gate_fixtures import FAST, loopback_target

CPO = Identity(
    name="cpo-c", party=Party(country_code="BE", party_id="GRN"), role=Role.CPO, partner="cpo-c", disposable=True
)


def target_at(url: str, ca_file: Path) -> EnvironmentTarget:
    """Nothing that stays is allowed: tariffs alone can be taken back."""
    limits = replace(FAST, max_requests=900)
    return replace(loopback_target(url, ca_file=ca_file, identities=(CPO,), limits=limits), mode=Mode.EXERCISE)


def plan_of(folder: Path, target: EnvironmentTarget, token: str, *, resume: bool = False, hour: int = 1) -> ScanPlan:
    """The run that began at an hour of yesterday: a resumed one keeps it."""
    return ScanPlan(
        run_id="run",
        folder=folder,
        started_at=(datetime.now(UTC) - timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0),
        targets=(target,),
        probes=(DiscoveryProbe(), MutationProbe()),
        tokens={(target.name, CPO.name): Secret(token)},
        resume=resume,
    )


def main(folder: Path, url: str, ca_file: Path, token: str, puts: int) -> None:
    """Scan; the process ends by itself at the answer to the last of so many PUTs."""
    send, left = HttpSender.send, puts

    async def watched(sender, wire, number=None):
        nonlocal left
        outcome = await send(sender, wire, number)
        left -= wire.method == "PUT"
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return outcome

    HttpSender.send = watched  # type: ignore[method-assign]
    asyncio.run(run_scan(plan_of(folder, target_at(url, ca_file), token)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
