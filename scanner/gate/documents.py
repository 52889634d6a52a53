"""An exchange as evidence, and as a command that a person can repeat."""

import re
import shlex
from typing import Final

from scanner.gate.redaction import MASK
from scanner.model.exchange import Exchange, Failed
from scanner.model.json_value import JsonValue
from scanner.model.token_encoding import TokenEncoding

_SHOWN_BODY_BYTES: Final = 20_000
_OF_THE_CLIENT: Final = frozenset({"host", "user-agent", "accept-encoding", "content-length"})


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


def curl_line(exchange: Exchange) -> str:
    """A curl command that repeats the request.

    A real token stands as a shell variable, named after the identity: `$OCPI_TOKEN_EMSP_ONE`, to be set to the token as
    it was given, not Base64. A configured CA stands as `$OCPI_CA`, its file.
    """
    words = ["curl", "--include", "--request", exchange.method]
    line = " ".join(shlex.quote(word) for word in words)
    if exchange.private_ca:
        line += ' --cacert "$OCPI_CA"'
    for name, value in exchange.request_headers:
        if name.lower() == "authorization" and value.endswith(MASK):
            line += f' --header "Authorization: {value.removesuffix(MASK)}{_token(exchange)}"'
        elif name.lower() not in _OF_THE_CLIENT:
            line += " --header " + shlex.quote(f"{name}: {value}")
    if exchange.request_body:
        line += " --data-binary " + shlex.quote(exchange.request_body.decode(errors="replace"))
    before, mask, after = exchange.url.partition(MASK)  # a token that stood in the query
    return f"{line} {shlex.quote(before)}" + (f'"{_token(exchange)}"{shlex.quote(after)}' if mask else "")


def token_variable(identity: str) -> str:
    """The shell variable that stands for an identity's token."""
    return "OCPI_TOKEN_" + re.sub(r"\W", "_", identity).upper()


def _token(exchange: Exchange) -> str:
    variable = f"${token_variable(exchange.spoken_as or 'scanner')}"
    match exchange.encoding:
        case TokenEncoding.BASE64:
            return f'$(printf %s "{variable}" | base64 -w0)'
        case TokenEncoding.BASE64_NEWLINE:
            return f"$(printf '%s\\n' \"{variable}\" | base64 -w0)"
        case _:
            return variable
