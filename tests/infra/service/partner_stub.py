"""A partner platform that answers what a test tells it to, over TLS on loopback."""

from __future__ import annotations

import contextlib
import http.server
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from infra.service.deployment.folder import Folder

Response = tuple[int, dict[str, str], bytes]


@dataclass(slots=True)
class PartnerStub:
    """`answers` maps paths to what is answered.

    `seen` are paths and Authorization headers of what came, `headers` all of each, `posted` those of POSTs with bodies.
    """

    port: int
    answers: dict[str, Callable[[], Response]] = field(default_factory=dict)
    seen: list[tuple[str, str | None]] = field(default_factory=list)
    headers: list[Message] = field(default_factory=list)
    posted: list[tuple[str, str | None, Any]] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"https://localhost:{self.port}"


def ocpi(data: Any, status_code: int = 1000) -> Response:
    document = {"data": data, "status_code": status_code, "timestamp": "2026-01-01T00:00:00Z"}
    return 200, {"Content-Type": "application/json"}, json.dumps(document).encode()


def well_behaved(stub: PartnerStub) -> None:
    """Versions and details as they should be."""
    details = f"{stub.origin}/2.2.1"
    credentials = {"identifier": "credentials", "role": "SENDER", "url": f"{details}/credentials"}
    stub.answers["/versions"] = lambda: ocpi([{"version": "2.2.1", "url": details}])
    stub.answers["/2.2.1"] = lambda: ocpi({"version": "2.2.1", "endpoints": [credentials]})


@contextlib.contextmanager
def partner_stub(folder: Folder) -> Iterator[PartnerStub]:
    """Serve with the certificate of `folder` until the end of the block."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            stub.seen.append((self.path, self.headers["Authorization"]))
            stub.headers.append(self.headers)
            self._answer()

        def do_POST(self) -> None:
            document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            stub.posted.append((self.path, self.headers["Authorization"], document))
            self._answer()

        def _answer(self) -> None:
            status, headers, body = stub.answers.get(self.path, lambda: (404, {}, b""))()
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # clients that hang up are part of the tests
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*folder.server)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    stub = PartnerStub(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
