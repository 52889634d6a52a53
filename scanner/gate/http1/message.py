"""A request as bytes (RFC 9112)."""

from functools import lru_cache
from typing import Final

from scanner.model.delivery import Delivery
from scanner.model.target import Origin

Headers = tuple[tuple[str, str], ...]

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_WITHOUT_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def message(
    method: str,
    url: str,
    origin: Origin,
    headers: Headers,
    body: bytes | None,
    delivery: Delivery | None = None,
) -> bytes:
    """Request line, Host, the headers in order, the length of the body where there may be one, and the body.

    With a `delivery` the length is what it declares, and of the body comes what it sends.
    Raises: ValueError where a line break or NUL would make another message of it.
    """
    fields = [f"{method} {target_of(url)} HTTP/1.1", f"Host: {host_field(origin)}"]
    fields += [f"{name}: {value}" for name, value in headers]
    if body is not None or method not in _WITHOUT_BODY:
        length = len(body or b"") if delivery is None else delivery.length(body or b"")
        fields.append(f"Content-Length: {length}")
    head = "\r\n".join(fields)
    if _is_broken(head, len(fields) - 1):
        raise ValueError("a line break or NUL in a request line or header")
    return (head + "\r\n\r\n").encode() + ((body or b"") if delivery is None else delivery.part(body or b""))


def _is_broken(head: str, breaks: int) -> bool:
    """True where there are other line breaks than between the fields, or a NUL."""
    return head.count("\r") != breaks or head.count("\n") != breaks or "\0" in head


@lru_cache(maxsize=1024)  # one object is written and read again and again
def target_of(url: str) -> str:
    """Path and query as they stand in the URL; nothing is decoded or encoded again."""
    rest = url.partition("#")[0].partition("://")[2]
    cuts = [at for at in (rest.find("/"), rest.find("?")) if at >= 0]
    target = rest[min(cuts) :] if cuts else ""
    return target if target.startswith("/") else f"/{target}"


def host_field(origin: Origin) -> str:
    """The Host header (RFC 9110, section 7.2); a port that the scheme implies is left out."""
    host = origin.host if origin.host.isascii() else origin.host.encode("idna").decode()
    bracketed = f"[{host}]" if ":" in host else host
    return bracketed if origin.port == _DEFAULT_PORTS[origin.scheme] else f"{bracketed}:{origin.port}"
