"""Time of a decision of the authoriser in a warm instance: the handler, boto3 and the request to a table on loopback.

The table answers at once from a process of its own, so what the network and DynamoDB need comes on top (a few
milliseconds within a region). The limit is for what is ours, p99 below 5 ms, and is held against processor time, which
a busy machine changes little; wall time is printed beside it. Lambda gives a whole processor at 1,769 MB.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Final

from infra.authoriser import handler
from infra.authoriser.access import AccessTable
from infra.authoriser.credentials import presented
from infra.authoriser.decision import decide
from tests.infra.authoriser.requests import CERTIFICATE, gateway_event

WARM_UP: Final = 100
REQUESTS: Final = 500
LIMIT_MS: Final = 5.0
_TOKEN: Final = "a-credentials-token-of-the-partner"
_MODULES: Final = ("locations", "tariffs", "sessions", "cdrs", "tokens", "commands", "chargingprofiles")


class _Table(BaseHTTPRequestHandler):
    """GetItem and BatchGetItem of the access table: token and contract together from the second request on."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        batch = self.headers["X-Amz-Target"].endswith("BatchGetItem")
        items = [_contract(), *([_token()] if b"token#" in asked else [])]
        found: dict[str, Any] = {"Responses": {"access": items}, "UnprocessedKeys": {}}
        body = json.dumps(found if batch else {"Item": _token()}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


def _token() -> dict[str, Any]:
    digest = presented(gateway_event(_TOKEN))[0].digest
    key = {"pk": {"S": f"token#{digest}"}, "sk": {"S": "partner"}}
    return {**key, "token_hash": {"S": digest}, "partner_id": {"S": "acme"}, "bootstrap": {"BOOL": False}}


def _contract() -> dict[str, Any]:
    sides = ("SENDER", "RECEIVER")
    contract = {
        "id": "acme",
        "modules": [{"module": m, "side": side, "rights": ["read", "write"]} for m in _MODULES for side in sides],
        "contract_from": "2020-01-01",
        "contract_until": "2120-01-01",
        "token_encoding": "base64",
        "certificate": {"subject": CERTIFICATE.subject, "issuer": CERTIFICATE.issuer},
    }
    key = {"pk": {"S": "partners"}, "sk": {"S": "acme"}}
    return {**key, "contract": {"S": json.dumps(contract)}, "usage_key": {"S": "usage-key"}}


def _serve() -> int:
    server = HTTPServer(("127.0.0.1", 0), _Table)
    print(server.server_port, flush=True)
    server.serve_forever()
    return 0


def _decide() -> tuple[float, float]:
    """Processor time and wall time in milliseconds."""
    event = gateway_event(_TOKEN)
    began, worked = time.perf_counter(), time.thread_time()
    answer = handler.handle(event, None)
    taken = (time.thread_time() - worked) * 1000, (time.perf_counter() - began) * 1000
    if answer["principalId"] != "acme":
        raise AssertionError(answer)
    return taken


def _measure(port: int, mutual_tls: str) -> list[tuple[float, float]]:
    os.environ.update(
        ACCESS_TABLE="access",
        AWS_ENDPOINT_URL_DYNAMODB=f"http://127.0.0.1:{port}",
        AWS_DEFAULT_REGION="eu-central-1",
        AWS_ACCESS_KEY_ID="made-up",
        AWS_SECRET_ACCESS_KEY="made-up",
        MUTUAL_TLS=mutual_tls,
    )
    for _ in range(WARM_UP):
        _decide()
    return [_decide() for _ in range(REQUESTS)]


class _Answers:
    """A client that has the table's answers at hand: what is left of a decision is our own code."""

    def __init__(self) -> None:
        self.token, self.contract = _token(), _contract()

    def get_item(self, **_asked: object) -> dict[str, Any]:
        return {"Item": self.token}

    def batch_get_item(self, **asked: Any) -> dict[str, Any]:
        token = [self.token] if "token#" in str(asked) else []
        return {"Responses": {"access": [self.contract, *token]}}


def _own_share() -> list[float]:
    """Processor time in milliseconds of what is not boto3."""
    access, event, taken = AccessTable(_Answers(), "access"), gateway_event(_TOKEN), []
    for _ in range(WARM_UP + REQUESTS):
        worked = time.thread_time()
        decide(event, access, datetime.now(UTC), mutual_tls=True)
        taken.append((time.thread_time() - worked) * 1000)
    return taken[WARM_UP:]


def main() -> int:
    """Print p50 and p99 against the limit; a number is no reason to end with an error."""
    with subprocess.Popen([sys.executable, "-m", __spec__.name, "serve"], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        port = int(child.stdout.readline())
        try:
            for name, mutual_tls in (("token", "off"), ("token and certificate", "required")):
                _report(name, _measure(port, mutual_tls))
        finally:
            child.terminate()
    own = statistics.quantiles(_own_share(), n=100)
    print(
        f"{'':<12}of that our own code: processor time p50 {own[49]:.2f} ms, p99 {own[98]:.2f} ms; the rest is boto3's"
    )
    return 0


def _report(name: str, taken: list[tuple[float, float]]) -> None:
    cpu, wall = (statistics.quantiles(times, n=100) for times in zip(*taken, strict=True))
    kept = "kept" if cpu[98] < LIMIT_MS else "NOT kept"
    print(f"authoriser, {name}: processor time p50 {cpu[49]:.2f} ms, p99 {cpu[98]:.2f} ms; limit {LIMIT_MS} ms {kept}")
    load = os.getloadavg()[0]
    print(f"{'':<12}wall time p50 {wall[49]:.2f} ms, p99 {wall[98]:.2f} ms, at a load of {load:.1f}")


if __name__ == "__main__":
    sys.exit(_serve() if sys.argv[1:2] == ["serve"] else main())
