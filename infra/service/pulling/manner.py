"""How pulling is done: its parts, each to be exchanged for another one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from infra.service.pulling.intake import Intake
from infra.service.pulling.pages import pages
from infra.service.pulling.patience import Fetch, Patience

Pages = Callable[[Fetch, Patience, str], AsyncIterator[list[Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """The defaults are what a deployment gets; faults replace some of them."""

    pages: Pages = pages
    patience: type[Patience] = Patience
    intake: type[Intake] = Intake
