"""Every interface of every version as one identity could ask for it: offered to it or not."""

from collections.abc import Iterator

from scanner.gate.policy import origin_of
from scanner.model.facts.ocpi.contract import UrlSource
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.intent import IdentityCredential
from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.interfaces import Interface as Specified
from scanner.model.ocpi.interfaces import interfaces
from scanner.model.ocpi.specification import VERSIONS
from scanner.model.party import Contract, Identity, Right
from scanner.model.subject import InterfaceSubject, Side
from scanner.model.target import Endpoint
from scanner.model.token_encoding import TokenEncoding
from scanner.ocpi.contract.places import formed, side_told, sides_used
from scanner.ocpi.interfaces import Interface, advertised
from scanner.probe import ProbeContext

_EVERYBODYS = "credentials"
Key = tuple[str, str, Side | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One interface, the URL to try, and as whom. `contract` is that of the identity, whether in force or not.

    `side_told` False: the URL may be that of the other side, which the identity uses as well (2.1.1 names no sides).
    """

    specified: Specified
    url: str
    source: UrlSource
    subject: InterfaceSubject
    identity: Identity
    credential: IdentityCredential
    contract: Contract | None
    in_force: bool | None
    side_told: bool = True

    @property
    def name(self) -> str:
        """For people: `2.2.1 locations sender as emsp-a`."""
        words = (self.specified.version, self.specified.module, self.specified.side)
        return f"{' '.join(filter(None, words))} as {self.identity.name}"

    def granted(self, right: Right) -> bool | None:
        """What the contract says; the credentials module belongs to every contract that is in force."""
        if self.contract is None or self.in_force is None:
            return None
        if not self.in_force:
            return False
        side = self.specified.side
        return side is None or self.contract.allows(self.specified.module, side, right)


class Doors:
    """The doors of one endpoint, from what discovery saw of all identities."""

    def __init__(self, context: ProbeContext, endpoint: Endpoint) -> None:
        self._context = context
        self._endpoint = endpoint
        self._urls: dict[Key, dict[str, str]] = {}
        self._encodings: dict[tuple[str, str], TokenEncoding] = {}
        self._untold: set[tuple[str, str, str]] = set()
        listed = [i for i in advertised(context, endpoint) if i.version in VERSIONS and i.place is UrlPlace.IN_SCOPE]
        told = {(*_listing(i), side_told(i.module, i.url)) for i in listed if i.side is None}
        self._tell_both = {_listing(i) for i in listed if {(*_listing(i), side) for side in Side} <= told}
        for interface in listed:
            self._add(interface)

    def of(self, identity: Identity) -> Iterator[Door]:
        """In order of version, module and side; none at which no URL is known or can be formed."""
        for version in sorted({version for version, _, _ in self._urls}):
            for specified in interfaces(version):
                found = self._place(specified, identity)
                if found is not None:
                    yield self._door(specified, identity, *found)

    def _add(self, interface: Interface) -> None:
        identity = self._context.target.identity(interface.credential.identity)
        sides: tuple[Side | None, ...] = (interface.side,)
        if interface.side is None and interface.module != _EVERYBODYS:
            sides = self._sides(interface, identity)
        for side in sides:
            known = self._urls.setdefault((interface.version, interface.module, side), {})
            known.setdefault(identity.name, interface.url)
        self._encodings[interface.version, identity.name] = interface.credential.encoding

    def _sides(self, interface: Interface, identity: Identity) -> tuple[Side, ...]:
        """The side that a URL of 2.1.1 is of; both, where the identity uses both and nothing tells them apart.

        Some platforms list a module twice there, once for each role of theirs: then the words of each URL count.
        """
        used = sides_used(interface.module, identity, self._context.target.contract_of(identity))
        told = side_told(interface.module, interface.url)
        if _listing(interface) in self._tell_both:
            return () if told is None else (told,)
        if len(used) == 1 or told is None:
            if len(used) > 1:
                self._untold.add((interface.version, interface.module, identity.name))
            return used
        return (told,)

    def _place(self, specified: Specified, identity: Identity) -> tuple[str, UrlSource] | None:
        known = self._urls.get((specified.version, specified.module, specified.side), {})
        if identity.name in known:
            return known[identity.name], UrlSource.ADVERTISED
        others = [url for url in known.values() if origin_of(url) == self._endpoint.origin]
        if others:
            return others[0], UrlSource.TO_OTHERS
        url = self._formed(specified)
        return None if url is None else (url, UrlSource.FORMED)

    def _formed(self, specified: Specified) -> str | None:
        if specified.side is None:
            return None
        taken = {url for known in self._urls.values() for url in known.values()}
        for (version, module, side), known in sorted(self._urls.items(), key=lambda item: str(item[0])):
            if version != specified.version or side is None:
                continue
            for url in known.values():
                made = formed(url, (module, side), (specified.module, specified.side), self._endpoint)
                if made is not None and made not in taken:
                    return made
        return None

    def _door(self, specified: Specified, identity: Identity, url: str, source: UrlSource) -> Door:
        target = self._context.target
        contract = target.contract_of(identity)
        others = (e for (version, _), e in self._encodings.items() if version == specified.version)
        encoding = self._encodings.get((specified.version, identity.name)) or next(others)
        subject = InterfaceSubject(
            environment=target.name,
            endpoint=self._endpoint.name,
            version=specified.version,
            module=specified.module,
            side=specified.side,
        )
        return Door(
            specified=specified,
            url=url,
            source=source,
            subject=subject,
            identity=identity,
            credential=IdentityCredential(identity=identity.name, encoding=encoding),
            contract=contract,
            in_force=contract.in_force(self._context.now.date()) if contract else None,
            side_told=(specified.version, specified.module, identity.name) not in self._untold,
        )


def _listing(interface: Interface) -> tuple[str, str, str]:
    return interface.version, interface.module, interface.credential.identity
