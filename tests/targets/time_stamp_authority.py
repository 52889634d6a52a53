"""A time stamp authority on loopback: `openssl ts` behind a small HTTP server, with a certificate of any validity."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

_SETTINGS = """
[ tsa ]
default_tsa = ours
[ ours ]
serial = ./serial
signer_cert = ./tsa.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
"""
_DAY = timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class Authority:
    """`root` is its CA's certificate in a PEM file; `questions` are the bodies that it was sent."""

    folder: Path
    url: str = ""
    root: Path = field(init=False)
    questions: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.root = self.folder / "root.pem"

    def answer(self, question: bytes) -> bytes:
        """A time stamp response, with the present time in it."""
        (self.folder / "question").write_bytes(question)
        command = ["openssl", "ts", "-reply", "-config", "settings", "-queryfile", "question", "-out", "answer"]
        subprocess.run(command, cwd=self.folder, capture_output=True, check=True, timeout=500)
        return (self.folder / "answer").read_bytes()


def authority(folder: Path, *, valid_from: datetime | None = None, valid_to: datetime | None = None) -> Authority:
    """An authority with a CA of its own; its certificate is valid for a day before and after now unless told."""
    now = datetime.now(UTC)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("a root", "a root", ca_key, ca_key, now - 9 * 365 * _DAY, now + 365 * _DAY)
    leaf = _certificate("a TSA", "a root", key, ca_key, valid_from or now - _DAY, valid_to or now + _DAY)
    folder.mkdir()
    (folder / "settings").write_text(_SETTINGS)
    (folder / "serial").write_text("01\n")
    (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (folder / "tsa.pem").write_bytes(leaf.public_bytes(Encoding.PEM))
    (folder / "tsa.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return Authority(folder=folder)


@contextmanager
def serving(made: Authority, *, status: int = 200, kind: str = "application/timestamp-reply") -> Iterator[Authority]:
    """The authority on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.questions.append(self.rfile.read(int(self.headers["Content-Length"])))
            body = made.answer(made.questions[-1]) if status == 200 else b""
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Location", made.url)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: tests read stderr."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/tsa"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _certificate(
    name: str,
    issuer: str,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    valid_from: datetime,
    valid_to: datetime,
) -> x509.Certificate:
    is_root = name == issuer
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid_from)
        .not_valid_after(valid_to)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
    )
    if not is_root:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(issuer_key, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])
