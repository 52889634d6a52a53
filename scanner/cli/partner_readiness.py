"""Can a partner be played: is there a place for new tokens, and a platform of ours that the target may believe?

Whether the target reaches them shows when it calls: every scan sees that first, as its positive control. What can be
told from this side is whether ports are free and may be listened on, and whether the certificate is for their name.
"""

import asyncio
import secrets
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509

from scanner.cli.opened_gate import opened_gate
from scanner.cli.readiness import Ready
from scanner.cli.talk import Talk
from scanner.cli.tokens import sinks
from scanner.config.configuration import Configuration
from scanner.gate.gate import Gate
from scanner.gate.sink import SinkFailed
from scanner.model.effect import Effect, Mode
from scanner.model.exchange import Refused
from scanner.model.intent import ServeIntent
from scanner.model.served import ServedAnswer, ServedCall
from scanner.model.target import EnvironmentTarget, PartnerServer
from scanner.run.scratch import scratch_folder
from scanner.tls.certificates import alternative_names
from scanner.tls.names import certificate_names

_PROBE: Final = "preflight"
_KEEP: Final = "Name a `sink` that this machine may write to: without it no registration is asked for."
_OPEN: Final = "Name a free port, and an address of this machine that stands in `listen_hosts`."
_NO_PAIR: Final = "its certificate and key cannot be used: they are no pair, or a password locks the key"
_CERTIFY: Final = "Name a certificate that the platform trusts, for the host name of `url`, and its key."


def partners_ready(configuration: Configuration, talk: Talk) -> list[Ready]:
    """One line for each port of a `partner_server` that a scan would open; nobody is answered."""
    serving = [target for target in configuration.targets if _registers(target)]
    return asyncio.run(_look(configuration, serving, talk)) if serving else []


def sinks_ready(configuration: Configuration) -> Iterator[Ready]:
    """Can new tokens be kept? Proven as a scan does it first: something that is no token is written, and taken away."""
    registering = {target.name for target in configuration.targets if _may_register(target)}
    for (environment, identity), sink in sinks(configuration).items():
        if environment not in registering:
            continue
        about = f"sink of {identity}"
        try:
            sink.prove()
        except SinkFailed as failed:
            yield Ready(environment=environment, about=about, ok=False, detail=str(failed), deed=_KEEP)
        else:
            yield Ready(
                environment=environment, about=about, ok=True, detail=f"a new token can be kept in {sink.place}"
            )


def _registers(target: EnvironmentTarget) -> bool:
    return _may_register(target) and target.partner_server is not None


def _may_register(target: EnvironmentTarget) -> bool:
    return target.mode.includes(Mode.EXERCISE) and Effect.REGISTRATION in target.allow


async def _look(configuration: Configuration, targets: list[EnvironmentTarget], talk: Talk) -> list[Ready]:
    with scratch_folder() as folder:
        async with opened_gate(configuration, {}, talk.redactor, folder) as gate:
            return [row for target in targets for row in await _rows(gate, target)]


async def _rows(gate: Gate, target: EnvironmentTarget) -> list[Ready]:
    server = target.partner_server
    if server is None:
        return []
    ports = (server.port, server.second_port) if server.hostile and server.second_port else (server.port,)
    about, certified = f"partner server of {target.name}", [*_unreadable_key(server), *_wrong_certificate(server)]
    rows = [Ready(environment=target.name, about=about, ok=False, detail=detail, deed=_CERTIFY) for detail in certified]
    for port in ports:
        detail = await _opens(gate, target, server, port)
        at = f"{server.host}:{port or 'any port'}"
        said = detail or f"can be opened at {at}; whether the platform reaches {_origin(server)} shows when it calls"
        deed = _CERTIFY if detail == _NO_PAIR else _OPEN
        rows.append(Ready(environment=target.name, about=about, ok=detail is None, detail=said, deed=deed))
    return rows


async def _opens(gate: Gate, target: EnvironmentTarget, server: PartnerServer, port: int) -> str | None:
    """Why it cannot be opened; None where it can, and is closed again."""
    intent = ServeIntent(
        effect=Effect.READ,
        environment=target.name,
        probe=_PROBE,
        purpose="see that a platform of ours can be opened",
        host=server.host,
        port=port,
        nonce=secrets.token_urlsafe(16),
        deadline_s=1.0,
        certificate_file=str(server.certificate_file),
        key_file=str(server.key_file),
        origin=server.url,
    )
    try:
        async with gate.serve(intent, _nobody) as served:
            return served.detail if isinstance(served, Refused) else None
    except ssl.SSLError:
        return _NO_PAIR
    except OSError as error:
        return f"{server.host}:{port} cannot be opened: {(error.strerror or type(error).__name__).lower()}"


async def _nobody(_call: ServedCall) -> ServedAnswer | None:
    return None


def _unreadable_key(server: PartnerServer) -> Iterator[str]:
    try:
        server.key_file.open("rb").close()
    except OSError as error:
        yield f"{server.key_file} cannot be read: {(error.strerror or type(error).__name__).lower()}"


def _wrong_certificate(server: PartnerServer) -> Iterator[str]:
    """What makes a sound client hang up, so that all that needs its call would be inconclusive."""
    try:
        certificate = x509.load_pem_x509_certificates(server.certificate_file.read_bytes())[0]
    except (OSError, ValueError) as error:
        yield f"{server.certificate_file} is no certificate in PEM: {type(error).__name__}"
        return
    now, host = datetime.now(UTC), urlsplit(_origin(server)).hostname or ""
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        yield f"its certificate is valid from {begins:%Y-%m-%d} to {ends:%Y-%m-%d} only, by the clock of this machine"
    if not certificate_names(host, *alternative_names(certificate)):
        yield f"its certificate does not name {host}, where the platform is to call it"


def _origin(server: PartnerServer) -> str:
    return server.url or f"https://localhost{f':{server.port}' if server.port else ''}"
