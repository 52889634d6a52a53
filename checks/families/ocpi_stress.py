"""The stress lab: load, held connections, and messages of doubtful length."""

from typing import Any, Final

from checks.families import ocpi_stress_bodies, ocpi_stress_held, ocpi_stress_load
from checks.model.check import Check

CHECKS: Final[tuple[Check[Any], ...]] = (
    *ocpi_stress_load.CHECKS,
    *ocpi_stress_bodies.CHECKS,
    *ocpi_stress_held.CHECKS,
)
