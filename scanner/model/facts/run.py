"""Facts that the run itself brings: the day, and the contract that a target is judged against."""

from datetime import datetime

from scanner.model.late_dataclass import dataclass
from scanner.model.party import Contract, Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanTime:
    """When the run began (UTC); checks compare dates with this, never with a clock."""

    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractInForce:
    """The contract of one configured identity, as written in the configuration."""

    identity: Identity
    contract: Contract


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractsAgreed:
    """Every contract that the environment serves, also with partners whose identity the scanner does not have.

    `elsewhere`: those that other environments serve. `told` is False where the configuration has several environments
    and does not say which partners this one has: then `contracts` are all, and none has to be there.
    """

    contracts: tuple[Contract, ...]
    elsewhere: tuple[Contract, ...] = ()
    told: bool = True
