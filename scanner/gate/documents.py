"""An exchange as evidence, and as a command that a person can repeat."""

import re
import shlex
from typing import Final

from scanner.gate.redaction import MASK
from scanner.model.exchange import Exchange, Failed
from scanner.model.json_value import JsonValue
from scanner.model.token_encoding import TokenEncoding

_SHOWN_BODY_BYTES: Final = 20_000
_AS_IT_IS: Final = ("in the ", "beside ")  # the forms in which the real token itself is sent
_OF_THE_CLIENT: Final = frozenset({"host", "user-agent", "accept-encoding", "content-length"})


def exchange_document(exchange: Exchange, *, body: bool = True) -> JsonValue:
    """Request and response as JSON; the body as text, cut after 20,000 bytes (`body=False`: its length only).

    `number` is that of the request in the journal.
    """
    shown = exchange.body[:_SHOWN_BODY_BYTES].decode(errors="replace") if body else None
    return {
        "number": exchange.number,
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
            "body_bytes": exchange.read_bytes(),
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
    it was given, not Base64; what was derived from one has its form in the name, to be set to the very text that is
    sent: `$OCPI_TOKEN_EMSP_ONE_UPPER_CASE`. A configured CA stands as `$OCPI_CA`, its file.
    """
    words = ["curl", "--include", "--request", exchange.method]
    line = " ".join(shlex.quote(word) for word in words)
    if exchange.private_ca:
        line += ' --cacert "$OCPI_CA"'
    for name, value in exchange.request_headers:
        if name.lower() not in _OF_THE_CLIENT:
            line += f" --header {_quoted(f'{name}: {value}', exchange)}"
    if exchange.request_body:
        line += f" --data-binary {_quoted(exchange.request_body.decode(errors='replace'), exchange)}"
    return f"{line} {_quoted(exchange.url, exchange)}"


def _quoted(text: str, exchange: Exchange) -> str:
    """The text for a shell, its masked token as a variable."""
    before, mask, after = text.partition(MASK)
    if not mask:
        return shlex.quote(text)
    if not after and '"' not in before and re.fullmatch(r"[\w:. -]+", before):
        return f'"{before}{_token(exchange)}"'
    return f'{shlex.quote(before)}"{_token(exchange)}"' + (shlex.quote(after) if after else "")


def token_variable(identity: str) -> str:
    """The shell variable that stands for an identity's token."""
    return "OCPI_TOKEN_" + re.sub(r"\W", "_", identity).upper()


def _token(exchange: Exchange) -> str:
    variable = f"${token_variable(exchange.spoken_as or exchange.derived_from or 'scanner')}"
    if exchange.token_form is not None and not exchange.token_form.startswith(_AS_IT_IS):
        return f"{variable}_{re.sub(r'[^A-Z0-9]+', '_', exchange.token_form.upper())}"
    match exchange.encoding:
        case TokenEncoding.BASE64:
            return f'$(printf %s "{variable}" | base64 -w0)'
        case TokenEncoding.BASE64_NEWLINE:
            return f"$(printf '%s\\n' \"{variable}\" | base64 -w0)"
        case _:
            return variable
