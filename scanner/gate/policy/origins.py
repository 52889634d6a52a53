"""Which origins belong to an environment: the configured ones, those in `allow_hosts`, and plaintext beside them."""

import ipaddress
import re
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from scanner.gate.address import is_loopback
from scanner.model.credential import MadeUpCredential
from scanner.model.effect import Effect
from scanner.model.exchange import RefusalKind, Refused
from scanner.model.intent import (
    AwsIntent,
    DnsIntent,
    HttpIntent,
    Intent,
    ListenIntent,
    ProcessIntent,
    RawIntent,
    ServeIntent,
)
from scanner.model.served import Speaks
from scanner.model.target import Endpoint, EnvironmentTarget, Origin

_PLAIN: Final = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?=[/?#]|\Z)")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
# What two servers read differently may reach somebody else's connection.
MISFRAMED: Final = "messages with two lengths are sent to loopback only"


@lru_cache(maxsize=1024)  # asked for several times a request
def origin_of(url: str) -> Origin | None:
    """Scheme, host and port of an http(s) URL; None if it is not one, or carries a user name or password."""
    plain = _PLAIN.match(url)  # an ordinary URL: the many of one host are parsed once
    return _parsed(plain[0] if plain and url.isascii() and url.isprintable() else url)


@lru_cache(maxsize=4096)
def _parsed(url: str) -> Origin | None:
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    if not parts.hostname or "@" in parts.netloc:
        return None
    return Origin(scheme=parts.scheme, host=parts.hostname.lower(), port=port)


def endpoint_for(host: str, target: EnvironmentTarget, port: int | None = None) -> Endpoint | None:
    """The endpoint that brings this host into scope; of several on one host, the one with that port."""
    brought = [(e, o.port) for e in target.endpoints for o in (e.origin, *e.allow_hosts) if o.host == host]
    brought.sort(key=lambda pair: pair[1] != port)  # stable: the first of the others where no port fits
    return brought[0][0] if brought else None


def host_of(intent: Intent) -> str | None:
    """The host that an intent leads to; None where it leads to none, or to several."""
    match intent:
        case HttpIntent(url=url):
            origin = origin_of(url)
            return origin.host if origin else None
        case RawIntent(host=host) | DnsIntent(name=host) | ListenIntent(host=host):
            return host.lower()
        case _:
            return None


def out_of_scope(intent: Intent, target: EnvironmentTarget) -> Refused | None:
    """Why an intent leads out of its environment; None where it does not."""
    match intent:
        case HttpIntent():
            return _http(intent, target)
        case RawIntent(misframed=True, host=name) if not (is_loopback(name) or name.lower() == "localhost"):
            return Refused(kind=RefusalKind.OUT_OF_SCOPE, detail=f"{name} is not loopback: {MISFRAMED}")
        case RawIntent() | DnsIntent():
            host = host_of(intent) or ""
            return None if endpoint_for(host, target) else _outside(host, target)
        case ProcessIntent(reserves=reserves):
            return next((_outside(host, target) for host in reserves if not endpoint_for(host, target)), None)
        case ServeIntent(certificate_file=None, speaks=speaks) if speaks is not Speaks.PLAINTEXT:
            return Refused(kind=RefusalKind.CREDENTIAL, detail="callers show tokens, so they are served over TLS only")
        case ListenIntent(host=host):
            if is_loopback(host) or host in target.listen_hosts:
                return None
            return Refused(kind=RefusalKind.OUT_OF_SCOPE, detail=f"{host} is neither loopback nor one of listen_hosts")
        case AwsIntent():
            if intent.effect is Effect.READ:
                return None
            return Refused(kind=RefusalKind.NOT_ALLOWED, detail="calls to AWS are read-only")
        case _:
            return Refused(kind=RefusalKind.OUT_OF_SCOPE, detail="an intent of no known kind")


def address_in_scope(host: str, address: str, target: EnvironmentTarget, *, internal: bool) -> bool:
    """May a name in scope be connected to at this address?

    An internal one only where the endpoint says `allow_internal`, or where its URL is that very address.
    """
    endpoint = endpoint_for(host, target)
    if endpoint is None:
        return False
    return not internal or endpoint.allow_internal or _is_literal(host, address)


def _http(intent: HttpIntent, target: EnvironmentTarget) -> Refused | None:
    origin = origin_of(intent.url)
    if origin is None:
        return Refused(kind=RefusalKind.OUT_OF_SCOPE, detail=f"not an http or https URL: {intent.url[:200]!r}")
    if any(origin == known for e in target.endpoints for known in (e.origin, *e.allow_hosts)):
        return None
    asks_in_plaintext = origin.scheme == "http" and isinstance(intent.credential, MadeUpCredential | None)
    if asks_in_plaintext and intent.effect is Effect.READ and origin.port in _plaintext_ports(origin.host, target):
        return None
    return _outside(str(origin), target)


def _plaintext_ports(host: str, target: EnvironmentTarget) -> frozenset[int]:
    """Ports of a host where a plaintext listener may be looked for: those of every URL there, and the configured."""
    brought = [e for e in target.endpoints if host in {o.host for o in (e.origin, *e.allow_hosts)}]
    own = {o.port for e in brought for o in (e.origin, *e.allow_hosts) if o.host == host}
    return frozenset(own | {port for e in brought for port in e.plaintext_ports})


def _outside(where: str, target: EnvironmentTarget) -> Refused:
    known = ", ".join(sorted({str(e.origin) for e in target.endpoints})) or "none"
    detail = f"{where} is not in scope of environment {target.name} ({known}); name it in allow_hosts if it should be"
    return Refused(kind=RefusalKind.OUT_OF_SCOPE, detail=detail)


def _is_literal(host: str, address: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")) == ipaddress.ip_address(address)
    except ValueError:
        return False
