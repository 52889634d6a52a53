"""Where the modules live. The URLs are ours to choose; partners find them in the version details."""

from __future__ import annotations

from typing import Final

from infra.service.partner import InterfaceRole

# the modules that a CPO sends and an eMSP receives; for the others it is the other way round
_OWNED_BY_CPO: Final = frozenset({"locations", "tariffs", "sessions", "cdrs"})


def details_path(version: str) -> str:
    """The version details."""
    return f"/ocpi/{version}"


def credentials_path(version: str) -> str:
    """The credentials module."""
    return f"{details_path(version)}/credentials"


def module_path(version: str, module: str, side: InterfaceRole) -> str:
    """The endpoint of one side of a functional module."""
    cpo_side = (module in _OWNED_BY_CPO) is (side is InterfaceRole.SENDER)
    return f"/ocpi/{'cpo' if cpo_side else 'emsp'}/{version}/{module}"
