"""Contracts and the day of a scan as the facts that checks of a declared cloud are joined with."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import yaml

from scanner.config.partner_config import PartnerConfig
from scanner.config.targets import contract
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.run import ContractsAgreed, ScanTime
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.party import Contract
from scanner.model.subject import EnvironmentSubject
from scanner.model.witness import Witness
from tests.scanner.cloud.running import ROOT

TODAY: Final = datetime(2026, 6, 1, tzinfo=UTC)
_EVIDENCE: Final = (EvidenceRef(id="e0", sha256="0" * 64, path="evidence/e0.json"),)


def agreed(contracts: Sequence[Contract], now: datetime = TODAY, **more: Any) -> list[Observation[Any]]:
    """What the runner records of the configuration of environment `test`."""
    return [
        Observation(
            key=FactKey(
                fact=type(fact),
                subject=EnvironmentSubject(environment="test"),
                identity=None,
                witness=Witness.ATTESTATION,
            ),
            result=Seen(fact=fact, evidence=_EVIDENCE),
        )
        for fact in (ContractsAgreed(contracts=tuple(contracts), **more), ScanTime(now=now))
    ]


def contracts_of_the_example() -> tuple[Contract, ...]:
    """The partners in the example configuration of the reference stack: both take the same block."""
    config = yaml.safe_load((ROOT / "Pulumi.example-test.yaml").read_text(encoding="utf-8"))["config"]
    partners = {
        name: PartnerConfig.model_validate(one, strict=False) for name, one in config["ocpi-posture:partners"].items()
    }
    return tuple(contract(name, partner) for name, partner in partners.items())
