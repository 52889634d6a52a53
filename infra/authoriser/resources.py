"""From a contract to the methods and paths of the gateway. The service checks the same again, object by object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from infra.authoriser.access import Contract

VERSION: Final = "2.2.1"
# Every partner has these, also one that holds CREDENTIALS_TOKEN_A only.
CONFIGURATION: Final = ("GET/ocpi/versions", f"GET/ocpi/{VERSION}", f"*/ocpi/{VERSION}/credentials")
_OWNED_BY_CPO: Final = frozenset({"locations", "tariffs", "sessions", "cdrs"})
_METHODS: Final[Mapping[frozenset[str], tuple[str, ...]]] = {
    frozenset({"read"}): ("GET",),
    frozenset({"write"}): ("POST", "PUT", "PATCH", "DELETE"),
    frozenset({"read", "write"}): ("*",),
}


def allowed(contract: Contract, *, bootstrap: bool) -> list[str]:
    """`METHOD/path` patterns, `*` standing for anything. Complete for the partner, as answers are cached."""
    modules = () if bootstrap else contract.modules
    return [*CONFIGURATION, *(pattern for grant in modules for pattern in _patterns(grant))]


def module_path(module: str, side: str) -> str:
    """Where the service has that side of the module, without leading slash."""
    cpo_side = (module in _OWNED_BY_CPO) is (side == "SENDER")
    return f"ocpi/{'cpo' if cpo_side else 'emsp'}/{VERSION}/{module}"


def _patterns(grant: Mapping[str, Any]) -> Iterable[str]:
    path = module_path(grant["module"], grant["side"])
    methods = _METHODS.get(frozenset(grant["rights"]), ())
    return (f"{method}/{path}{end}" for method in methods for end in ("", "/*"))
