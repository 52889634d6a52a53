"""What a route of a gateway means in OCPI: which module, which side, which right (OCPI 2.1.1 to 2.3.0).

The path of an endpoint is the platform's to choose; a module's name is looked for in its segments. The side is known
where a segment says `sender` or `receiver`, or the role of the platform: a CPO sends what it owns, receives the rest.
"""

from typing import Final

from checks.resource_graph.route_table import ANY, Routed
from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.specification import VERSIONS, specification
from scanner.model.party import Contract, Right
from scanner.model.subject import Side

CONFIGURATION: Final = frozenset({"versions", "credentials"})  # every partner has them
DANGEROUS: Final = frozenset({"commands", "chargingprofiles", "bookings"})  # they move hardware, or limit it
_MODULES: Final = frozenset(module for version in VERSIONS for module in specification(version).modules) | DANGEROUS
_OWNED_BY_CPO: Final = frozenset({"locations", "tariffs", "sessions", "cdrs", "bookings"})
_SIDES: Final = {"sender": Side.SENDER, "receiver": Side.RECEIVER}
_CATCH_ALL: Final = frozenset({"$default"})
_BASE: Final = frozenset({"ocpi", "cpo", "emsp", "sender", "receiver", "api"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """`module` None: no module of OCPI is named. `rights`: reading, changing, or both under ANY."""

    module: str | None
    side: Side | None
    rights: frozenset[Right]


def meaning(routed: Routed) -> Meaning:
    """What the path and the method say."""
    words = [segment.lower() for segment in routed.segments or () if not segment.startswith("{")]
    module = next((word for word in words if word in _MODULES), None)
    return Meaning(module=module, side=_side(words, module), rights=_rights(routed.method))


def is_catch_all(routed: Routed) -> bool:
    """True where the route hands on whatever module, or whatever method, is asked."""
    segments = routed.segments or ()
    greedy = any(segment.endswith("+}") or segment in _CATCH_ALL for segment in segments)
    open_module = greedy or sum(segment.startswith("{") for segment in segments) > 1  # {version} and {module}
    return routed.method == ANY or (open_module and meaning(routed).module is None)


def is_configuration(routed: Routed) -> bool:
    """Versions, version details and credentials, and the root: what every partner may call."""
    words = [segment.lower() for segment in routed.segments or ()]
    if meaning(routed).module in CONFIGURATION or "versions" in words:
        return True
    literal = {word for word in words if not word.startswith("{") and not _is_version(word)}
    return literal <= _BASE


def allowed_by(contract: Contract, found: Meaning) -> bool:
    """True where a grant names the module with each right; sides are compared where both are known."""
    grants = [g for g in contract.grants if g.module == found.module and found.side in (None, g.side)]
    return all(any(right in grant.rights for grant in grants) for right in found.rights)


def _side(words: list[str], module: str | None) -> Side | None:
    for word in words:
        if word in _SIDES:
            return _SIDES[word]
    ours = "CPO" if "cpo" in words else "EMSP" if "emsp" in words else None
    if ours is None or module is None:
        return None
    return Side.SENDER if (module in _OWNED_BY_CPO) is (ours == "CPO") else Side.RECEIVER


def _rights(method: str) -> frozenset[Right]:
    if method == ANY:
        return frozenset(Right)
    return frozenset({Right.READ if method in ("GET", "HEAD") else Right.WRITE})


def _is_version(word: str) -> bool:
    return all(part.isdigit() for part in word.split("."))
