"""TLS servers on loopback: a hardened one, and one for each fault that a present-day OpenSSL can still be brought to.

The faults that it cannot (Heartbleed, ROBOT, CCS injection, compression, unprotected renegotiation, an ignored
TLS_FALLBACK_SCSV), or that Python's ssl cannot switch on (early data, a weak curve beside a strong one), are seeded in
sslyze's document of the hardened server instead: see `DOCUMENT_FAULTS`.
"""

import asyncio
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from tests.targets.loose_ends import hang_up
from tests.targets.tls_certificates import CertificatePlan, authority, issue

HARDENED_SUITES: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
OP_ALLOW_CLIENT_RENEGOTIATION: Final = 1 << 8  # SSL_OP_ALLOW_CLIENT_RENEGOTIATION of OpenSSL 3
OP_NO_EXTENDED_MASTER_SECRET: Final = 1 << 0  # SSL_OP_NO_EXTENDED_MASTER_SECRET of OpenSSL 3
BODY: Final = b'{"status_code":2001,"status_message":"no token","timestamp":"2026-01-01T00:00:00Z"}'
# The 1024-bit MODP group of RFC 2409, section 6.2, as PKCS #3 parameters.
DH_1024: Final = """-----BEGIN DH PARAMETERS-----
MIGHAoGBAP//////////yQ/aoiFowjTExmKLgNwc0SkCTgiKZ8x0Agu+pjsTmyJR
Sgh5jjQE3e+VGbPNOkMbMCsKbfJfFDdP4TVtbVHCReSFtXZiXn7G9ExC6aY37WsL
/1y29Aa37e44a/taiZ+lrp8kEXxLH+ZJKGZR7OZTgf//////////AgEC
-----END DH PARAMETERS-----
"""


@dataclass(frozen=True, kw_only=True)
class ServerPlan:
    """How a server is to be set up. `plaintext`: what its plaintext port does (`serves`, `redirects`, None: closed).

    `only_group`: the one that it takes; None: those of its OpenSSL.
    """

    certificate: CertificatePlan = field(default_factory=CertificatePlan)
    oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    suites: str = HARDENED_SUITES
    options: int = 0
    small_dh: bool = False
    only_group: str | None = None
    hsts: str | None = "max-age=31536000; includeSubDomains"
    plaintext: str | None = None


def certified(**changes: Any) -> Callable[[ServerPlan], ServerPlan]:
    """A fault of the certificate."""
    return lambda plan: replace(plan, certificate=replace(plan.certificate, **changes))


def served(**changes: Any) -> Callable[[ServerPlan], ServerPlan]:
    """A fault of the server's set-up."""
    return lambda plan: replace(plan, **changes)


FAULTS: Final[Mapping[str, Callable[[ServerPlan], ServerPlan]]] = {
    "old-version": served(oldest=ssl.TLSVersion.TLSv1, suites=HARDENED_SUITES + ":ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"),
    "cbc-suite": served(suites="ECDHE-ECDSA-AES128-SHA256:" + HARDENED_SUITES),
    "anonymous-suite": served(suites="AECDH-AES128-SHA:" + HARDENED_SUITES + ":@SECLEVEL=0"),
    "small-dh": lambda plan: replace(
        certified(key="rsa-2048")(plan), suites="DHE+AESGCM:ECDHE+AESGCM:@SECLEVEL=0", small_dh=True
    ),
    "expired": certified(days_before=30, days_after=-1),
    "not-yet-valid": certified(days_before=-1, days_after=60),
    "expires-soon": certified(days_after=5),
    "long-lived": certified(days_after=900),
    "self-signed": certified(issuer="self"),
    "unknown-ca": certified(issuer="stranger"),
    "wrong-name": certified(names=("ocpi.example.com", "127.0.0.2")),
    "short-key": lambda plan: replace(certified(key="rsa-1024")(plan), suites="ECDHE+AESGCM:@SECLEVEL=0"),
    "sha1-signature": lambda plan: replace(certified(sha1=True)(plan), suites=HARDENED_SUITES + ":@SECLEVEL=0"),
    "client-renegotiation": served(options=OP_ALLOW_CLIENT_RENEGOTIATION),
    "no-extended-master-secret": served(options=OP_NO_EXTENDED_MASTER_SECRET),
    "no-hsts": served(hsts=None),
    "short-hsts": served(hsts="max-age=300"),
    "plaintext-interface": served(plaintext="serves"),
    "plaintext-redirect": served(plaintext="redirects"),
}

Commands = dict[str, Any]  # `scan_result` of one server in sslyze's document


