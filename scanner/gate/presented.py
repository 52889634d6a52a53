"""A request with its credential in place: as it is sent, and as it may be shown."""

import json
from typing import Final
from urllib.parse import quote

import msgspec

from scanner.gate.redaction import MASK
from scanner.model.credential import MisplacedCredential, Place

_COOKIE_OCTETS: Final = "!#$&'()*+-./:<=>?@[]^_`{|}~"  # RFC 6265, section 4.1.1

Headers = tuple[tuple[str, str], ...]


class Presented(msgspec.Struct, frozen=True, kw_only=True):
    """`headers` are those that the credential brings, in order; each `shown_` field has the token masked."""

    url: str
    shown_url: str
    headers: Headers = ()
    shown_headers: Headers = ()
    body: bytes | None = None
    shown_body: bytes | None = None


def in_header(url: str, body: bytes | None, headers: Headers = (), shown: Headers | None = None) -> Presented:
    """A request whose credential stands in headers; `shown` None: nothing in them is secret."""
    return Presented(
        url=url,
        shown_url=url,
        headers=headers,
        shown_headers=headers if shown is None else shown,
        body=body,
        shown_body=body,
    )


def misplaced(credential: MisplacedCredential, value: str, url: str, body: bytes | None) -> Presented:
    """The token where it has no business, and what stands beside it.

    Raises: ValueError where a field of the body is wanted, and the body is no JSON object.
    """
    beside = (("Authorization", credential.beside),) if credential.beside is not None else ()
    name = credential.parameter
    headers: Headers = beside
    shown: Headers = beside
    sent_url, shown_url, sent_body, shown_body = url, url, body, body
    match credential.place:
        case Place.QUERY:
            sent_url, shown_url = _with_query(url, name, quote(value, safe="")), _with_query(url, name, MASK)
        case Place.COOKIE:
            headers = (*beside, ("Cookie", f"{name}={quote(value, safe=_COOKIE_OCTETS)}"))
            shown = (*beside, ("Cookie", f"{name}={MASK}"))
        case Place.HEADER:
            headers, shown = (*beside, (name, value)), (*beside, (name, MASK))
        case Place.BODY:
            sent_body, shown_body = _with_member(body, name, value), _with_member(body, name, MASK)
    return Presented(
        url=sent_url, shown_url=shown_url, headers=headers, shown_headers=shown, body=sent_body, shown_body=shown_body
    )


def _with_query(url: str, name: str, value: str) -> str:
    base, hash_sign, fragment = url.partition("#")
    return f"{base}{'&' if '?' in base else '?'}{quote(name)}={value}{hash_sign}{fragment}"


def _with_member(body: bytes | None, name: str, value: str) -> bytes:
    document = json.loads(body) if body else {}
    if not isinstance(document, dict):
        raise ValueError("the body is no JSON object")  # noqa: TRY004 - the probe's value, not our type
    return json.dumps({**document, name: value}).encode()
