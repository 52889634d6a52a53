"""Where the modules of this version live. The URLs are ours to choose; partners find them in the version details."""

from __future__ import annotations

from typing import Final

from infra.service.partner import InterfaceRole

NUMBER: Final = "2.2.1"
DETAILS: Final = f"/ocpi/{NUMBER}"
CREDENTIALS: Final = f"{DETAILS}/credentials"
# the modules that a CPO sends and an eMSP receives; for tokens it is the other way round
_OWNED_BY_CPO: Final = frozenset({"locations", "tariffs", "sessions", "cdrs"})


def module_path(module: str, side: InterfaceRole) -> str:
    """The endpoint of one side of a functional module."""
    cpo_side = (module in _OWNED_BY_CPO) is (side is InterfaceRole.SENDER)
    return f"/ocpi/{'cpo' if cpo_side else 'emsp'}/{NUMBER}/{module}"
