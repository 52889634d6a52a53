"""What a partner's resources are called, for the program and for the commands of operators."""

from __future__ import annotations

from typing import Final

from infra.naming import PROJECT

SCANNER_PARTNER: Final = "posture-scanner"  # the block under which the scheduled scanner is a partner like any other


def secret_name(environment: str, partner_id: str) -> str:
    """Name in Secrets Manager: `ocpi/test/partners/ID`."""
    return f"{PROJECT}/{environment}/partners/{partner_id}"
