"""The reference service that pulls, with a CPO of ours whose lists are not what they should be."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from checks.families.ocpi_pulls import CHECKS
from checks.model.finding import Finding
from infra.service.deployment.folder import prepare
from scanner.model.fact_store import FactStore
from scanner.model.facts.ocpi.pulls import Trick
from scanner.model.party import Identity, Party, Role
from scanner.model.target import EnvironmentTarget
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.pulls.probe import PullsProbe
from tests.scanner.gate_fixtures import open_gate
from tests.targets.hostile_partner import hostile_target
from tests.targets.judged import findings_from
from tests.targets.once import once_a_run
from tests.targets.reference_service import RunningService, running_service

CPO = Identity(
    name="cpo-c", party=Party(country_code="BE", party_id="GRN"), role=Role.CPO, disposable=True, has_sink=True
)
PULLING: Mapping[str, object] = {
    "first_after_s": 0.0,
    "interval_s": 4.0,
    "overlap_s": 0.0,
    "first_pause_s": 0.1,
    "longest_pause_s": 5.0,
    "tries": 1,
}
WITHIN_S, QUIET_S = 60.0, 1.5  # less than half of `interval_s`, to which chance may shorten it
ALL = tuple(trick for trick in Trick if trick is not Trick.NOTHING)
SHOWN: Mapping[str | None, tuple[Trick, ...]] = {
    None: ALL,
    "pull-unchecked": (Trick.BAD_OBJECT,),
    "pull-all-or-nothing": (Trick.BAD_OBJECT,),
    "pull-without-end": (Trick.ENDLESS,),
    "pull-follows-links": (Trick.LINK_AWAY, Trick.LINK_INWARD),
    "pull-at-once": (Trick.OUTAGE,),
    "pull-loses": (Trick.OUTAGE,),
}  # the lists that show a fault; the others only take time


def pulling_target(service: RunningService) -> EnvironmentTarget:
    """A CPO that may renew and be hostile."""
    return replace(hostile_target(service), identities=(CPO,))


def look(
    target: EnvironmentTarget,
    service: RunningService,
    folder: Path,
    within_s: float = WITHIN_S,
    tricks: tuple[Trick, ...] = ALL,
) -> FactStore:
    """What the probe sees."""

    async def run() -> FactStore:
        wanted = {i.name: service.tokens[i.name] for i in target.identities}
        async with open_gate(target, folder, tokens=wanted) as gate:
            return await gate.run(DiscoveryProbe(), PullsProbe((), within_s=within_s, quiet_s=QUIET_S, tricks=tricks))

    return asyncio.run(run())


@once_a_run
def pulled_findings(fault: str | None = None, *, pulls: bool = True) -> tuple[Finding, ...]:
    """The service with one fault, or none; or one that waits for pushes."""
    with TemporaryDirectory() as place:
        root = Path(place) / "deployment"
        outbound = {"private_hosts": ["localhost"], "ca": str(root / "ca.pem"), "timeout_s": 5}
        folder = prepare(root, outbound=outbound, pulling=PULLING if pulls else None)
        with running_service((fault,) if fault else (), folder=folder, versions=("2.2.1",)) as service:
            within_s = WITHIN_S if pulls else 0.5
            return findings_from(CHECKS, look(pulling_target(service), service, Path(place), within_s, SHOWN[fault]))
