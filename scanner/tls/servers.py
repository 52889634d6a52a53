"""Which servers a run looks at: the origins of the configuration, at each of their addresses up to a bound."""

import ipaddress
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from scanner.gate.gate import Gate
from scanner.model.effect import Effect
from scanner.model.exchange import Failed, Refused
from scanner.model.intent import DnsIntent
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.model.subject import ServerSubject
from scanner.model.target import ClientCertificate, Endpoint, EnvironmentTarget, Origin
from scanner.tls.recording import PROBE
from scanner.tls.refusal import reason_of
from scanner.tls.sslyze_document import NoAnswer

MAX_ADDRESSES: Final = 4
# What one scan of one server opens at most: 581 to 596 were counted (the suites, many of them by two OpenSSLs, 30
# groups, and some 50 others), and a handshake that times out is tried three times, at five seconds each.
CONNECTIONS: Final = 700
_SHARE: Final = 3 / 4  # of a host's requests: the other witnesses need the rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An origin to look at: the URL to ask for there, the endpoint that brought it into scope, its CA."""

    origin: Origin
    url: str
    endpoint: Endpoint

    @property
    def ca_file(self) -> Path | None:
        """The only CA to trust; None for the system store."""
        return self.endpoint.ca_file


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsServer:
    """One place at one address. `subject` names the address only where the name has several.

    `client` is what sslyze shows there; None: nothing.
    """

    place: Place
    address: str
    subject: ServerSubject
    client: ClientCertificate | None = None

    @property
    def spoken_name(self) -> str:
        """The host as TLS has it (RFC 6066, section 3): A-labels, no dot in the end; an address in its short form."""
        host = self.place.origin.host
        if is_address(host):
            return str(ipaddress.ip_address(host))
        named = host.rstrip(".")
        return named if named.isascii() else named.encode("idna").decode()

    @property
    def key(self) -> tuple[str, int, str]:
        """What tells its answer apart in sslyze's document."""
        return self.spoken_name, self.place.origin.port, self.address

    @property
    def sslyze_name(self) -> str:
        """`host:port{address}`, sslyze's way to pin an address."""
        host, port, address = self.key
        return f"[{host}]:{port}{{{address}}}" if ":" in host else f"{host}:{port}{{{address}}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A place with its servers and the addresses that the bound left out; or why it has none."""

    place: Place
    servers: tuple[TlsServer, ...] = ()
    left_out: tuple[str, ...] = ()
    failure: NoAnswer | None = None


def places(target: EnvironmentTarget) -> tuple[Place, ...]:
    """Each endpoint's own origin and the https origins that it may lead to, each once, in order."""
    found: dict[Origin, Place] = {}
    for endpoint in target.endpoints:
        found.setdefault(endpoint.origin, Place(origin=endpoint.origin, url=endpoint.versions_url, endpoint=endpoint))
    for endpoint in target.endpoints:
        for origin in endpoint.allow_hosts:
            if origin.scheme == "https":
                found.setdefault(origin, Place(origin=origin, url=f"{origin}/", endpoint=endpoint))
    return tuple(found.values())


def bare_subject(target: EnvironmentTarget, place: Place) -> ServerSubject:
    """The server by name and port."""
    return ServerSubject(environment=target.name, host=place.origin.host, port=place.origin.port)


async def resolve(gate: Gate, target: EnvironmentTarget, place: Place) -> Resolved:
    """Look the name up through the gate, and make a server of each address, at most `address_bound` of them."""
    host = place.origin.host
    intent = DnsIntent(
        effect=Effect.READ, environment=target.name, probe=PROBE, purpose="find the addresses of the server", name=host
    )
    match await gate.resolve(intent):
        case Failed() as failed:
            return Resolved(place=place, failure=NoAnswer(Reason.UNREACHABLE, str(failed)))
        case Refused() as refused:
            return Resolved(place=place, failure=NoAnswer(reason_of(refused), refused.detail))
        case addresses:
            bound = address_bound(target, host)
            servers = tuple(_servers(target, place, addresses[:bound], several=len(addresses) > 1))
            return Resolved(place=place, servers=servers, left_out=addresses[bound:])


def address_bound(target: EnvironmentTarget, host: str) -> int:
    """How many addresses are examined: at most four of a name, for at most three quarters of the host's requests."""
    if is_address(host):
        return 1
    ports = sum(place.origin.host == host for place in places(target))
    affordable = int(target.limits.max_requests * _SHARE) // (CONNECTIONS * max(ports, 1))
    return max(1, min(MAX_ADDRESSES, affordable))


def is_address(host: str) -> bool:
    """True for an IP address, false for a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _servers(
    target: EnvironmentTarget, place: Place, addresses: Iterable[str], *, several: bool
) -> Iterable[TlsServer]:
    for address in addresses:
        subject = ServerSubject(
            environment=target.name,
            host=place.origin.host,
            port=place.origin.port,
            address=str(ipaddress.ip_address(address)) if several else None,
        )
        yield TlsServer(place=place, address=address, subject=subject)
