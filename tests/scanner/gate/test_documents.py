"""An exchange as evidence and as a curl line: repeatable, and without a secret."""

import os
import shlex
import subprocess
from typing import Any

import pytest

from scanner.gate.documents import curl_line, exchange_document
from scanner.gate.presented import Presented
from scanner.gate.redaction import MASK
from scanner.gate.vault import TokenVault
from scanner.model.exchange import Exchange
from scanner.model.intent import IdentityCredential
from scanner.model.secret import Secret
from scanner.model.token_encoding import TokenEncoding


def exchange(**changes):
    fields = {
        "method": "GET",
        "url": "https://ocpi.example.com/ocpi/2.2.1/cdrs?limit=1&date_from=x'y",
        "request_headers": (("Accept", "application/json"), ("Authorization", f"Token {MASK}")),
        "request_body": None,
        "status": 200,
        "headers": (("Content-Type", "application/json"),),
        "body": b"[]",
        "truncated": False,
        "elapsed_s": 0.1,
        "peer": "192.0.2.1",
    }
    return Exchange(**{**fields, **changes})


def test_the_token_of_a_curl_line_is_a_shell_variable():
    line = curl_line(exchange(spoken_as="emsp-one", encoding=TokenEncoding.RAW))
    assert '"Authorization: Token $OCPI_TOKEN_EMSP_ONE"' in line
    assert MASK not in line


@pytest.mark.parametrize("encoding", TokenEncoding)
def test_a_shell_writes_the_token_as_we_did(encoding, tmp_path):
    line = curl_line(exchange(spoken_as="emsp-one", encoding=encoding, private_ca=True))
    script = f'curl() {{ printf "%s\\n" "$@"; }}; {line}'
    told = subprocess.run(
        ["bash", "-c", script],
        env={"PATH": os.environ["PATH"], "OCPI_TOKEN_EMSP_ONE": "secret-1", "OCPI_CA": "/ca.pem"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    vault = TokenVault({("test", "emsp-one"): Secret("secret-1")})
    sent = vault.present("test", IdentityCredential(identity="emsp-one", encoding=encoding), "https://x/")
    assert isinstance(sent, Presented)
    assert ": ".join(sent.headers[0]) in told
    assert told[told.index("--cacert") + 1] == "/ca.pem"


def test_a_token_that_stood_in_the_query_is_a_variable_as_well():
    line = curl_line(exchange(url=f"https://x/y?token={MASK}", encoding=TokenEncoding.RAW, request_headers=()))
    assert line.endswith("'https://x/y?token='\"$OCPI_TOKEN_SCANNER\"")


def test_a_curl_line_is_safe_to_paste():
    hostile = exchange(url="https://x/$(rm -rf)`id`';echo", request_headers=(("X", "$(id)"),))
    words = shlex.split(curl_line(hostile))
    assert words[-1] == "https://x/$(rm -rf)`id`';echo"
    assert "X: $(id)" in words


def test_another_scheme_stays_readable():
    line = curl_line(exchange(request_headers=(("Authorization", f"Bearer {MASK}"),), encoding=TokenEncoding.RAW))
    assert '"Authorization: Bearer $OCPI_TOKEN_SCANNER"' in line


def test_a_long_body_is_cut_and_said_so():
    document: Any = exchange_document(exchange(body=b"x" * 50_000))
    without_body: Any = exchange_document(exchange(), body=False)
    assert len(document["response"]["body"]) == 20_000
    assert document["response"]["cut"]
    assert without_body["response"]["body"] is None
