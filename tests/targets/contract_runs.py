"""Who may do what, looked at with several identities: one may read CDRs only, and one is past its end.

`findings_with(*faults)`: two eMSPs, two CPOs, and an eMSP whose contract has ended, with writes.
`hub_findings(*faults)`: a platform that is a hub, with a partner of three parties behind one token.
"""

import asyncio
import atexit
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

from checks.families import ocpi_contract_matrix, ocpi_owners
from checks.model.check import Check
from checks.model.finding import Finding
from checks.model.verdict import Outcome
from infra.service.credentials_token import CredentialsToken
from infra.service.deployment.contracts import partner_with_roles
from infra.service.deployment.folder import Folder, prepare
from scanner.model.effect import Effect, Mode
from scanner.model.fact_store import FactStore
from scanner.model.party import Contract, Grant, Identity, Party, Right, Role
from scanner.model.subject import Side
from scanner.model.target import EnvironmentTarget
from scanner.ocpi.contract.probe import ContractProbe
from scanner.ocpi.discovery import DiscoveryProbe
from tests.scanner.gate_fixtures import FAST, loopback_target, open_gate
from tests.targets.judged import findings_from
from tests.targets.once import once_a_run
from tests.targets.reference_service import RunningService, running_service

CHECKS: tuple[Check[Any], ...] = (*ocpi_contract_matrix.CHECKS, *ocpi_owners.CHECKS)
PLENTY = replace(FAST, max_requests=20_000)
EVSE = "NL*RFC*E000001"
_READ, _WRITE, _BOTH = frozenset({Right.READ}), frozenset({Right.WRITE}), frozenset(Right)
_S, _R = Side.SENDER, Side.RECEIVER
_EMSP = (
    Grant(module="locations", side=_S, rights=_READ),
    Grant(module="tariffs", side=_S, rights=_READ),
    Grant(module="tokens", side=_R, rights=_BOTH),
    Grant(module="sessions", side=_S, rights=_BOTH),
    Grant(module="cdrs", side=_S, rights=_READ),
)
_CPO = (
    *(Grant(module=module, side=_R, rights=_BOTH) for module in ("locations", "tariffs", "sessions")),
    Grant(module="cdrs", side=_R, rights=_READ),
    Grant(module="tokens", side=_S, rights=_BOTH),
    Grant(module="commands", side=_S, rights=_WRITE),
    Grant(module="chargingprofiles", side=_S, rights=_WRITE),
)
_PUSHES = (Grant(module="locations", side=_R, rights=_BOTH),)
_CLIENTS = Grant(module="hubclientinfo", side=_S, rights=_READ)
_WHO = {
    "emsp-a": ("DE-VLT", Role.EMSP, _EMSP),
    "emsp-b": ("FR-RLN", Role.EMSP, _EMSP),
    "cpo-c": ("BE-GRN", Role.CPO, _CPO),
    "cpo-g": ("SE-GRD", Role.CPO, _PUSHES),
    "emsp-e": ("IT-ELN", Role.EMSP, _EMSP),
    "group-f": ("CH-AAR", Role.EMSP, _EMSP),
}
ENDED = "emsp-e"
EVERYBODY = ("emsp-a", "emsp-b", "cpo-c", "cpo-g", ENDED)
# Faults that are switched on together: none of them hides another, and no check is in the rows of two. `make verify`
# shows each alone.
TOGETHER = (
    ("agreed-push-closed", "module-beyond-contract", "owner-from-body", "part-owner-unchecked"),
    ("agreed-list-closed", "forbidden-as-bad-request", "routing-header-believed", "write-with-read-right"),
    ("commands-always-on", "ended-contract-served"),
)
_WITH_A_FAULT = ("2.2.1",)  # it has to be found in this version alone; the hardened service is looked at in all


