"""What may leave: effect x endpoint x identity, decided in this one module and nowhere else.

Pure: the same intent, target and time give the same answer. `None` means: may be sent.
"""

import ipaddress
import re
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from scanner.gate.address import is_loopback
from scanner.model.effect import Effect, Mode
from scanner.model.exchange import RefusalKind, Refused
from scanner.model.intent import (
    AwsIntent,
    DnsIntent,
    HttpIntent,
    IdentityCredential,
    Intent,
    ListenIntent,
    MisplacedCredential,
    ProcessIntent,
    RawIntent,
)
from scanner.model.party import Party
from scanner.model.target import Endpoint, EnvironmentTarget, Origin

REAL: Final = (IdentityCredential, MisplacedCredential)  # credentials with a real token in them
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_GATE_HEADERS: Final = frozenset(
    {"authorization", "proxy-authorization", "cookie", "host", "content-length", "transfer-encoding", "connection"}
)
_COVERS: Final = {
    Effect.READ: frozenset({Effect.READ}),
    Effect.WRITE: frozenset({Effect.READ, Effect.WRITE}),
    Effect.LASTING: frozenset({Effect.READ, Effect.WRITE, Effect.LASTING}),
    Effect.REGISTRATION: frozenset({Effect.READ, Effect.REGISTRATION}),
    Effect.ACTUATE: frozenset({Effect.READ, Effect.ACTUATE}),
    Effect.BURST: frozenset(Effect),  # then the least effect is judged beside it
}
_MODULE_EFFECTS: Final = {
    "cdrs": Effect.LASTING,
    "sessions": Effect.LASTING,
    "tokens": Effect.LASTING,
    "credentials": Effect.REGISTRATION,
    "commands": Effect.ACTUATE,
    "chargingprofiles": Effect.ACTUATE,
}
_CLIENT_OWNED: Final = frozenset({"locations", "tariffs", "sessions", "tokens", "chargingpreferences"})
_OVERRIDES: Final = re.compile(r"(?i)^(x-)?(http-)?method(-override)?$|^_method$")
_HEADER_NAME: Final = re.compile(r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")  # RFC 9110, token


def origin_of(url: str) -> Origin | None:
    """Scheme, host and port of an http(s) URL; None if it is not one, or carries a user name or password."""
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    if not parts.hostname or "@" in parts.netloc:
        return None
    return Origin(scheme=parts.scheme, host=parts.hostname.lower(), port=port)


def least_effect(method: str, url: str, module: str | None = None) -> Effect:
    """The least effect that a request may be declared with: by its method, its module, and module names in its path.

    Judged as if a vulnerable target obeyed it: credentials make or end a token, commands and charging profiles move
    hardware, and OCPI has no way to take back a CDR, a session or a token. A target names its own paths, so the path
    alone proves nothing; it can only make a request weigh more.
    """
    if method in _SAFE_METHODS:
        return Effect.READ
    names = {segment.lower() for segment in _segments(url)} | {(module or "").lower()}
    found = {effect for name, effect in _MODULE_EFFECTS.items() if name in names}
    return max(found, key=tuple(Effect).index, default=Effect.WRITE)


def _segments(url: str) -> list[str]:
    """Path segments as the most generous server would read them: unquoted again and again, without parameters."""
    path = urlsplit(url).path
    while (plain := unquote(path)) != path:
        path = plain
    return [segment.partition(";")[0] for segment in path.replace("\\", "/").split("/")]


def owner_in_path(url: str) -> Party | None:
    """The party in the path of a client-owned object (OCPI 2.2.1 transport_and_format): `/{module}/{cc}/{party}/..`."""
    segments = _segments(url)
    for position, segment in enumerate(segments):
        if segment.lower() in _CLIENT_OWNED and len(segments) > position + 2:
            country_code, party_id = segments[position + 1 : position + 3]
            if len(country_code) == len("NL") and len(party_id) == len("TNM"):
                return Party(country_code=country_code, party_id=party_id)
    return None


def decide(intent: Intent, target: EnvironmentTarget | None, now: datetime) -> Refused | None:
    """May this intent leave for this environment, now?"""
    if target is None:
        return Refused(
            kind=RefusalKind.OUT_OF_SCOPE, detail=f"there is no environment {intent.environment!r} in this run"
        )
    return _place(intent, target) or _effect(intent, target, now) or _credential(intent, target)


def endpoint_for(host: str, target: EnvironmentTarget, port: int | None = None) -> Endpoint | None:
    """The endpoint that brings this host into scope; of several on one host, the one with that port."""
    brought = [(e, o.port) for e in target.endpoints for o in (e.origin, *e.allow_hosts) if o.host == host]
    brought.sort(key=lambda pair: pair[1] != port)  # stable: the first of the others where no port fits
    return brought[0][0] if brought else None


def _effect(intent: Intent, target: EnvironmentTarget, now: datetime) -> Refused | None:
    least = least_effect(intent.method, intent.url, intent.module) if isinstance(intent, HttpIntent) else Effect.READ
    if least not in _COVERS[intent.effect]:
        where = f"{intent.method} {intent.url}" if isinstance(intent, HttpIntent) else intent.purpose
        detail = f"{where} is at least {least}, but was declared {intent.effect}"
        return Refused(kind=RefusalKind.NOT_ALLOWED, detail=detail)
    if isinstance(intent, HttpIntent) and (undeclared := _undeclared(intent)):
        return Refused(kind=RefusalKind.NOT_ALLOWED, detail=undeclared)
    judged = (intent.effect, least) if intent.effect is Effect.BURST else (intent.effect,)
    return next((r for effect in judged if (r := _one_effect(effect, intent, target, now))), None)


def _undeclared(intent: HttpIntent) -> str | None:
    """What would make the request do more than its method says, or hides what it does."""
    parameters = {name for name, _ in parse_qsl(urlsplit(intent.url).query, keep_blank_values=True)}
    if any(_OVERRIDES.match(name.strip()) for name in (*intent.headers, *parameters)):
        return "another method stands in a header or parameter; send that method itself"
    if intent.method not in _SAFE_METHODS and intent.module is None:
        return f"{intent.method} {intent.url} does not name its OCPI module"
    if intent.method != intent.method.upper() or not intent.method.isalpha():
        return f"{intent.method!r} is not a method"
    return None


def _one_effect(effect: Effect, intent: Intent, target: EnvironmentTarget, now: datetime) -> Refused | None:
    exercise = _mode(target, Mode.EXERCISE, effect)
    match effect:
        case Effect.READ:
            return None
        case Effect.WRITE:
            return exercise or _disposable(effect, intent, target) or _owner(intent, target)
        case Effect.LASTING:
            allowed = exercise or _allowed(target, effect)
            return allowed or _disposable(effect, intent, target) or _owner(intent, target)
        case Effect.REGISTRATION:
            allowed = exercise or _allowed(target, effect)
            return allowed or _disposable(effect, intent, target) or _sink(intent, target)
        case Effect.ACTUATE:
            return exercise or _allowed(target, effect) or _evse(intent, target)
        case Effect.BURST:
            return _mode(target, Mode.STRESS, effect) or _authorised(intent, target, now)


def _mode(target: EnvironmentTarget, needed: Mode, effect: Effect) -> Refused | None:
    if target.mode.includes(needed):
        return None
    detail = f"{effect} needs mode {needed}; environment {target.name} is scanned in mode {target.mode}"
    return Refused(kind=RefusalKind.MODE, detail=detail)


def _allowed(target: EnvironmentTarget, effect: Effect) -> Refused | None:
    if effect in target.allow:
        return None
    return Refused(kind=RefusalKind.NOT_ALLOWED, detail=f"{effect} needs `allow: [{effect}]` in {target.name}")


def _disposable(effect: Effect, intent: Intent, target: EnvironmentTarget) -> Refused | None:
    speaker = next((i for i in target.identities if i.name == intent.identity), None)
    if speaker is not None and speaker.disposable:
        return None
    who = f"identity {intent.identity}" if intent.identity else "an anonymous request"
    return Refused(kind=RefusalKind.IDENTITY, detail=f"{effect} needs a disposable identity; {who} is not one")


def _owner(intent: Intent, target: EnvironmentTarget) -> Refused | None:
    """Every party whose object is touched is ours or exists nowhere: as declared, and as the path says."""
    if not isinstance(intent, HttpIntent):
        return None
    ours = {i.party for i in target.identities if i.party} | target.absent_parties
    in_path = owner_in_path(intent.url)
    touched = intent.owners | ({in_path} if in_path else frozenset())
    if intent.owners and touched <= ours:
        return None
    foreign = ", ".join(sorted(str(party) for party in touched - ours)) or "a party that was not named"
    detail = f"objects of {foreign} are not ours to write: use an identity's own party, or one of absent_parties"
    return Refused(kind=RefusalKind.IDENTITY, detail=detail)


def _sink(intent: Intent, target: EnvironmentTarget) -> Refused | None:
    if intent.identity and target.identity(intent.identity).has_sink:
        return None
    return Refused(kind=RefusalKind.SINK, detail=f"identity {intent.identity} has no durable sink for the new token")


def _evse(intent: Intent, target: EnvironmentTarget) -> Refused | None:
    if isinstance(intent, HttpIntent) and intent.evse is not None and intent.evse in target.evses:
        return None
    return Refused(kind=RefusalKind.NOT_ALLOWED, detail="a command needs a named EVSE that is listed in `evses`")


def _authorised(intent: Intent, target: EnvironmentTarget, now: datetime) -> Refused | None:
    host = _host(intent)
    if any(a.host.lower() == host and a.starts <= now <= a.ends for a in target.authorisations):
        return None
    detail = f"no authorisation for {host} covers {now:%Y-%m-%d %H:%M} UTC"
    return Refused(kind=RefusalKind.AUTHORISATION, detail=detail)


def _host(intent: Intent) -> str | None:
    match intent:
        case HttpIntent(url=url):
            origin = origin_of(url)
            return origin.host if origin else None
        case RawIntent(host=host) | DnsIntent(name=host) | ListenIntent(host=host):
            return host.lower()
        case _:
            return None


def _place(intent: Intent, target: EnvironmentTarget) -> Refused | None:
    match intent:
        case HttpIntent():
            return _http_place(intent, target)
        case RawIntent() | DnsIntent():
            host = _host(intent) or ""
            return None if endpoint_for(host, target) else _outside(host, target)
        case ProcessIntent(reserves=reserves):
            return next((_outside(host, target) for host in reserves if not endpoint_for(host, target)), None)
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


def _http_place(intent: HttpIntent, target: EnvironmentTarget) -> Refused | None:
    origin = origin_of(intent.url)
    if origin is None:
        return Refused(kind=RefusalKind.OUT_OF_SCOPE, detail=f"not an http or https URL: {intent.url[:200]!r}")
    if origin in {o for e in target.endpoints for o in (e.origin, *e.allow_hosts)}:
        return None
    asks_in_plaintext = origin.scheme == "http" and not isinstance(intent.credential, REAL)
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


def _credential(intent: Intent, target: EnvironmentTarget) -> Refused | None:
    if not isinstance(intent, HttpIntent):
        return None
    if any(name.lower() in _GATE_HEADERS or not _HEADER_NAME.match(name) for name in intent.headers):
        detail = "Authorization, Cookie, Host and what frames a message are set by the gate alone"
        return Refused(kind=RefusalKind.CREDENTIAL, detail=detail)
    if not isinstance(intent.credential, REAL):
        return None
    name = intent.credential.identity
    speaker = next((i for i in target.identities if i.name == name), None)
    if speaker is None or intent.identity != name:
        return Refused(kind=RefusalKind.CREDENTIAL, detail=f"the request does not speak as identity {name!r}")
    if isinstance(intent.credential, MisplacedCredential) and not speaker.disposable:
        detail = f"the token of {name!r} is not disposable, so it stands in the Authorization header only"
        return Refused(kind=RefusalKind.CREDENTIAL, detail=detail)
    origin = origin_of(intent.url)
    if origin is None or origin.scheme != "https" or not intent.verify_tls:
        return Refused(kind=RefusalKind.CREDENTIAL, detail="a real token is sent over verified TLS only")
    homes = [e for e in target.endpoints if target.may_see(e, speaker) and origin in {e.origin, *e.allow_hosts}]
    if not homes:
        detail = f"the token of {name!r} is not meant for {origin}; name its endpoints in `endpoints`"
        return Refused(kind=RefusalKind.CREDENTIAL, detail=detail)
    return None


def address_in_scope(host: str, address: str, target: EnvironmentTarget, *, internal: bool) -> bool:
    """May a name in scope be connected to at this address?

    An internal one only where the endpoint says `allow_internal`, or where its URL is that very address.
    """
    endpoint = endpoint_for(host, target)
    if endpoint is None:
        return False
    return not internal or endpoint.allow_internal or _is_literal(host, address)


def _is_literal(host: str, address: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")) == ipaddress.ip_address(address)
    except ValueError:
        return False
