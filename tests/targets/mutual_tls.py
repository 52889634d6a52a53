"""Servers that ask for client certificates, and say by an alert why they refuse: asyncio's hang up without one."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scanner.model.target import ClientCertificate
from tests.targets.tls_certificates import CertificatePlan, authority, issue

TRUSTED: Final = "partners"  # the CA of the trust store
BODY: Final = b'{"status_code":2001,"status_message":"no token","timestamp":"2026-01-01T00:00:00Z"}'
ANSWER: Final = b"HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)


def bare(status: int) -> bytes:
    """An answer without a body."""
    return b"HTTP/1.1 %d Said\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" % status


FORBIDDEN: Final = bare(403)
_PATIENCE_S: Final = 60.0


@dataclass(frozen=True, kw_only=True)
class Gatekeeper:
    """How a server treats callers. `by_http`: who shows none is told so by an HTTP error, and not in the handshake.

    `bans`: it hangs up on everybody from the first on who shows none. `known` and `unknown`: what it answers.
    """

    wants: ssl.VerifyMode = ssl.CERT_REQUIRED
    by_http: bool = False
    bans: bool = False
    known: bytes = ANSWER
    unknown: bytes = FORBIDDEN
    version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, keeper: Gatekeeper, folder: Path) -> None:
        self.keeper = keeper
        self.banned = False
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(*issue(CertificatePlan(), folder, "server"))
        self.tls.load_verify_locations(cadata=authority(TRUSTED).pem.decode())
        self.tls.verify_mode = keeper.wants
        self.tls.maximum_version = keeper.version
        super().__init__(("127.0.0.1", 0), _Caller)


class _Caller(socketserver.BaseRequestHandler):
    server: Any

    def handle(self) -> None:
        """Shake hands, read a request, answer; whoever breaks off is let go."""
        self.request.settimeout(_PATIENCE_S)
        try:
            with self.server.tls.wrap_socket(self.request, server_side=True) as caller:
                self.server.banned |= self.server.keeper.bans and not caller.getpeercert()
                if self.server.banned:
                    return
                caller.recv(65_536)
                keeper = self.server.keeper
                known = not keeper.by_http or caller.getpeercert()
                caller.sendall(keeper.known if known else keeper.unknown)
        except OSError:
            pass


@contextmanager
def gatekeepers(folder: Path, *keepers: Gatekeeper) -> Iterator[tuple[str, ...]]:
    """The versions URL of each, and `folder / "ca.pem"`, which has signed their certificates."""
    (folder / "ca.pem").write_bytes(authority("test").pem)
    with ExitStack() as stack:
        servers = [stack.enter_context(_Server(keeper, folder)) for keeper in keepers]
        for server in servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
            stack.callback(server.shutdown)
        yield tuple(f"https://127.0.0.1:{server.server_address[1]}/ocpi/versions" for server in servers)


def client_of(issuer: str, folder: Path) -> ClientCertificate:
    """A client certificate that this CA has signed."""
    plan = CertificatePlan(names=("scanner.example.com",), issuer=issuer, of_client=True)
    certificate, key = issue(plan, folder, f"client-of-{issuer}")
    return ClientCertificate(certificate_file=certificate, key_file=key)
