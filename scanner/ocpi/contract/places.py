"""Where a module's interface would be if it were on: URLs that others were told, and such as their siblings have."""

from typing import Final
from urllib.parse import urlsplit, urlunsplit

from scanner.gate.policy import origin_of
from scanner.model.party import Contract, Identity, Role
from scanner.model.subject import Side
from scanner.model.target import Endpoint

# Modules whose objects a CPO owns: there its platform is the sender, and the receiver of what drivers ask for.
_OF_CPO: Final = frozenset({"locations", "tariffs", "sessions", "cdrs"})
_ROLES: Final = frozenset({"cpo", "emsp", "msp"})
_ROLE_WORDS: Final = (("cpo", "emsp"), ("cpo", "msp"), ("sender", "receiver"))


def at_cpo(module: str, side: Side) -> bool:
    """True for the interface that a CPO's platform has (the introductions of the modules)."""
    return (module in _OF_CPO) is (side is Side.SENDER)


def sides_used(module: str, identity: Identity, contract: Contract | None) -> tuple[Side, ...]:
    """The sides that an identity uses, where version details name none (2.1.1): by its contract, else by its role."""
    granted = {grant.side for grant in contract.grants if grant.module == module} if contract else set()
    if granted:
        return tuple(sorted(granted))
    roles = {identity.role} | set(contract.roles if contract else ())
    wants_cpo = Role.CPO not in roles
    return tuple(side for side in Side if at_cpo(module, side) is wants_cpo)


def side_told(module: str, url: str) -> Side | None:
    """The side of a module that the words of its URL tell; None where none of them does."""
    words = set(urlsplit(url).path.lower().split("/"))
    told = {side for side in Side if side.value in words}
    if not told and words & _ROLES:
        told = {side for side in Side if at_cpo(module, side) is ("cpo" in words)}
    return told.pop() if len(told) == 1 else None


def formed(url: str, known: tuple[str, Side], wanted: tuple[str, Side], endpoint: Endpoint) -> str | None:
    """The URL of `wanted`, formed like that of `known`; None where the form does not lead there.

    The last segment that is the module's name becomes the other's; where the sides belong to different roles, a
    segment that names the role has to change with it. Never off the configured origin.
    """
    parts = urlsplit(url)
    segments = parts.path.split("/")
    places = [n for n, segment in enumerate(segments) if segment.lower() == known[0]]
    if not places or origin_of(url) != endpoint.origin:
        return None
    segments[places[-1]] = wanted[0]
    if at_cpo(*known) is not at_cpo(*wanted) and not _swapped(segments):
        return None
    return urlunsplit(parts._replace(path="/".join(segments)))


def _swapped(segments: list[str]) -> bool:
    """Change the first segment that names a role into its counterpart, in place."""
    for number, segment in enumerate(segments):
        for one, other in _ROLE_WORDS:
            if segment.lower() in {one, other}:
                segments[number] = other if segment.lower() == one else one
                return True
    return False