@cache
def _folder(*, is_hub: bool) -> Folder:
    """`cpo-c` may only read its CDRs, the contract of `emsp-e` has ended, and `cpo-g` may push Locations alone."""
    root = Path(mkdtemp(prefix="contract-service-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    folder = prepare(root / "deployment", is_hub=is_hub)
    path = folder.root / "service.json"
    document = json.loads(path.read_bytes())
    for partner in document["partners"]:
        for scope in partner["scopes"] if partner["id"] == "cpo-c" else ():
            scope["rights"] = ["read"] if scope["module"] == "cdrs" else scope["rights"]
        if partner["id"] == ENDED:
            partner["contract_until"] = "2025-06-01T00:00:00Z"
    if not is_hub:
        document["partners"].append(_second_cpo(folder))
    path.write_text(json.dumps(document))
    return folder


def _second_cpo(folder: Folder) -> dict[str, Any]:
    token = CredentialsToken.make()
    (folder.root / "tokens" / "cpo-g").write_text(token.reveal())
    scopes = [{"module": "locations", "side": "RECEIVER", "rights": ["read", "write"]}]
    agreed = partner_with_roles("cpo-g", "Gröna Laddstolpar", [("SE", "GRD", "CPO")], scopes)
    return agreed | {"token_sha256": token.digest()}


def contract_target(
    service: RunningService,
    names: Sequence[str] = EVERYBODY,
    *,
    mode: Mode = Mode.EXERCISE,
    is_hub: bool = False,
) -> EnvironmentTarget:
    """The service as a target that may be written to, also for ever."""
    more = (_CLIENTS,) if is_hub else ()
    identities, contracts = [], []
    for name in names:
        party, role, grants = _WHO[name]
        identities.append(Identity(name=name, party=Party.parse(party), role=role, partner=name, disposable=True))
        ends = date(2025, 5, 31) if name == ENDED else date(2035, 12, 31)
        agreed = Contract(partner=name, party=Party.parse(party), roles=(role,), grants=(*grants, *more), ends=ends)
        contracts.append(agreed)
    target = loopback_target(
        service.versions_url, ca_file=service.ca_path, identities=identities, contracts=contracts, limits=PLENTY
    )
    allowed = frozenset({Effect.LASTING, Effect.ACTUATE}) if mode is Mode.EXERCISE else frozenset[Effect]()
    return replace(target, mode=mode, allow=allowed, evses=frozenset({EVSE}))


def look(target: EnvironmentTarget, tokens: dict[str, str], folder: Path) -> FactStore:
    """What the probe of contracts sees."""

    async def run() -> FactStore:
        wanted = {identity.name: tokens[identity.name] for identity in target.identities}
        async with open_gate(target, folder, tokens=wanted) as gate:
            return await gate.run(DiscoveryProbe(), ContractProbe())

    return asyncio.run(run())


def judged(facts: FactStore) -> tuple[Finding, ...]:
    """The findings of both families; a bug in a check is an error of the test."""

    return findings_from(CHECKS, facts)


def together(fault: str) -> tuple[str, ...]:
    """The faults of the run that shows this one."""
    return next((faults for faults in TOGETHER if fault in faults), (fault,))


@once_a_run
def findings_with(*faults: str) -> tuple[Finding, ...]:
    """The deployment with faults, or none; looked at once a run."""
    names = [name for name in EVERYBODY if not faults or name != "emsp-b"]  # one eMSP shows each of the faults
    return _findings(faults, is_hub=False, names=names)


@once_a_run
def hub_findings(*faults: str) -> tuple[Finding, ...]:
    """The same platform as a hub."""
    return _findings(faults, is_hub=True, names=("group-f", "emsp-a"))


def _findings(faults: tuple[str, ...], *, is_hub: bool, names: Sequence[str]) -> tuple[Finding, ...]:
    versions = _WITH_A_FAULT if faults else ()
    started = running_service(faults, folder=_folder(is_hub=is_hub), versions=versions)
    with started as service, TemporaryDirectory() as folder:
        target = contract_target(service, names, is_hub=is_hub)
        return judged(look(target, service.tokens, Path(folder)))


def contract_service(*versions: str) -> Any:
    """The deployment of `findings_with`, running in all versions or in these."""
    return running_service(folder=_folder(is_hub=False), versions=versions)


def failing(findings: Sequence[Finding]) -> list[str]:
    """Ids of the checks that fail somewhere, sorted."""
    return sorted({finding.check for finding in findings if finding.outcome is Outcome.FAIL})
