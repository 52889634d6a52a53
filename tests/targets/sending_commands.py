"""The reference service, whose operator has it send commands to a Charge Point operator that is us."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from checks.families.ocpi_sent_commands import CHECKS
from checks.model.finding import Finding
from infra.service.credentials_token import CredentialsToken
from infra.service.deployment.contracts import partner_with_roles
from infra.service.deployment.folder import Folder, prepare
from infra.service.starting.door import command
from scanner.model.effect import Effect, Mode
from scanner.model.fact_store import FactStore
from scanner.model.party import Commanded, Identity, Party, Role
from scanner.model.target import EnvironmentTarget, PartnerServer
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.sent_commands.probe import SentCommandsProbe
from tests.scanner.gate_fixtures import open_gate
from tests.targets.judged import findings_from
from tests.targets.once import once_a_run
from tests.targets.protocol_runs import target_of
from tests.targets.reference_service import RunningService, running_service

ALLOWED = frozenset({Effect.ACTUATE, Effect.REGISTRATION})
COMMANDED = Identity(
    name="cpo-c",
    party=Party(country_code="BE", party_id="GRN"),
    role=Role.CPO,
    partner="cpo-c",
    disposable=True,
    has_sink=True,
)
ANOTHER = Identity(
    name="cpo-h",
    party=Party(country_code="SE", party_id="GRD"),
    role=Role.CPO,
    partner="cpo-h",
    disposable=True,
)
COUNT = 3  # the last one is answered late
PATIENCE_S = 60.0
_STEP_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A service and the way to its operator."""

    service: RunningService
    control: Path


@contextmanager
def sending_service(*faults: str, versions: tuple[str, ...] = ("2.2.1",)) -> Iterator[Sending]:
    """A service that calls localhost, trusts the certificates of its own folder, and has a door for its operator."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / "deployment"
        outbound = {"private_hosts": ["localhost"], "ca": str(root / "ca.pem"), "timeout_s": 20.0}
        control = Path(folder) / "control"
        prepared = with_second_cpo(prepare(root, outbound=outbound))
        with running_service(faults, folder=prepared, versions=versions, control=control) as service:
            yield Sending(service=service, control=control)


def with_second_cpo(folder: Folder) -> Folder:
    """The same deployment with a Charge Point operator beside `cpo-c` that may bring results, too."""
    token, path = CredentialsToken.make(), folder.root / "service.json"
    (folder.root / "tokens" / ANOTHER.name).write_text(token.reveal())
    scopes = [{"module": "commands", "side": "SENDER", "rights": ["write"]}]
    agreed = partner_with_roles(ANOTHER.name, "Gröna Laddstolpar", [("SE", "GRD", "CPO")], scopes)
    document = json.loads(path.read_bytes())
    document["partners"].append(agreed | {"token_sha256": token.digest()})
    path.write_text(json.dumps(document))
    return folder


def sending_target(sending: Sending, count: int = COUNT) -> EnvironmentTarget:
    """One partner that is commanded, and another one that might be."""
    chain, key = sending.service.folder.server
    commanded = replace(COMMANDED, commanded=Commanded(at=datetime.now(UTC), count=count))
    return replace(
        target_of(sending.service),
        identities=(commanded, ANOTHER),
        mode=Mode.EXERCISE,
        allow=ALLOWED,
        partner_server=PartnerServer(certificate_file=chain, key_file=key),
    )


def look(
    sending: Sending,
    target: EnvironmentTarget,
    folder: Path,
    *,
    operated: bool = True,
    patience_s: float = PATIENCE_S,
) -> FactStore:
    """What is seen while the operator sends commands, or nothing."""

    async def run() -> FactStore:
        tokens = {identity.name: sending.service.tokens[identity.name] for identity in target.identities}
        async with open_gate(target, folder, tokens=tokens) as gate:
            operator = asyncio.create_task(_operate(sending) if operated else asyncio.sleep(0))
            probe = SentCommandsProbe(after=(), patience_s=patience_s, short_s=0, pause=lambda _: _all_sent(sending))
            try:
                return await gate.run(DiscoveryProbe(), probe)
            finally:
                operator.cancel()
                with suppress(asyncio.CancelledError):
                    await operator

    return asyncio.run(run())


async def _all_sent(sending: Sending) -> None:
    """A timeout of no seconds is over when the service has read of it."""
    async with asyncio.timeout(PATIENCE_S):
        while _taken(sending) < COUNT:  # noqa: ASYNC110 - the service runs in another thread
            await asyncio.sleep(_STEP_S)


def _taken(sending: Sending) -> int:
    events = sending.service.events
    return sum(event["event"] == "command_sent" and event["outcome"] == "ACCEPTED" for event in events)


async def _operate(sending: Sending) -> None:
    """Until somebody stops him: before we are registered no command is sent, and beyond the last one none is taken."""
    while True:
        await command(sending.control, COMMANDED.name, "CANCEL_RESERVATION", {"reservation_id": "R-NONE"})
        await asyncio.sleep(_STEP_S)


def findings_of(facts: FactStore) -> tuple[Finding, ...]:
    """All findings of the family; a bug in a check is an error of the test."""
    return findings_from(CHECKS, facts)


@once_a_run
def sent_command_findings(faults: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    """The service with faults, or none."""
    with sending_service(*faults) as sending, TemporaryDirectory() as folder:
        return findings_of(look(sending, sending_target(sending), Path(folder)))
