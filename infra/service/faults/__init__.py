"""Faults of the service, one per defect, each a wrapper round a correct service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from infra.service.faults.fault import Fault

FAULTS: Final[Mapping[str, Fault]] = {}


class UnknownFaultError(ValueError):
    """No such fault, or two that exclude each other."""


def select_faults(names: Iterable[str]) -> tuple[Fault, ...]:
    return ()