def says(command: str, field_name: str, value: object) -> Callable[[Commands], None]:
    """A fault as sslyze would report it: one field of one command's result."""

    def edit(commands: Commands) -> None:
        commands[command]["result"][field_name] = value

    return edit


def _accepts_weak_curve(commands: Commands) -> None:
    commands["elliptic_curves"]["result"]["supported_curves"].append({"name": "secp192r1", "openssl_nid": 409})


def _ignores_fallback_signal(commands: Commands) -> None:
    """Needs an older version to fall back to, so the server also speaks TLS 1.1."""
    commands["tls_fallback_scsv"]["result"]["supports_fallback_scsv"] = False
    accepted = commands["tls_1_2_cipher_suites"]["result"]["accepted_cipher_suites"]
    commands["tls_1_1_cipher_suites"]["result"]["accepted_cipher_suites"] = accepted[:1]


DOCUMENT_FAULTS: Final[Mapping[str, Callable[[Commands], None]]] = {
    "weak-curve": _accepts_weak_curve,
    "fallback-ignored": _ignores_fallback_signal,
    "compression": says("tls_compression", "supports_compression", value=True),
    "unprotected-renegotiation": says("session_renegotiation", "supports_secure_renegotiation", value=False),
    "heartbleed": says("heartbleed", "is_vulnerable_to_heartbleed", value=True),
    "robot": says("robot", "robot_result", "VULNERABLE_STRONG_ORACLE"),
    "ccs-injection": says("openssl_ccs_injection", "is_vulnerable_to_ccs_injection", value=True),
    "early-data": says("tls_1_3_early_data", "supports_early_data", value=True),
}


@dataclass(frozen=True, kw_only=True)
class RunningServer:
    """Where it listens; `plaintext_port` is closed unless the plan says otherwise."""

    port: int
    plaintext_port: int
    ca_file: Path

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}/ocpi/versions"


@contextmanager
def running_servers(plans: Mapping[str, ServerPlan], folder: Path) -> Iterator[Mapping[str, RunningServer]]:
    """All of them in one thread with an event loop of its own, until the block ends."""
    ca_file = folder / "ca.pem"
    ca_file.write_bytes(authority("test").pem)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    listening: list[asyncio.Server] = []
    try:
        yield {
            name: asyncio.run_coroutine_threadsafe(_start(plan, folder, name, ca_file, listening), loop).result(30)
            for name, plan in plans.items()
        }
    finally:
        asyncio.run_coroutine_threadsafe(_stop(listening), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


async def _start(
    plan: ServerPlan, folder: Path, name: str, ca_file: Path, listening: list[asyncio.Server]
) -> RunningServer:
    server = await asyncio.start_server(_answer(plan), "127.0.0.1", 0, ssl=_context(plan, folder, name))
    plain = await asyncio.start_server(_answer(plan, plaintext=True), "127.0.0.1", 0)
    ports = server.sockets[0].getsockname()[1], plain.sockets[0].getsockname()[1]
    listening.append(server)
    if plan.plaintext is None:
        plain.close()
    else:
        listening.append(plain)
    return RunningServer(port=ports[0], plaintext_port=ports[1], ca_file=ca_file)


async def _stop(listening: list[asyncio.Server]) -> None:
    for server in listening:
        await hang_up(server)
    own = asyncio.current_task()
    others = [task for task in asyncio.all_tasks() if task is not own]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _context(plan: ServerPlan, folder: Path, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(plan.suites)
    with warnings.catch_warnings(category=DeprecationWarning, action="ignore"):  # TLS 1.0 is the point
        context.minimum_version = plan.oldest
    context.options |= plan.options
    context.load_cert_chain(*issue(plan.certificate, folder, name))
    if plan.only_group:
        context.set_ecdh_curve(plan.only_group)
    if plan.small_dh:
        parameters = folder / "dh1024.pem"
        parameters.write_text(DH_1024)
        context.load_dh_params(str(parameters))
    return context


def _answer(
    plan: ServerPlan, *, plaintext: bool = False
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]:
    if plaintext and plan.plaintext == "redirects":
        head = b"HTTP/1.1 301 Moved Permanently\r\nLocation: https://127.0.0.1/ocpi/versions\r\nContent-Length: 0\r\n"
        whole = head + b"Connection: close\r\n\r\n"
    else:
        hsts = f"Strict-Transport-Security: {plan.hsts}\r\n".encode() if plan.hsts and not plaintext else b""
        head = b"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nConnection: close\r\n"
        whole = head + hsts + f"Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
            writer.write(whole)
            await writer.drain()
        except (OSError, ssl.SSLError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            pass
        finally:
            writer.close()

    return answer
