"""The reference service with two eMSPs that may command EVSEs by name, each with a session that is charging there."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from checks.families.ocpi_requests import CHECKS
from checks.model.finding import Finding
from infra.service.deployment.folder import prepare
from scanner.model.party import Identity, Party, Role
from scanner.model.target import EnvironmentTarget
from tests.targets.called_back import COMMANDING, commanded_target, look
from tests.targets.judged import findings_from
from tests.targets.once import once_a_run
from tests.targets.reference_service import RunningService, running_service

OTHER = Identity(
    name="emsp-b", party=Party(country_code="FR", party_id="RLN"), role=Role.EMSP, partner="emsp-b", disposable=True
)
CHARGING = frozenset({"RFC-LOC-0018-E1", "RFC-LOC-0023-E2"})  # where the two have a session
_COMMANDS = {"module": "commands", "side": "RECEIVER", "rights": ["write"]}


@contextmanager
def requested_service(*faults: str) -> Iterator[RunningService]:
    """A service that calls localhost, and takes commands of the other eMSP as well."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / "deployment"
        prepared = prepare(
            root, outbound={"private_hosts": ["localhost"], "ca": str(root / "ca.pem"), "timeout_s": 30.0}
        )
        document = json.loads((root / "service.json").read_bytes())
        for partner in document["partners"]:
            if partner["id"] == OTHER.name:
                partner["scopes"].append(_COMMANDS)
        (root / "service.json").write_text(json.dumps(document))
        with running_service(faults, folder=prepared, versions=("2.2.1",)) as service:
            yield service


def requested_target(service: RunningService) -> EnvironmentTarget:
    """EVSEs where the two are charging are named beside the one that can be reserved."""
    target = commanded_target(service)
    return replace(target, identities=(COMMANDING, OTHER), evses=target.evses | CHARGING)


@once_a_run
def requested_findings(fault: str | None = None) -> tuple[Finding, ...]:
    """The findings of the family on the service with one fault, or none."""

    with requested_service(*([fault] if fault else [])) as service, TemporaryDirectory() as folder:
        return findings_from(CHECKS, look(requested_target(service), service.tokens, Path(folder)))
