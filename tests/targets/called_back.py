"""The reference service with an eMSP that may command one EVSE by name, and takes the results of that."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

from checks.families.ocpi_callbacks import CHECKS
from checks.model.finding import Finding
from infra.service.deployment.folder import prepare
from scanner.model.effect import Effect, Mode
from scanner.model.fact_store import FactStore
from scanner.model.party import Identity, Party, Role
from scanner.model.target import EnvironmentTarget, PartnerServer
from scanner.ocpi.callbacks.probe import CallbacksProbe
from scanner.ocpi.discovery import DiscoveryProbe
from tests.scanner.gate_fixtures import loopback_target, open_gate
from tests.targets.judged import findings_from
from tests.targets.once import once_a_run
from tests.targets.reference_service import RunningService, running_service
from tests.targets.transition_runs import writing_target

COMMANDING = Identity(
    name="emsp-e",
    party=Party(country_code="IT", party_id="ELN"),
    role=Role.EMSP,
    partner="emsp-e",
    disposable=True,
    has_sink=True,
)
ALLOWED = frozenset({Effect.ACTUATE, Effect.REGISTRATION})
_ENDS_WITHIN_S = 2.0  # its end is kept before the result of its stop is sent
_NEEDED = {"UNLOCK_CAPABLE", "RESERVABLE", "REMOTE_START_STOP_CAPABLE"}


@contextmanager
def calling_service(*faults: str, versions: tuple[str, ...] = ("2.2.1",)) -> Iterator[RunningService]:
    """A service that calls localhost, and trusts the certificates of its own folder."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / "deployment"
        outbound = {"private_hosts": ["localhost"], "ca": str(root / "ca.pem"), "timeout_s": 30.0}
        with running_service(faults, folder=prepare(root, outbound=outbound), versions=versions) as service:
            yield service


def commanded_target(service: RunningService) -> EnvironmentTarget:
    """One EVSE is named that has a connector to unlock, and takes reservations and sessions."""
    chain, key = service.folder.server
    target = writing_target(service, COMMANDING, mode=Mode.EXERCISE, allow=ALLOWED)
    server = PartnerServer(certificate_file=chain, key_file=key)
    return replace(target, evses=frozenset({able_evse(service)}), partner_server=server)


def commanded_at(versions_url: str, ca: Path, chain: Path, key: Path, evse: str) -> EnvironmentTarget:
    """The same of a service that another process runs."""
    return replace(
        loopback_target(versions_url, ca_file=ca, identities=(COMMANDING,)),
        mode=Mode.EXERCISE,
        allow=ALLOWED,
        evses=frozenset({evse}),
        partner_server=PartnerServer(certificate_file=chain, key_file=key),
    )


def able_evse(service: RunningService) -> str:
    """The uid of an EVSE that does everything that is asked of it."""
    url = f"{service.origin}/ocpi/cpo/2.2.1/locations?limit=50"
    request = Request(url, headers={"Authorization": service.authorization(COMMANDING.name)})
    with urlopen(request, context=service.client_context()) as answer:
        places = json.load(answer)["data"]
    evses = (evse for place in places for evse in place["evses"])
    return next(str(e["uid"]) for e in evses if e["status"] == "AVAILABLE" and set(e["capabilities"]) >= _NEEDED)


def look(target: EnvironmentTarget, tokens: Mapping[str, str], folder: Path, patience_s: float = 20.0) -> FactStore:
    """What comes of commands."""

    async def run() -> FactStore:
        wanted = {i.name: tokens[i.name] for i in target.identities}
        async with open_gate(target, folder, tokens=wanted) as gate:
            callbacks = CallbacksProbe(after=(), patience_s=patience_s, ends_within_s=_ENDS_WITHIN_S)
            return await gate.run(DiscoveryProbe(), callbacks)

    return asyncio.run(run())


def findings_of(facts: FactStore) -> tuple[Finding, ...]:
    """All findings of the family; a bug in a check is an error of the test."""

    return findings_from(CHECKS, facts)


@once_a_run
def called_back_findings(fault: str | None = None) -> tuple[Finding, ...]:
    """The service with one fault, or none."""
    with calling_service(*([fault] if fault else [])) as service, TemporaryDirectory() as folder:
        patience_s = 0.4 if fault == "results-never-sent" else 20.0  # nobody waits for what comes
        return findings_of(look(commanded_target(service), service.tokens, Path(folder), patience_s))
