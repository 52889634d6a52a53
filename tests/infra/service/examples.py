"""Valid objects of the parties in the prepared deployment, for tests to push and to break."""

from __future__ import annotations

from typing import Any

from infra.service.deployment.seed import seed_objects

Object = dict[str, Any]
_SEED = seed_objects()
T1, T2, T3 = "2026-02-01T10:00:00Z", "2026-02-01T11:00:00Z", "2026-02-01T12:00:00Z"


def _of(collection: str, party_id: str) -> Object:
    return dict(next(o for o in _SEED[collection] if o["party_id"] == party_id))


def location(**changes: Any) -> Object:
    """A location of cpo-c that the service does not know yet."""
    return _of("locations", "GRN") | {"id": "LOC-NEW", "last_updated": T1} | changes


def tariff(**changes: Any) -> Object:
    return _of("tariffs", "GRN") | {"id": "T-NEW", "last_updated": T1} | changes


def session(**changes: Any) -> Object:
    """One that goes on."""
    ongoing = next(o for o in _SEED["sessions"] if o["party_id"] == "GRN" and o["status"] == "ACTIVE")
    return ongoing | {"id": "S-NEW", "last_updated": T1} | changes


def cdr(**changes: Any) -> Object:
    return _of("cdrs", "GRN") | {"id": "CDR-NEW", "last_updated": T1} | changes


def token(**changes: Any) -> Object:
    """A token of emsp-a that the service does not know yet."""
    return _of("tokens", "VLT") | {"uid": "04AABBCCDD", "last_updated": T1} | changes


def seeded(collection: str) -> list[Object]:
    """All objects that the service starts with."""
    return _SEED[collection]
