"""The TLS side of the listener: versions, cipher suites, certificate."""

from __future__ import annotations

import ssl
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra.service.deployment.certificate_plan import CertificatePlan, KeyKind
from infra.service.deployment.folder import Folder

AEAD_ECDHE: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"  # RFC 9325, 4.2
_HANDSHAKE: Final = 22  # RFC 8446, B.3
_CLIENT_HELLO: Final = 1
_VERSION_IN_HELLO: Final = slice(4, 6)  # the highest that the client speaks, or 1.2 when it speaks 1.3
_ALLOW_CLIENT_RENEGOTIATION: Final = 1 << 8  # SSL_OP_ALLOW_CLIENT_RENEGOTIATION of OpenSSL 3; Python has no name for it


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerOptions:
    """How to listen. The defaults are what a deployment gets; faults replace some of them.

    `certificate` None serves the prepared files; otherwise certificates are issued at the start, one more for each of
    `extra_keys`. `legacy_ciphers` are offered below TLS 1.2 only. `plaintext` answers OCPI over http on a second port.
    `header_timeout_s`: for the first request's line and headers; `linger_s`: for a body that was answered already.
    None: as the protocol has it. `most_connections` None: as many as come.
    """

    minimum_version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    ciphers: str = AEAD_ECDHE
    legacy_ciphers: str = ""
    security_level: int | None = None  # of OpenSSL; None: its default
    client_renegotiation: bool = False
    certificate: CertificatePlan | None = None
    extra_keys: tuple[KeyKind, ...] = ()
    plaintext: bool = False
    header_timeout_s: float | None = None
    linger_s: float | None = None
    most_connections: int | None = None


def make_context(options: ListenerOptions, folder: Folder, host: str) -> ssl.SSLContext:
    """The server's SSLContext."""
    modern = _context(options, options.ciphers)
    contexts = [modern]
    if options.minimum_version < ssl.TLSVersion.TLSv1_2:
        contexts.append(_legacy(options, modern))
    with tempfile.TemporaryDirectory() as directory:
        for chain, key in _certificates(options, folder, host, Path(directory)):
            for context in contexts:
                context.load_cert_chain(chain, key)
    return contexts[-1]


def _context(options: ListenerOptions, ciphers: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # TLS 1.0 and 1.1, when a fault wants them
        context.minimum_version = options.minimum_version
    level = "" if options.security_level is None else f":@SECLEVEL={options.security_level}"
    context.set_ciphers(ciphers + level)
    context.set_alpn_protocols(["http/1.1"])
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_CIPHER_SERVER_PREFERENCE
    if options.client_renegotiation:
        context.options &= ~ssl.OP_NO_RENEGOTIATION
        context.options |= _ALLOW_CLIENT_RENEGOTIATION
    else:
        context.options |= ssl.OP_NO_RENEGOTIATION
    return context


def _legacy(options: ListenerOptions, modern: ssl.SSLContext) -> ssl.SSLContext:
    """A context that offers `legacy_ciphers` below TLS 1.2, and is exchanged for `modern` from TLS 1.2 on.

    The exchange happens on the ClientHello, before a suite is chosen: old versions do not bring their suites into the
    new ones. Python tells the version to the message callback only, which is private, but there since 3.8.
    """
    context = _context(options, f"{options.ciphers}:{options.legacy_ciphers}")

    def choose(connection: Any, direction: str, _version: int, content: int, message: int, data: bytes) -> None:  # noqa: ANN401
        is_hello = direction == "read" and content == _HANDSHAKE and message == _CLIENT_HELLO
        if is_hello and int.from_bytes(data[_VERSION_IN_HELLO]) >= ssl.TLSVersion.TLSv1_2:
            connection.context = modern

    context._msg_callback = choose  # type: ignore[attr-defined] # noqa: SLF001
    return context


def _certificates(options: ListenerOptions, folder: Folder, host: str, scratch: Path) -> list[tuple[Path, Path]]:
    if options.certificate is None and not options.extra_keys:
        return [folder.server]
    from infra.service.deployment import certificates  # noqa: PLC0415 - cryptography is loaded for faults only

    plan = options.certificate or CertificatePlan()
    issuer = certificates.load_issuer(*(path.read_bytes() for path in folder.issuing_ca))
    now, files = certificates.utc_now(), []
    for kind in dict.fromkeys((plan.key, *options.extra_keys)):
        names = plan.names or folder.names(host)
        planned = CertificatePlan(names=names, lifetime=plan.lifetime, key=kind, self_signed=plan.self_signed)
        issued = certificates.issue(planned, issuer, now)
        chain, key = scratch / f"{kind}.pem", scratch / f"{kind}-key.pem"
        chain.write_bytes(issued.chain)
        key.write_bytes(issued.key)
        files.append((chain, key))
    return files
