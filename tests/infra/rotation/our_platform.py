"""Our own side of a handshake: an access table in moto, and a TLS server whose versions that table guards."""

from __future__ import annotations

import base64
import contextlib
import http.server
import json
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from infra.authoriser.access import AccessTable
from infra.authoriser.decision import Unauthorized, decide
from infra.service.deployment.folder import Folder
from tests.infra.authoriser.requests import CERTIFICATE

PARTNER = "alp"
REGION = "eu-central-1"
ARN = f"arn:aws:execute-api:{REGION}:123456789012:api1/ocpi/GET"
CONTRACT = {
    "id": PARTNER, "modules": [{"module": "locations", "side": "SENDER", "rights": ["read"]}],
    "contract_from": "2020-01-01", "contract_until": "2120-01-01", "token_encoding": "base64", "rotation": "handshake",
    "certificate": {"subject": CERTIFICATE.subject, "issuer": CERTIFICATE.issuer},
}  # fmt: skip


@dataclass(slots=True)
class Clock:
    """Seconds since 1970, which a test can move."""

    ahead: float = 0

    def __call__(self) -> float:
        return time.time() + self.ahead


@dataclass(slots=True)
class Platform:
    """`origin` is where the partner calls back."""

    origin: str
    dynamodb: Any
    clock: Clock = field(default_factory=Clock)

    @property
    def versions_url(self) -> str:
        return f"{self.origin}/ocpi/versions"

    def lets_in(self, token: str) -> bool:
        """As the authoriser decides."""
        return self._decide("Token " + base64.b64encode(token.encode()).decode()) is not None

    def accepted(self) -> list[str]:
        """Hashes of the partner's tokens that open the door at this moment."""
        items = [i for i in self.dynamodb.scan(TableName="access")["Items"] if i["pk"]["S"].startswith("token#")]
        now = self.clock()
        return [i["token_hash"]["S"] for i in items if "expires_at" not in i or now < int(i["expires_at"]["N"])]

    def _decide(self, authorization: str | None) -> dict[str, Any] | None:
        values = [authorization] if authorization else []
        event = {"methodArn": f"{ARN}/ocpi/versions", "multiValueHeaders": {"Authorization": values}}
        try:
            return decide(event, AccessTable(self.dynamodb, "access"), datetime.fromtimestamp(self.clock(), UTC))
        except Unauthorized:
            return None

    def answer(self, path: str, authorization: str | None) -> tuple[int, dict[str, Any]]:
        """What the handshake reads of us."""
        if self._decide(authorization) is None:
            return 401, {"status_code": 2001}
        details = f"{self.origin}/ocpi/2.2.1"
        credentials = {"identifier": "credentials", "role": "SENDER", "url": f"{details}/credentials"}
        data = {
            "/ocpi/versions": [{"version": "2.2.1", "url": details}],
            "/ocpi/2.2.1": {"version": "2.2.1", "endpoints": [credentials]},
        }[path]
        return 200, {"data": data, "status_code": 1000, "timestamp": "2026-01-01T00:00:00Z"}


def create_access_table(dynamodb: Any) -> None:
    """Keys as infra/data.py declares them, and one contract."""
    key = [{"AttributeName": n, "KeyType": k} for n, k in (("pk", "HASH"), ("sk", "RANGE"))]
    attributes = [{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")]
    dynamodb.create_table(
        TableName="access", KeySchema=key, AttributeDefinitions=attributes, BillingMode="PAY_PER_REQUEST"
    )
    item = {"pk": {"S": "partners"}, "sk": {"S": PARTNER}, "contract": {"S": json.dumps(CONTRACT)},
            "usage_key": {"S": "usage-key"}}  # fmt: skip
    dynamodb.put_item(TableName="access", Item=item)


@contextlib.contextmanager
def platform(folder: Folder, dynamodb: Any) -> Iterator[Platform]:
    """Serve with the certificate of `folder` until the end of the block. The table is the caller's."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, document = ours.answer(self.path, self.headers["Authorization"])
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*folder.server)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    ours = Platform(f"https://localhost:{server.server_port}", dynamodb)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield ours
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
