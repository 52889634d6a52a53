"""A deployment folder, put together: settings, storage, faults, application, sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from infra.service.app import create_app
from infra.service.audit import EventSink, discard
from infra.service.authentication import Authenticator, TokenAuthenticator
from infra.service.background import Background
from infra.service.commanding.manner import CommandManner
from infra.service.commanding.sender import CommandSender
from infra.service.credentials_token import CredentialsToken
from infra.service.datetimes import now
from infra.service.deployment.folder import Folder
from infra.service.deployment.loading import load_partners, load_seed
from infra.service.faults.fault import Fault
from infra.service.listener import ListenerOptions, make_context
from infra.service.modules.dialect import Dialect
from infra.service.modules.vouching import Vouch, Vouching
from infra.service.outbound import OutboundClient, OutboundReply
from infra.service.partner import TokenEncoding
from infra.service.plaintext import refuse_plaintext
from infra.service.pulling.manner import Manner
from infra.service.pulling.puller import Puller
from infra.service.quarantine import Quarantine
from infra.service.serving import Listening, bind
from infra.service.settings import OutboundSettings, Settings
from infra.service.starting.door import operators_door
from infra.service.starting.manner import StartManner
from infra.service.starting.starter import Starter
from infra.service.store import Store
from infra.service.store.guarded import Guard, GuardedStore
from infra.service.store.memory import MemoryStore
from infra.service.strict_json import JsonObject
from infra.service.supported import DIALECTS, VERSIONS
from infra.service.vault import DirectoryVault
from infra.service.versions import VERSIONS_PATH, Version


class StoreKind(StrEnum):
    """Storages that the command line offers."""

    MEMORY = "memory"
    SQLITE = "sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """What `serve` is told.

    `plaintext_port` 0 is any free port; None opens none, unless a fault answers OCPI over http. `or_free_port` takes a
    free port where a named one is taken. `control`: where an operator has registrations started and commands sent
    (`starting/door.py`).
    """

    folder: Folder
    address: str = "127.0.0.1"
    port: int = 0
    plaintext_port: int | None = None
    or_free_port: bool = False
    faults: Sequence[Fault] = ()
    store: StoreKind = StoreKind.MEMORY
    events: EventSink = discard
    versions: Sequence[Version] = VERSIONS
    quarantine: Quarantine | None = None
    control: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """The application, and what goes on beside its requests."""

    app: ASGIApp
    puller: Puller | None
    starter: Starter
    commands: CommandSender
    background: Background


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """Where the service listens."""

    versions_url: str
    host: str
    port: int
    plaintext_port: int | None
    ca: str


async def serve(options: ServeOptions, ready: Callable[[Ready], None], stop: asyncio.Event) -> None:
    """Listen, call `ready` once, and serve until `stop` is set. Raises FolderError, OSError."""
    document = options.folder.document()
    listener_options = reduce(lambda o, fault: fault.wrap_listener(o), options.faults, ListenerOptions())
    context = make_context(listener_options, options.folder, document.host)
    secure = bind(options.address, options.port, or_free=options.or_free_port)
    port = secure.getsockname()[1]
    settings = document.to_settings(f"https://{document.host}:{port}")
    with _opened_store(options) as store:
        assembled = await assemble(options, settings, store)
        app = assembled.app
        servers = [Listening(app, secure, context, listener_options)]
        plaintext_port = None
        if listener_options.plaintext or options.plaintext_port is not None:
            plain = bind(options.address, options.plaintext_port or 0, or_free=options.or_free_port)
            plaintext_port = plain.getsockname()[1]
            servers.append(Listening(app if listener_options.plaintext else refuse_plaintext, plain, None))
        announcement = Ready(
            versions_url=settings.public_origin + VERSIONS_PATH,
            host=document.host,
            port=port,
            plaintext_port=plaintext_port,
            ca=str(options.folder.ca),
        )
        door = operators_door(options.control, assembled.starter, assembled.commands)
        async with aclosing(assembled.background), door, _pulling(assembled.puller):
            await _run(servers, lambda: ready(announcement), stop)


async def assemble(options: ServeOptions, settings: Settings, plain_store: Store) -> Assembled:
    """The application over its seeded storage, inside the wrappers of the faults."""
    settings = reduce(lambda s, fault: fault.wrap_settings(s), options.faults, settings)
    await load_partners(plain_store, settings.partners)
    await load_seed(plain_store, options.folder.seed())
    store = reduce(lambda s, fault: fault.wrap_backend(s), options.faults, plain_store)
    guard: Guard = GuardedStore
    guard = reduce(lambda g, fault: fault.wrap_guard(g), options.faults, guard)
    store = guard(store, settings.backends, options.events)
    store = reduce(lambda s, fault: fault.wrap_store(s), options.faults, store)
    starter, commands = _starter(options), _commands(options)
    authenticator: Authenticator = TokenAuthenticator(settings, store, now, starter.offered)
    for fault in options.faults:
        authenticator = fault.wrap_authenticator(authenticator, settings, store)
    outbound: OutboundClient = _DeferredOutbound(settings.outbound)
    outbound = reduce(lambda o, fault: fault.replace_client(o, settings.outbound), options.faults, outbound)
    outbound = reduce(lambda o, fault: fault.wrap_outbound(o), options.faults, outbound)
    manner = reduce(lambda m, fault: fault.wrap_manner(m), options.faults, Manner())
    vouch: Vouch = Vouching()
    vouch = reduce(lambda v, fault: fault.wrap_vouch(v), options.faults, vouch)
    puller = Puller(settings.pulling, manner) if settings.pulling else None
    background = Background()
    app = create_app(
        settings,
        store,
        authenticator=authenticator,
        outbound=outbound,
        vault=DirectoryVault(options.folder.partner_tokens),
        quarantine=options.quarantine,
        events=options.events,
        versions=options.versions,
        puller=puller,
        starter=starter,
        commands=commands,
        vouch=vouch,
        background=background,
    )
    app = reduce(lambda a, fault: fault.wrap_app(a), options.faults, app)
    return Assembled(app=app, puller=puller, starter=starter, commands=commands, background=background)


def _starter(options: ServeOptions) -> Starter:
    manner = reduce(lambda m, fault: fault.wrap_start(m), options.faults, StartManner())
    return Starter(_served(options), manner)


def _commands(options: ServeOptions) -> CommandSender:
    manner = reduce(lambda m, fault: fault.wrap_commands(m), options.faults, CommandManner())
    return CommandSender(_served(options), manner)


def _served(options: ServeOptions) -> tuple[Dialect, ...]:
    """The versions that are served."""
    served = {version.number for version in options.versions}
    return tuple(dialect for dialect in DIALECTS if dialect.number in served)


@asynccontextmanager
async def _pulling(puller: Puller | None) -> AsyncIterator[None]:
    """Goes on where the last process ended."""
    if puller is None:
        yield
        return
    await puller.resume()
    try:
        yield
    finally:
        await puller.close()


@contextmanager
def _opened_store(options: ServeOptions) -> Iterator[Store]:
    if options.store is StoreKind.MEMORY:
        yield MemoryStore()
        return
    from infra.service.store.sqlite import SqliteStore  # noqa: PLC0415 - loaded when chosen

    store = SqliteStore(options.folder.root / "store.sqlite")
    try:
        yield store
    finally:
        store.close()


class _DeferredOutbound:
    """The HTTPS client, loaded when the first call needs it: most starts never do."""

    def __init__(self, settings: OutboundSettings) -> None:
        self._settings = settings
        self._client: OutboundClient | None = None

    async def get(self, url: str, token: CredentialsToken, encoding: TokenEncoding) -> Any:  # noqa: ANN401 - JSON
        """See `OutboundClient.get`."""
        return await self._loaded().get(url, token, encoding)

    async def post(self, url: str, token: CredentialsToken, encoding: TokenEncoding, document: JsonObject) -> None:
        """See `OutboundClient.post`."""
        await self._loaded().post(url, token, encoding, document)

    async def exchange(
        self, method: str, url: str, authorization: str, headers: Mapping[str, str], document: JsonObject | None
    ) -> OutboundReply:
        """See `OutboundClient.exchange`."""
        return await self._loaded().exchange(method, url, authorization, headers, document)

    def _loaded(self) -> OutboundClient:
        if self._client is None:
            from infra.service.outbound_https import HttpsClient  # noqa: PLC0415

            self._client = HttpsClient(self._settings)
        return self._client


async def _run(servers: Sequence[Listening], announce: Callable[[], None], stop: asyncio.Event) -> None:
    tasks = [asyncio.create_task(server.run_until_stopped()) for server in servers]
    stopping = asyncio.create_task(stop.wait())
    try:
        for server in servers:
            await server.ready.wait()
        announce()
        await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        for server in servers:
            server.stop()
        await asyncio.gather(*tasks)
