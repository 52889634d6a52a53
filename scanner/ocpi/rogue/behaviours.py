"""Ways to answer that no partner should have, each put onto one site. All are bounded by the site itself."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.served import ServedAnswer, ServedCall
from scanner.ocpi.rogue.site import JSON, Behaviour, Misbehaviour, Site

VERSIONS: Final = "/versions"
NAMED_BY_HOSTILITY: Final = "/named-by-a-bad-answer"
_PIECE: Final = b" " * 65_536
_DRIP_S: Final = 0.2
_RETRY_AFTER_S: Final = 3600


def sound(_site: Site) -> None:
    """As it should be."""


def redirects(status: HTTPStatus, *, inward: bool = False) -> Behaviour:
    """The versions URL redirects to the second listener (or, where `inward`, to the inward spelling of it)."""

    def put(site: Site) -> None:
        where = site.inward if inward else site.elsewhere
        site.hostile[VERSIONS] = _always(ServedAnswer(status=status, headers=(("Location", f"{where}{VERSIONS}"),)))

    return put


def details_elsewhere(site: Site) -> None:
    """The details stand at the second listener, which is another origin."""
    site.details_at = f"{site.elsewhere}{site.details_path}"


def details_inward(site: Site) -> None:
    """The details stand where no partner may send anybody."""
    site.details_at = f"{site.inward}{site.details_path}"


def drips(site: Site) -> None:
    """A byte now and then, of an answer that never ends."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"data": ['
        loop = asyncio.get_running_loop()
        end = loop.time() + site.after_s
        while loop.time() < end:
            await asyncio.sleep(_DRIP_S)
            yield b" "

    site.hostile[VERSIONS] = _without_end(site, pieces)


def never_ends(site: Site) -> None:
    """White space in front of an answer, as fast as it is taken."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(site.most_bytes // len(_PIECE)):
            yield _PIECE

    site.hostile[VERSIONS] = _without_end(site, pieces)


def bomb(site: Site) -> None:
    """A sound answer that unpacks to a thousand times its size; only who unpacks it all knows where it leads."""
    packed = gzip.compress(_tempting(site) + b" " * site.most_bytes, compresslevel=6)
    headers = (JSON, ("Content-Encoding", "gzip"))
    site.hostile[VERSIONS] = _always(ServedAnswer(headers=headers, body=packed))


def long_headers(site: Site) -> None:
    """A megabyte of headers before a sound answer."""
    many = tuple((f"X-Padding-{number}", "p" * 8000) for number in range(128))
    site.hostile[VERSIONS] = _always(ServedAnswer(headers=(JSON, *many), body=_tempting(site)))


def fails(status: HTTPStatus, code: int) -> Behaviour:
    """An error whose data would be sound."""

    def put(site: Site) -> None:
        body = site.envelope(_list(site), code)
        site.hostile[VERSIONS] = _always(ServedAnswer(status=status, headers=(JSON,), body=body))

    return put


def details_fail(site: Site) -> None:
    """Details that would register, in an answer that says that it is an error."""
    site.has_credentials = True
    body = site.envelope(site.documents()[site.details_path], 3000)
    site.hostile[site.details_path] = _always(ServedAnswer(headers=(JSON,), body=body))
    site.hostile[f"{site.details_path}/credentials"] = _always(ServedAnswer(status=HTTPStatus.NOT_FOUND))


def broken(site: Site) -> None:
    """A sound answer, but for its end, which is missing; its length says that it is whole."""
    body = _tempting(site)
    site.hostile[VERSIONS] = _always(ServedAnswer(headers=(JSON,), body=body[: body.rindex(b"]") + 1]))


def cut_off(site: Site) -> None:
    """A sound answer over a connection that ends one byte before the length that was named."""
    site.hostile[VERSIONS] = _always(ServedAnswer(headers=(JSON,), body=_tempting(site), cut=True))


def no_json(site: Site) -> None:
    """A page for people."""
    page = b"<!doctype html><title>Maintenance</title><p>We are back soon."
    site.hostile[VERSIONS] = _always(ServedAnswer(headers=(("Content-Type", "text/html"),), body=page))


def other_types(site: Site) -> None:
    """Right JSON, wrong types: an object where a list of versions should be."""
    body = site.envelope({"0": {"version": site.version, "url": _lure(site)}})
    site.hostile[VERSIONS] = _always(ServedAnswer(headers=(JSON,), body=body))


def not_now(status: HTTPStatus) -> Behaviour:
    """Asks to come back in an hour."""

    def put(site: Site) -> None:
        headers = (("Retry-After", str(_RETRY_AFTER_S)), JSON)
        answer = ServedAnswer(status=status, headers=headers, body=site.envelope(None, 3000))
        site.hostile[VERSIONS] = _always(answer)

    return put


def _always(answer: ServedAnswer) -> Misbehaviour:
    async def misbehave(_call: ServedCall) -> ServedAnswer:
        return answer

    return misbehave


def _without_end(site: Site, pieces: Callable[[], AsyncIterator[bytes]]) -> Misbehaviour:
    async def misbehave(_call: ServedCall) -> ServedAnswer:
        return ServedAnswer(headers=(JSON,), body=site.counted(pieces()))

    return misbehave


def _list(site: Site) -> JsonValue:
    return [{"version": site.version, "url": _lure(site)}]


def _lure(site: Site) -> str:
    """A URL that stands in hostile answers alone."""
    return f"{site.base}{NAMED_BY_HOSTILITY}"


def _tempting(site: Site) -> bytes:
    return site.envelope(_list(site))
