"""Keys of the servers that a scan opens."""

import subprocess
import sys

from cryptography.hazmat.primitives import serialization

from tests.targets.byte_server import self_signed

_OPENING = """
import ssl, sys
from scanner.gate.server_tls import server_side
from scanner.model.effect import Effect
from scanner.model.intent import ListenIntent
intent = ListenIntent(effect=Effect.READ, environment="test", probe="p", purpose="x", host="127.0.0.1", port=0,
                      nonce="n", deadline_s=1.0, certificate_file=sys.argv[1], key_file=sys.argv[2])
try:
    server_side(intent)
except ssl.SSLError:
    print("not usable")
"""


def test_nobody_is_asked_for_the_password_of_a_key(tmp_path):
    """OpenSSL would ask on the terminal, or on standard input where there is none, and wait."""
    _, certificate = self_signed(tmp_path)
    (key,) = tmp_path.glob("*.key")
    plain = serialization.load_pem_private_key(key.read_bytes(), None)
    locked = serialization.BestAvailableEncryption(b"a password")
    form = serialization.PrivateFormat.PKCS8
    key.write_bytes(plain.private_bytes(serialization.Encoding.PEM, form, locked))
    arguments = [sys.executable, "-c", _OPENING, str(certificate), str(key)]
    told = subprocess.run(
        arguments, input="a password\n", capture_output=True, text=True, start_new_session=True, check=False
    )
    assert told.stdout == "not usable\n"
    assert "pass phrase" not in told.stderr
