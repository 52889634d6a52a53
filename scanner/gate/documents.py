"""An exchange as evidence, and as a command that a person can repeat."""

import shlex
from typing import Final

from scanner.gate.redaction import MASK
from scanner.model.exchange import Exchange, Failed
from scanner.model.json_value import JsonValue

_SHOWN_BODY_BYTES: Final = 20_000


def exchange_document(exchange: Exchange, *, body: bool = True) -> JsonValue:
    """Request and response as JSON; the body as text, cut after 20,000 bytes (`body=False`: its length only)."""
    shown = exchange.body[:_SHOWN_BODY_BYTES].decode(errors="replace") if body else None
    return {
        "request": {
            "method": exchange.method,
            "url": exchange.url,
            "headers": [list(pair) for pair in exchange.request_headers],
            "body": exchange.request_body.decode(errors="replace") if exchange.request_body else None,
        },
        "response": {
            "status": exchange.status,
            "headers": [list(pair) for pair in exchange.headers],
            "body": shown,
            "body_bytes": len(exchange.body),
            "cut": exchange.truncated or (body and len(exchange.body) > _SHOWN_BODY_BYTES),
        },
        "connection": {
            "peer": exchange.peer,
            "tls_version": exchange.tls_version,
            "tls_cipher": exchange.tls_cipher,
            "retried": exchange.retried,
        },
    }


def failure_document(failure: Failed) -> JsonValue:
    """A request that got no whole response."""
    return {
        "request": {"method": failure.method, "url": failure.url},
        "failure": {"kind": failure.kind, "detail": failure.detail, "peer": failure.peer},
    }


def curl_line(exchange: Exchange, token_variable: str = "OCPI_TOKEN") -> str:
    """A curl command that repeats the request; the real token stands as a shell variable.

    The variable holds the header value after `Token `, in the encoding that the platform takes.
    """
    words = ["curl", "--include", "--request", exchange.method]
    line = " ".join(shlex.quote(word) for word in words)
    for name, value in exchange.request_headers:
        if name.lower() == "authorization" and value.endswith(MASK):
            line += f' --header "Authorization: {value.removesuffix(MASK)}${token_variable}"'
        elif name.lower() not in {"host", "user-agent", "accept-encoding", "content-length"}:
            line += " --header " + shlex.quote(f"{name}: {value}")
    if exchange.request_body:
        line += " --data-binary " + shlex.quote(exchange.request_body.decode(errors="replace"))
    return line + " " + shlex.quote(exchange.url)
