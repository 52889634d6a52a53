"""An exchange as evidence and as a curl line: repeatable, and without a secret."""

import shlex
from typing import Any

from scanner.gate.documents import curl_line, exchange_document
from scanner.gate.redaction import MASK
from scanner.model.exchange import Exchange


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
    line = curl_line(exchange())
    assert '"Authorization: Token $OCPI_TOKEN"' in line
    assert MASK not in line


def test_a_curl_line_is_safe_to_paste():
    hostile = exchange(url="https://x/$(rm -rf)`id`';echo", request_headers=(("X", "$(id)"),))
    words = shlex.split(curl_line(hostile))
    assert words[-1] == "https://x/$(rm -rf)`id`';echo"
    assert "X: $(id)" in words


def test_another_scheme_stays_readable():
    line = curl_line(exchange(request_headers=(("Authorization", f"Bearer {MASK}"),)))
    assert '"Authorization: Bearer $OCPI_TOKEN"' in line


def test_a_long_body_is_cut_and_said_so():
    document: Any = exchange_document(exchange(body=b"x" * 50_000))
    without_body: Any = exchange_document(exchange(), body=False)
    assert len(document["response"]["body"]) == 20_000
    assert document["response"]["cut"]
    assert without_body["response"]["body"] is None
