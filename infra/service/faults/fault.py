"""What a fault is: a name, a sentence, and wrappers round parts of a correct service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp

from infra.service.authentication import Authenticator
from infra.service.commanding.manner import CommandManner
from infra.service.listener import ListenerOptions
from infra.service.modules.vouching import Vouch
from infra.service.outbound import OutboundClient
from infra.service.pulling.manner import Manner
from infra.service.settings import OutboundSettings, Settings
from infra.service.starting.manner import StartManner
from infra.service.store import Store
from infra.service.store.guarded import Guard


def _same_settings(settings: Settings) -> Settings:
    return settings


def _same_store(store: Store) -> Store:
    return store


def _same_authenticator(authenticator: Authenticator, _settings: Settings, _store: Store) -> Authenticator:
    return authenticator


def _same_app(app: ASGIApp) -> ASGIApp:
    return app


def _same_outbound(client: OutboundClient) -> OutboundClient:
    return client


def _same_client(client: OutboundClient, _settings: OutboundSettings) -> OutboundClient:
    return client


def _same_guard(guard: Guard) -> Guard:
    return guard


def _same_vouch(vouch: Vouch) -> Vouch:
    return vouch


def _same_manner(manner: Manner) -> Manner:
    return manner


def _same_start(manner: StartManner) -> StartManner:
    return manner


def _same_commands(manner: CommandManner) -> CommandManner:
    return manner


def _same_listener(options: ListenerOptions) -> ListenerOptions:
    return options


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One defect that can be switched on. `group` names faults that exclude each other.

    `wrap_backend` goes round the storage itself, `wrap_store` round what guards it.
    `by_writing`: only a partner that writes can see it, so it has no place in `all`, whose faults a reader finds.
    """

    name: str
    summary: str
    group: str | None = None
    in_all: bool = True
    by_writing: bool = False
    wrap_settings: Callable[[Settings], Settings] = _same_settings
    wrap_store: Callable[[Store], Store] = _same_store
    wrap_authenticator: Callable[[Authenticator, Settings, Store], Authenticator] = _same_authenticator
    wrap_app: Callable[[ASGIApp], ASGIApp] = _same_app
    wrap_outbound: Callable[[OutboundClient], OutboundClient] = _same_outbound
    replace_client: Callable[[OutboundClient, OutboundSettings], OutboundClient] = _same_client
    wrap_backend: Callable[[Store], Store] = _same_store
    wrap_guard: Callable[[Guard], Guard] = _same_guard
    wrap_vouch: Callable[[Vouch], Vouch] = _same_vouch
    wrap_manner: Callable[[Manner], Manner] = _same_manner
    wrap_start: Callable[[StartManner], StartManner] = _same_start
    wrap_commands: Callable[[CommandManner], CommandManner] = _same_commands
    wrap_listener: Callable[[ListenerOptions], ListenerOptions] = _same_listener
