"""What a partner's resources are called, for the program and for the commands of operators."""

from __future__ import annotations

from infra.naming import PROJECT


def secret_name(environment: str, partner_id: str) -> str:
    """Name in Secrets Manager: `ocpi/test/partners/ID`."""
    return f"{PROJECT}/{environment}/partners/{partner_id}"
