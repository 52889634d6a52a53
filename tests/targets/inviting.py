"""The reference service, whose operator has it register with us as often as it takes."""

import asyncio
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from checks.families.ocpi_invited import CHECKS
from checks.model.finding import Finding
from infra.service.deployment.folder import prepare
from infra.service.starting.door import ask
from infra.service.store import Store
from scanner.model.effect import Effect, Mode
from scanner.model.fact_store import FactStore
from scanner.model.party import Identity, Invitation, Party, Role
from scanner.model.target import EnvironmentTarget, PartnerServer, TokenPolicy
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.invitation.probe import InvitationProbe
from tests.scanner.gate_fixtures import open_gate
from tests.targets.judged import findings_from
from tests.targets.once import once_a_run
from tests.targets.protocol_runs import target_of
from tests.targets.reference_service import RunningService, running_service

PATIENCE_S = 60.0
OVERLAP_S = 3.0  # longer than a machine under load stands still; who lets a former token in is watched for as long
_STEP_S = 0.05
_PORTS = range(10_000, 32_000)  # below those of ip_local_port_range


@dataclass(frozen=True, slots=True, kw_only=True)
class Inviting:
    """A service and the way to its operator."""

    service: RunningService
    control: Path


@contextmanager
def inviting_service(
    *faults: str, versions: tuple[str, ...] = ("2.2.1",), storage: Callable[[Store], Store] | None = None
) -> Iterator[Inviting]:
    """A service that calls localhost, trusts the certificates of its own folder, and has a door for its operator."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / "deployment"
        outbound = {"private_hosts": ["localhost"], "ca": str(root / "ca.pem"), "timeout_s": 20.0}
        control = Path(folder) / "control"
        prepared = prepare(root, outbound=outbound)
        with running_service(faults, folder=prepared, versions=versions, control=control, storage=storage) as service:
            yield Inviting(service=service, control=control)


def invited_target(inviting: Inviting, starts: int) -> EnvironmentTarget:
    """One partner, with which the service is to register."""
    service = inviting.service
    chain, key = service.folder.server
    port = free_port()
    invited = Identity(
        name="emsp-e",
        party=Party(country_code="IT", party_id="ELN"),
        role=Role.EMSP,
        partner="emsp-e",
        disposable=True,
        has_sink=True,
        invited=Invitation(path=secrets.token_urlsafe(16), at=datetime.now(UTC), starts=starts),
    )
    return replace(
        target_of(service),
        identities=(invited,),
        mode=Mode.EXERCISE,
        allow=frozenset({Effect.REGISTRATION}),
        partner_server=PartnerServer(certificate_file=chain, key_file=key, port=port),
        token_policy=TokenPolicy(overlap_s=OVERLAP_S, revoked_within_s=OVERLAP_S),
    )


def free_port() -> int:
    """A port that no connection on its way out is given: the operator has to know it long before it is listened on."""
    while True:
        port = _PORTS.start + secrets.randbelow(len(_PORTS))
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port


def look(
    inviting: Inviting,
    target: EnvironmentTarget,
    folder: Path,
    *,
    operated: bool = True,
    patience_s: float = PATIENCE_S,
) -> FactStore:
    """What is seen while the operator starts registrations, or nothing."""
    (identity,) = target.identities
    token = secrets.token_urlsafe(32)

    async def run() -> FactStore:
        tokens = {identity.name: inviting.service.tokens[identity.name]}
        async with open_gate(target, folder, tokens=tokens, agreed={identity.name: token}) as gate:
            operator = asyncio.create_task(_operate(inviting, target, token) if operated else asyncio.sleep(0))
            try:
                return await gate.run(DiscoveryProbe(), InvitationProbe(after=(), patience_s=patience_s, stall_s=0.2))
            finally:
                operator.cancel()
                with suppress(asyncio.CancelledError):
                    await operator

    return asyncio.run(run())


async def _operate(inviting: Inviting, target: EnvironmentTarget, token: str) -> None:
    """Again and again until it is done: before the scanner listens a start ends at once, and nobody counts it."""
    (identity,) = target.identities
    server = target.partner_server
    assert server is not None
    assert identity.invited is not None
    url = f"https://localhost:{server.port}/{identity.invited.path}/versions"
    outcome = ""
    while outcome != "registered":
        await asyncio.sleep(_STEP_S)
        outcome = (await ask(inviting.control, identity.name, url, token))["outcome"]


def findings_of(facts: FactStore) -> tuple[Finding, ...]:
    """All findings of the family; a bug in a check is an error of the test."""
    return findings_from(CHECKS, facts)


@once_a_run
def invited_findings(faults: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    """The service with faults, which registers twice, or none, and three times: all but the last fail on our side."""
    starts = 2 if faults else 3
    with inviting_service(*faults) as inviting, TemporaryDirectory() as folder:
        return findings_of(look(inviting, invited_target(inviting, starts), Path(folder)))
