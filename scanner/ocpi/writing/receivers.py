"""Where a disposable identity may write, and how each object is written and read back there."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.ocpi.interfaces import Operation, Purpose
from scanner.model.ocpi.interfaces import interface as specified
from scanner.model.party import Identity, Right, Role
from scanner.model.subject import Side
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.ocpi.contract.places import side_told
from scanner.ocpi.interfaces import Interface, advertised, discovered
from scanner.ocpi.version_lists import version_with_data
from scanner.ocpi.writing.surface import Surface
from scanner.ocpi.writing.valid import key_of
from scanner.probe import ProbeContext

# Who owns, and so pushes, the objects of a module (the introductions of the modules).
_PUSHED_BY: Final = {
    "locations": Role.CPO,
    "tariffs": Role.CPO,
    "sessions": Role.CPO,
    "cdrs": Role.CPO,
    "tokens": Role.EMSP,
}
_WHOLE: Final = frozenset({"Location", "Session", "CDR", "Tariff", "Token"})
_PARTS: Final = frozenset({"EVSE", "Connector"})
_MOST_FURTHER_URLS: Final = 3


def surfaces(context: ProbeContext, endpoint: Endpoint, probe: str, *, parts: bool = False) -> tuple[Surface, ...]:
    """Every way in which a disposable identity of ours may write whole objects here; `parts`: and what is in them."""
    found: list[Surface] = []
    for interface in discovered(context, endpoint):
        identity = context.target.identity(interface.credential.identity)
        if interface.place is UrlPlace.IN_SCOPE and _may_push(interface, identity, context.target):
            first, *urls = _receivers_first(interface, _further_urls(context, endpoint, interface))
            at, elsewhere = replace(interface, url=first), tuple(urls)
            own = [replace(surface, elsewhere=elsewhere) for surface in _of(at, identity, probe, _WHOLE)]
            inner = _of(at, identity, probe, _PARTS) if parts else ()
            found += own
            found += (replace(part, elsewhere=elsewhere, inside=_container(own)) for part in inner)
    return tuple(found)


def _receivers_first(interface: Interface, further: tuple[str, ...]) -> list[str]:
    """All its URLs: where version details name no sides (2.1.1), first those whose words tell that it receives."""
    urls = [interface.url, *further]
    return sorted(urls, key=lambda url: side_told(interface.module, url) is not Side.RECEIVER)


def _further_urls(context: ProbeContext, endpoint: Endpoint, interface: Interface) -> tuple[str, ...]:
    urls = dict.fromkeys(
        other.url
        for other in advertised(context, endpoint)
        if (other.subject, other.credential.identity) == (interface.subject, interface.credential.identity)
        and other.place is UrlPlace.IN_SCOPE
        and other.url != interface.url
    )
    return tuple(urls)[:_MOST_FURTHER_URLS]


def _may_push(interface: Interface, identity: Identity, target: EnvironmentTarget) -> bool:
    owner = _PUSHED_BY.get(interface.module)
    if owner is None or interface.side is Side.SENDER or not identity.disposable or identity.party is None:
        return False
    contract = target.contract_of(identity)
    granted = contract is None or contract.allows(interface.module, Side.RECEIVER, Right.WRITE)
    roles = {identity.role} | set(contract.roles if contract else ())
    return granted and (owner in roles or roles == {None})


def _container(own: list[Surface]) -> Surface | None:
    """Where whole locations are written, for what is inside one."""
    return next((surface for surface in own if surface.write is surface.whole), None)


def _of(interface: Interface, identity: Identity, probe: str, classes: frozenset[str]) -> Iterator[Surface]:
    version = version_with_data(interface.version)
    operations = specified(version, interface.module, Side.RECEIVER).operations
    for whole in operations:
        if whole.carries not in classes or whole.purpose not in {Purpose.REPLACE, Purpose.CREATE}:
            continue
        if identity.party is None:
            continue
        patches = (o for o in operations if o.partial and o.path == whole.path)
        for write in (whole, *patches):
            yield Surface(
                probe=probe,
                interface=interface,
                write=write,
                whole=whole,
                read=_reading(operations, whole),
                version=version,
                class_name=whole.carries,
                key=key_of(whole.carries),
                party=identity.party,
            )


def _reading(operations: tuple[Operation, ...], write: Operation) -> Operation | None:
    """The GET of the same object."""
    reads = [o for o in operations if o.method == "GET" and o.answers == write.carries and not o.list]
    return next((o for o in reads if o.path.template == write.path.template), next(iter(reads), None))
