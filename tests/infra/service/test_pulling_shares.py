"""Slow partners hold up no other partner's lists, and none of them ends the pulling of its own for good."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.service.app import create_app
from infra.service.credentials_token import CredentialsToken
from infra.service.deployment.loading import load_partners
from infra.service.outbound import OutboundReply
from infra.service.partner import InterfaceRole
from infra.service.pulling.puller import Puller
from infra.service.pulling.settings import PullSettings
from infra.service.pulling.shares import Shares
from infra.service.registration import PartnerEndpoint
from infra.service.store.memory import MemoryStore
from infra.service.vault import MemoryVault
from tests.targets.reference_service import prepared_folder

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SLOW, GOOD = ("emsp-a", "emsp-b"), "emsp-e"
SETTINGS = PullSettings(first_after_s=0.0, interval_s=60.0, first_pause_s=30.0, most_pages=10**6)
Answer = Callable[[str], Awaitable[OutboundReply]]


def reply(status: int = 200, link: str | None = None, data: object = ()) -> OutboundReply:
    headers = {} if link is None else {"link": f'<{link}>; rel="next"'}
    return OutboundReply(http_status=status, headers=headers, document={"status_code": 1000, "data": data})


class Partners:
    """Slow ones answer as told, at hosts of their own; the good one gives an empty list. `asked` are hosts in order."""

    def __init__(self, slowly: Answer) -> None:
        self._slowly = slowly
        self.asked: list[str] = []

    async def exchange(self, _method: str, url: str, *_: Any) -> OutboundReply:
        host = url.split("/")[2]
        self.asked.append(host)
        return reply(data=[]) if host == GOOD else await self._slowly(url)

    async def get(self, *_: Any) -> Any:
        raise AssertionError("no handshake here")

    async def post(self, *_: Any) -> None:
        raise AssertionError("no result here")


async def registered_at_hosts_of_their_own(store: MemoryStore, vault: MemoryVault) -> None:
    """The three partners, each with a list of tokens."""
    for name in (*SLOW, GOOD):
        await vault.keep(name, CredentialsToken(f"token-of-{name}"))
        agreed = await store.registration(name)
        assert agreed is not None
        endpoint = PartnerEndpoint(identifier="tokens", role=InterfaceRole.SENDER, url=f"https://{name}/tokens")
        known = replace(agreed, version="2.2.1", versions_url=f"https://{name}/versions", endpoints=(endpoint,))
        assert await store.save_registration(known)


def pulled_first(partners: Partners) -> Mapping[str, Any]:
    """The first pass that ended, where one request may be under way at a time."""
    events: list[Mapping[str, Any]] = []
    settings = prepared_folder().document().to_settings("https://localhost")

    async def run() -> Mapping[str, Any]:
        ended = asyncio.Event()

        def heard(event: Mapping[str, Any]) -> None:
            if event["event"] == "pulled":
                events.append(event)
                ended.set()

        store, vault = MemoryStore(), MemoryVault()
        await load_partners(store, settings.partners)
        await registered_at_hosts_of_their_own(store, vault)
        one_at_a_time = Shares(asking=asyncio.Semaphore(1), keeping=asyncio.Semaphore(1))
        puller = Puller(SETTINGS, shares=one_at_a_time)
        create_app(settings, store, outbound=partners, vault=vault, clock=lambda: NOW, events=heard, puller=puller)
        await puller.resume()
        try:
            async with asyncio.timeout(60):
                await ended.wait()
        finally:
            await puller.close()
        return events[0]

    return asyncio.run(run())


async def leads_on(url: str) -> OutboundReply:
    """A list of new objects that has no end."""
    await asyncio.sleep(0.001)
    page = int(url.partition("?page=")[2] or 0)
    return reply(link=f"{url.partition('?')[0]}?page={page + 1}", data=[{"uid": f"T{page}"}])


async def is_down(_url: str) -> OutboundReply:
    """Asked again after half a minute or more."""
    return reply(503)


@pytest.mark.parametrize("slowly", [leads_on, is_down])
def test_a_partner_is_pulled_while_others_keep_us_waiting_or_going_on(slowly: Answer):
    partners = Partners(slowly)
    first = pulled_first(partners)
    assert (first["partner"], first["outcome"]) == (GOOD, "complete")
    assert set(SLOW) & set(partners.asked)


@pytest.mark.parametrize("asked_s, pause_s", [(3600.0, 7200.0), (999_999_999.0, 2 * 86_400.0), (0.0, 60.0)])
def test_a_partner_is_left_alone_as_long_as_it_asks_and_not_for_years(asked_s: float, pause_s: float):
    assert Puller(SETTINGS)._pause(9, asked_s) == pause_s
