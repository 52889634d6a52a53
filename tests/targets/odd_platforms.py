"""Small OCPI platforms on loopback, over TLS: odd but legitimate ones, those with one fault, and hostile servers.

```python
with running_platform(Platform(version="2.1.1", encoding="raw")) as platform:
    look(platform.target(), {"emsp-a": platform.token}, folder)
    assert platform.requests  # every request as it arrived
```
`ODD` must give no false alarm, `FAULTY` exactly the checks of `expected_findings/protocol.yaml`, and `HOSTILE` nothing
but a truthful "could not be seen". A platform is the answer function of a plain HTTP/1.1 server in a thread.
"""

import asyncio
import base64
import json
import re
import ssl
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from scanner.model.party import Contract, Identity, Party, Role
from scanner.model.target import EnvironmentTarget, Limits
from tests.scanner.gate_fixtures import FAST, loopback_target
from tests.targets.bombs import gzip_of
from tests.targets.byte_server import self_signed
from tests.targets.loose_ends import hang_up
from tests.targets.odd_objects import objects_of

TOKEN: Final = "rX7vQm2LhZ9kWcT4bNdE8sYpJ3gUfA6xMoKtHwBv5Ry"
_DATE: Final = re.compile(r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\dZ?")
_SECURE: Final = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it arrived; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]

    @property
    def path(self) -> str:
        """The path without its query."""
        return urlsplit(self.target).path

    def query(self, name: str) -> str | None:
        """The first value of a query parameter."""
        return next(iter(parse_qs(urlsplit(self.target).query).get(name, ())), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What is sent back."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """How a platform behaves; the defaults are a plain, correct one.

    `refusal`: HTTP status and OCPI status without a valid token. `urls`: how the base of advertised URLs is written.
    `modules`: module and side. `hidden`: versions that are served, not listed. `change`: edits a finished answer.
    `opens`: lets further requests in.
    """

    version: str = "2.2.1"
    versions: tuple[str, ...] = ()
    encoding: str = "base64"
    prefix: str = "/ocpi"
    slash: str = ""
    refusal: tuple[int, int] = (401, 2000)
    single_object: bool = False
    hidden: tuple[str, ...] = ()
    lower_ids: bool = False
    drops_connections: bool = False
    urls: str = "{origin}"
    module_urls: Mapping[str, str] = field(default_factory=dict)
    redirects: Mapping[str, str] = field(default_factory=dict)
    modules: tuple[tuple[str, str], ...] = (("credentials", "SENDER"), ("locations", "SENDER"), ("sessions", "SENDER"))
    opens: Callable[[Request], bool] = field(default=lambda _request: False)
    change: Callable[[Request, Response], Response] = field(default=lambda _request, response: response)
    change_object: Callable[[dict[str, Any]], dict[str, Any]] = field(default=lambda item: item)


Answering = Callable[[Request, str], Response]
Conversing = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class RunningPlatform:
    """Where it listens, and every request that arrived."""

    origin: str
    versions_url: str
    ca_file: Path
    requests: list[Request] = field(default_factory=list)

    def target(self, *, limits: Limits = FAST, contracts: tuple[Contract, ...] = ()) -> EnvironmentTarget:
        """The platform as a target with one identity, the eMSP DE-VLT."""
        party = Party(country_code="DE", party_id="VLT")
        identity = Identity(name="emsp-a", party=party, role=Role.EMSP, partner="emsp-a")
        return loopback_target(
            self.versions_url, ca_file=self.ca_file, identities=[identity], contracts=contracts, limits=limits
        )


class _Answers:
    """The answers of one platform."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def __call__(self, request: Request, origin: str) -> Response:
        platform = self._platform
        route = request.path.removeprefix(platform.prefix).strip("/")
        if route in platform.redirects and request.path != platform.redirects[route]:
            location = platform.redirects[route].format(origin=origin)
            return Response(status=307, headers={"Location": location})
        if not self._authorized(request) and not platform.opens(request):
            return self._done(request, platform.refusal[0], None, platform.refusal[1])
        if route.startswith("moved/"):
            route = route.removeprefix("moved/")
        return platform.change(request, self._route(request, route, origin))

    def _authorized(self, request: Request) -> bool:
        forms = {
            "raw": TOKEN,
            "base64": base64.b64encode(TOKEN.encode()).decode(),
            "base64-newline": base64.b64encode(f"{TOKEN}\n".encode()).decode(),
        }
        return request.headers.get("authorization") == f"Token {forms[self._platform.encoding]}"

    def _route(self, request: Request, route: str, origin: str) -> Response:
        platform = self._platform
        base = platform.urls.format(origin=origin) + platform.prefix
        if route == "versions":
            return self._done(request, 200, self._versions(base))
        version, _, rest = route.partition("/")
        if version not in (*(platform.versions or (platform.version,)), *platform.hidden):
            return self._done(request, 404, None, 2000)
        if not rest:
            return self._done(request, 200, self._details(base, version, origin))
        if rest == "credentials":
            return self._done(request, 200, self._credentials(f"{base}/versions", version))
        if rest in {"locations", "sessions", "tariffs"} and rest in dict(platform.modules):
            return self._list(request, rest, version, origin)
        return self._done(request, 404, None, 2003)

    def _versions(self, base: str) -> Any:
        offered = self._platform.versions or (self._platform.version,)
        listed = [{"version": v, "url": f"{base}/{v}{self._platform.slash}"} for v in offered]
        return listed[0] if self._platform.single_object else listed

    def _details(self, base: str, version: str, origin: str) -> Any:
        endpoints = []
        for module, role in self._platform.modules:
            url = self._platform.module_urls.get(module, f"{base}/{version}/{module}{self._platform.slash}")
            endpoint = {"identifier": module, "url": url.format(origin=origin)}
            endpoints.append(endpoint if version == "2.1.1" else {**endpoint, "role": role})
        return {"version": version, "endpoints": endpoints}

    def _credentials(self, versions_url: str, version: str) -> Any:
        business = {"name": "An odd platform"}
        if version == "2.1.1":
            party = {"party_id": "ODD", "country_code": "NL", "business_details": business}
            return {"token": "token-of-theirs", "url": versions_url, **party}
        role = {"role": "CPO", "party_id": "ODD", "country_code": "NL", "business_details": business}
        return {"token": "token-of-theirs", "url": versions_url, "roles": [role]}

    def _list(self, request: Request, module: str, version: str, origin: str) -> Response:
        objects = [self._platform.change_object(o) for o in objects_of(version, module, lower=self._platform.lower_ids)]
        window = _window(request)
        if window is None:
            return self._done(request, 400, None, 2001)
        limit, offset, first, last = window
        objects = [o for o in objects if first <= o["last_updated"] < last]
        page: Any = objects[offset : offset + limit]
        headers = {"X-Total-Count": str(len(objects)), "X-Limit": "2"}
        if offset + limit < len(objects):
            headers["Link"] = f'<{origin}{request.path}?offset={offset + limit}&limit={limit}>; rel="next"'
        if self._platform.single_object:
            page, headers = (objects[0] if objects else []), {}
        return self._done(request, 200, page, 1000, headers)

    def _done(
        self,
        request: Request,
        status: int,
        data: Any,
        ocpi_status: int = 1000,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        document = {"status_code": ocpi_status, "timestamp": "2026-01-01T00:00:00Z"}
        if data is not None:
            document["data"] = data
        ids = {
            n: request.headers[n.lower()] for n in ("X-Request-ID", "X-Correlation-ID") if n.lower() in request.headers
        }
        return Response(
            status=status, headers={**_SECURE, **ids, **(headers or {})}, body=json.dumps(document).encode()
        )


@contextmanager
def running_platform(platform: Platform) -> Iterator[RunningPlatform]:
    """A platform with its TLS server, for the length of the block."""
    answers = _Answers(platform)
    with _running(answers, platform.prefix + "/versions", drops=platform.drops_connections) as running:
        yield running


@contextmanager
def running_hostile(name: str) -> Iterator[RunningPlatform]:
    """A server of `HOSTILE`, for the length of the block."""
    with _running(None, "/ocpi/versions", converse=HOSTILE[name]) as running:
        yield running


@cache
def certificate() -> tuple[ssl.SSLContext, Path]:
    """One certificate for all odd platforms of a test process."""
    return self_signed(Path(tempfile.mkdtemp(prefix="odd-platforms-")))


@contextmanager
def _running(
    answers: Answering | None, path: str, *, drops: bool = False, converse: Conversing | None = None
) -> Iterator[RunningPlatform]:
    context, ca_file = certificate()
    running = RunningPlatform(origin="", versions_url="", ca_file=ca_file)
    loop = asyncio.new_event_loop()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            while True:
                request = _parsed(await reader.readuntil(b"\r\n\r\n"))
                running.requests.append(request)
                if converse is not None:
                    await converse(reader, writer)
                    break
                if answers is not None:
                    writer.write(_raw(answers(request, running.origin)))
                await writer.drain()
                if drops:
                    break  # without having said "Connection: close"
        writer.close()

    async def start() -> asyncio.Server:
        return await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context, limit=2**20)

    thread = threading.Thread(target=loop.run_forever, name="odd-platform", daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    running.origin = f"https://localhost:{server.sockets[0].getsockname()[1]}"
    running.versions_url = running.origin + path
    try:
        yield running
    finally:
        asyncio.run_coroutine_threadsafe(_stop(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _stop(server: asyncio.Server) -> None:
    await hang_up(server)
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _parsed(head: bytes) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers: dict[str, str] = {}
    for name, colon, value in (line.partition(":") for line in lines):
        if colon:  # repeated ones are one list (RFC 9110, 5.3)
            key = name.strip().lower()
            headers[key] = f"{headers[key]}, {value.strip()}" if key in headers else value.strip()
    return Request(method=method, target=target, headers=headers)


def _raw(response: Response) -> bytes:
    headers = {"Content-Length": str(len(response.body)), **response.headers}
    lines = [f"HTTP/1.1 {response.status} Answer", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + response.body


def _window(request: Request) -> tuple[int, int, str, str] | None:
    """Limit (at most 2), offset, and from when to when; None where one of them is wrong."""
    numbers = [request.query("limit") or "2", request.query("offset") or "0"]
    dates = [request.query("date_from") or "0000-01-01T00:00:00Z", request.query("date_to") or "9999-12-31T23:59:59Z"]
    if not all(n.isascii() and n.isdigit() for n in numbers) or not all(_DATE.fullmatch(d) for d in dates):
        return None
    return min(int(numbers[0]), 2), int(numbers[1]), dates[0], dates[1]


def _without(name: str) -> Callable[[Request, Response], Response]:
    def change(_request: Request, response: Response) -> Response:
        return replace(response, headers={n: v for n, v in response.headers.items() if n != name})

    return change


def _plaintext_image(item: dict[str, Any]) -> dict[str, Any]:
    image = {"url": "http://images.example/1.png", "category": "CHARGER", "type": "png"}
    return {**item, "images": [image]} if "coordinates" in item else item


def _known(request: Request) -> bool:
    return request.headers.get("authorization") == f"Token {base64.b64encode(TOKEN.encode()).decode()}"


def _refusing_beside_data(request: Request, response: Response) -> Response:
    return response if _known(request) else replace(response, status=401)


def _on_further_pages(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Request, Response], Response]:
    """Edits the objects of every page but the first."""

    def edit(request: Request, response: Response) -> Response:
        document = json.loads(response.body)
        if request.query("offset") != "2" or not document.get("data"):
            return response
        document["data"] = [change(item) for item in document["data"]]
        return replace(response, body=json.dumps(document).encode())

    return edit


def _looping(request: Request, response: Response) -> Response:
    if request.query("offset") != "2":
        return response
    back = f'<https://{request.headers["host"]}{request.target}>; rel="next"'
    return replace(response, headers={**response.headers, "Link": back})


def _behind_a_gateway_that_adds_headers(_request: Request, response: Response) -> Response:
    """Its headers and the platform's own, as lists; the stricter of two policies counts."""
    merged = {
        "Cache-Control": "private, No-Store",
        "X-Content-Type-Options": "nosniff, nosniff",
        "Content-Security-Policy": "default-src 'self', Default-Src; FRAME-ANCESTORS 'NONE'; report-uri /csp",
    }
    return replace(response, headers={**response.headers, **merged})


def _crashing(request: Request, response: Response) -> Response:
    if request.query("limit") != "posture":
        return response
    return replace(response, status=500, body=b'{"status_code": 3000}')


def _dumping(request: Request, response: Response) -> Response:
    if request.query("limit") != "-1":
        return response
    objects = objects_of("2.2.1", request.path.rpartition("/")[2])
    body = json.dumps({"status_code": 1000, "data": objects})
    return replace(response, status=200, headers={**response.headers, "X-Total-Count": "3"}, body=body.encode())


def _deaf_to_dates(request: Request, response: Response) -> Response:
    if request.query("date_from") != "2999-01-01T00:00:00Z":
        return response
    objects = objects_of("2.2.1", request.path.rpartition("/")[2])[:2]
    return replace(response, body=json.dumps({"status_code": 1000, "data": objects}).encode())


class _MixingUp:
    """Answers further pages with the id of the request before them."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, request: Request, response: Response) -> Response:
        before, self._last = self._last, request.headers.get("x-request-id", "")
        if request.query("offset") != "2":
            return response
        return replace(response, headers={**response.headers, "X-Request-ID": before})


def _without_an_end(item: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in item.items() if k != "end_date_time"}


_COMMANDS: Final = ("commands", "RECEIVER")
_PLAIN: Final = Platform()

ODD: Final[Mapping[str, Platform]] = {
    "plain": _PLAIN,
    "raw-token": Platform(encoding="raw"),
    "base64-newline-token": Platform(encoding="base64-newline"),
    "version-2.1.1": Platform(version="2.1.1", encoding="raw"),
    "version-2.1.1-base64": Platform(version="2.1.1"),
    "version-2.3.0": Platform(version="2.3.0"),
    "three-versions": Platform(versions=("2.1.1", "2.2.1", "2.3.0")),
    "single-object": Platform(single_object=True),
    "lower-case-ids": Platform(lower_ids=True),
    "odd-prefix": Platform(prefix="/api//v7/Ocpi", slash="/"),
    "refuses-with-403": Platform(refusal=(403, 2000)),
    "refuses-with-404": Platform(refusal=(404, 2000)),
    "refuses-with-405": Platform(refusal=(405, 2000)),
    "refuses-with-200": Platform(refusal=(200, 2002)),
    "same-origin-redirect": Platform(
        redirects={"versions": "{origin}/ocpi/moved/versions", "2.2.1": "/ocpi/moved/2.2.1"}
    ),
    "drops-connections": Platform(drops_connections=True),
    "headers-sent-twice": Platform(change=_behind_a_gateway_that_adds_headers),
}

FAULTY: Final[Mapping[str, Platform]] = {
    "empty-token-accepted": Platform(opens=lambda request: request.headers.get("authorization") == "Token"),
    "made-up-scheme-accepted": Platform(
        opens=lambda request: request.headers.get("authorization", "").startswith(("Bearer ", "Basic "))
    ),
    "made-up-query-token-accepted": Platform(opens=lambda request: request.query("token") is not None),
    "data-with-a-refusal": Platform(opens=lambda _request: True, change=_refusing_beside_data),
    "refusal-without-401": Platform(refusal=(200, 2002)),
    "foreign-redirect": Platform(redirects={"2.2.1/sessions": "https://elsewhere.example/sessions"}),
    "plaintext-redirect": Platform(redirects={"2.2.1/sessions": "http://localhost/sessions"}),
    "foreign-host-advertised": Platform(module_urls={"sessions": "https://elsewhere.example/ocpi/2.2.1/sessions"}),
    "plaintext-image": Platform(change_object=_plaintext_image),
    "commands-offered": Platform(modules=(*_PLAIN.modules, _COMMANDS)),
    "agreed-module-missing": Platform(modules=_PLAIN.modules[:2]),
    "superseded-version-offered": Platform(versions=("2.2", "2.2.1")),
    "relative-urls": Platform(urls=""),
    "missing-nosniff": Platform(change=_without("X-Content-Type-Options")),
    "missing-request-id": Platform(change=_without("X-Request-ID")),
    "invalid-further-page": Platform(change=_on_further_pages(lambda item: {**item, "last_updated": "yesterday"})),
    "repeated-ids": Platform(change=_on_further_pages(lambda item: {**item, "id": item["id"][:3] + "0"})),
    "link-loop": Platform(change=_looping),
    "crash-on-odd-limit": Platform(change=_crashing),
    "dump-on-negative-limit": Platform(change=_dumping),
    "date-filter-ignored": Platform(change=_deaf_to_dates),
    "mixed-up-ids": Platform(change=_MixingUp()),
    "updated-in-the-future": Platform(change_object=lambda item: {**item, "last_updated": "2099-01-01T00:00:00Z"}),
    "completed-without-end": Platform(change_object=_without_an_end),
    "hidden-version": Platform(hidden=("2.1.1",)),
}


def _saying(*parts: bytes, forever: bytes = b"", pause_s: float = 0.0) -> Conversing:
    async def converse(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
        while forever:
            writer.write(forever)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return converse


def _headed(status: int, *lines: str, body: bytes = b"") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status} Answer", *lines, "", ""]).encode() + body


_BOMB: Final = gzip_of(b" " * 2**20, 64)
_HTML: Final = b"<!doctype html><title>Welcome</title><p>It works!</p>"
_DEEP: Final = b"[" * 100_000

HOSTILE: Final[Mapping[str, Conversing]] = {
    "html": _saying(_headed(200, "Content-Type: text/html", f"Content-Length: {len(_HTML)}", body=_HTML)),
    "huge-body": _saying(_headed(200, "Content-Type: application/json"), forever=b'{"a":"' + b"x" * 65_536),
    "gzip-bomb": _saying(
        _headed(200, "Content-Encoding: gzip", f"Content-Length: {len(_BOMB)}", "Content-Type: application/json"), _BOMB
    ),
    "endless-headers": _saying(b"HTTP/1.1 200 OK\r\n", forever=b"X-More: " + b"y" * 1000 + b"\r\n"),
    "slow-drip": _saying(_headed(200, "Content-Length: 100000"), forever=b" ", pause_s=0.05),
    "not-http": _saying(b"220 mail.example ESMTP\r\n"),
    "deep-json": _saying(_headed(200, f"Content-Length: {len(_DEEP)}", body=_DEEP)),
    "redirect-loop": _saying(_headed(302, "Location: /ocpi/versions", "Content-Length: 0")),
    "redirect-to-internal-address": _saying(
        _headed(302, "Location: https://169.254.169.254/latest/meta-data/", "Content-Length: 0")
    ),
    "silent-close": _saying(),
}
