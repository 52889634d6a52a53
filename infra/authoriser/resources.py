"""From a contract to the methods and paths of the gateway. The service checks the same again, object by object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from infra.authoriser.access import Contract

RAW_VERSION: Final = "2.1.1"  # its header holds the token as it is; Base64 came with 2.2
VERSIONS: Final = (RAW_VERSION, "2.2.1", "2.3.0")
_LIST_OF_VERSIONS: Final = "GET/ocpi/versions"
_OWNED_BY_CPO: Final = frozenset({"locations", "tariffs", "sessions", "cdrs"})
_WRITES: Final = ("POST", "PUT", "PATCH", "DELETE")
_METHODS: Final[Mapping[frozenset[str], tuple[str, ...]]] = {
    frozenset({"read"}): ("GET",),
    frozenset({"write"}): _WRITES,
    frozenset({"read", "write"}): ("*",),
}
# what else has no more than this: a policy holds 8 KB
_WRITES_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "commands": ("POST",),
    "chargingprofiles": ("POST", "PUT", "DELETE"),
}


def allowed(contract: Contract, *, bootstrap: bool, versions: Sequence[str] = VERSIONS) -> list[str]:
    """`METHOD/path` patterns, `*` standing for anything. Complete for the partner, as answers are cached.

    Every partner has the configuration modules, also one that holds CREDENTIALS_TOKEN_A only.
    """
    modules = () if bootstrap else contract.modules
    configuration = [p for v in versions for p in (f"GET/ocpi/{v}", f"*/ocpi/{v}/credentials")]
    return [
        _LIST_OF_VERSIONS,
        *configuration,
        *(pattern for version in versions for grant in modules for pattern in _patterns(version, grant)),
    ]


def module_path(version: str, module: str, side: str) -> str:
    """Where the service has that side of the module, without leading slash."""
    cpo_side = (module in _OWNED_BY_CPO) is (side == "SENDER")
    return f"ocpi/{'cpo' if cpo_side else 'emsp'}/{version}/{module}"


def _patterns(version: str, grant: Mapping[str, Any]) -> Iterable[str]:
    path = module_path(version, grant["module"], grant["side"])
    methods = _METHODS.get(frozenset(grant["rights"]), ())
    if methods is _WRITES:
        methods = _WRITES_OF.get(grant["module"], _WRITES)
    return (f"{method}/{path}{end}" for method in methods for end in ("", "/*"))
