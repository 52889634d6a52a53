"""Facts of the scanner's own log: when an environment was scanned as a whole, and when it was changed."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from scanner.model.late_dataclass import dataclass


class DeploymentKind(StrEnum):
    """What a deployment was to the partners of an environment."""

    CHANGE = "change"
    GO_LIVE = "go-live"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOnRecord:
    """One scan that left nothing out, and saw something; `began` in UTC."""

    run: str
    began: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentOnRecord:
    """One deployment, and the whole scans nearest to it; None: there was none on that side.

    `recorded` False: nobody put it on record, the configuration says since when partners are there.
    """

    at: datetime
    revision: str
    kind: DeploymentKind
    scanned_before: ScanOnRecord | None
    scanned_after: ScanOnRecord | None
    recorded: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CadenceOnRecord:
    """What the history knew when the run began; the run itself is not in it.

    `begins`: the earliest run of any kind that it has of the environment. `scans`: whole ones, oldest
    first, of the last `WINDOW_DAYS`, with the one before them. `deployments`: those of that time, with the last one and
    the last go-live whenever they were. `every_days` None: no interval is agreed.
    """

    begins: datetime | None
    scans: tuple[ScanOnRecord, ...]
    deployments: tuple[DeploymentOnRecord, ...]
    every_days: float | None
    after_change_hours: float


WINDOW_DAYS: Final = 92
CADENCE_FACTS: Final[tuple[type, ...]] = (CadenceOnRecord,)
