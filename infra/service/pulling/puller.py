"""Who is pulled when: each registered partner by one task, its modules one after the other, never two passes at once.

After a pass that failed the pause grows from `first_pause_s` to the interval; what was missed meanwhile is not caught
up pass by pass, but by the one pass that succeeds.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable

from infra.service.call import Route, Services
from infra.service.partner import Partner
from infra.service.pulling.intake import MODULES, Doors
from infra.service.pulling.manner import Manner
from infra.service.pulling.passes import Pass, endpoint_of
from infra.service.pulling.patience import PullError
from infra.service.pulling.settings import PullSettings
from infra.service.pulling.shares import Shares
from infra.service.registration import Registration


class Puller:
    """Idle until `attach`; `registered` and `resume` start tasks, `close` ends them."""

    def __init__(
        self,
        settings: PullSettings,
        manner: Manner | None = None,
        chance: Callable[[], float] = random.random,
        shares: Shares | None = None,
    ) -> None:
        self._settings = settings
        self._chance = chance
        self._shares = shares or Shares()
        self._manner = manner or Manner()
        self._patience = self._manner.patience(settings=settings, sleep=asyncio.sleep, chance=chance)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._services: Services | None = None
        self._doors = Doors({})

    def attach(self, services: Services, routes: Iterable[Route]) -> None:
        """What it works with."""
        self._services, self._doors = services, Doors.among(routes)

    def registered(self, partner: Partner) -> None:
        """A partner has registered, or has renewed: pull it from now on."""
        if self._services is None:
            return
        former = self._tasks.pop(partner.id, None)
        if former is not None:
            former.cancel()
        task = asyncio.get_running_loop().create_task(self._pull(self._services, partner.id))
        self._tasks[partner.id] = task

    async def resume(self) -> None:
        """Go on with everybody who is registered: after a start."""
        for partner in self._services.settings.partners if self._services else ():
            self.registered(partner)

    async def close(self) -> None:
        """End all tasks."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _pull(self, services: Services, partner_id: str) -> None:
        """Until the registration ends."""
        failures, wait_s = 0, self._settings.first_after_s
        while True:
            await asyncio.sleep(wait_s * (0.5 + self._chance() / 2))
            try:
                registration = await services.store.registration(partner_id)
            except Exception:  # noqa: BLE001 - our own storage, whatever it raises: a task that ended would pull no more
                failures += 1
                wait_s = self._pause(failures, 0.0)
                continue
            partner = services.settings.partner(partner_id)
            if registration is None or registration.bootstrap or not registration.endpoints or partner is None:
                return
            asked_s = await self._all(services, partner.on(services.clock()), registration)
            failures = 0 if asked_s is None else failures + 1
            wait_s = self._settings.interval_s if asked_s is None else self._pause(failures, asked_s)

    async def _all(self, services: Services, partner: Partner, registration: Registration) -> float | None:
        """Every module that the contract lets the partner push; how long it asks for if one failed, or None."""
        asked: float | None = None
        for module in MODULES:
            version = registration.version or ""
            route, endpoint = self._doors.of(partner, version, module), endpoint_of(registration, module)
            if route is None or endpoint is None or not partner.in_force(services.clock()):
                continue
            asked = _longer(asked, await self._one(services, partner, registration, route, endpoint))
        return asked

    async def _one(
        self, services: Services, partner: Partner, registration: Registration, route: Route, endpoint: str
    ) -> float | None:
        one = Pass(
            services=services,
            partner=partner,
            registration=registration,
            version=registration.version or "",
            route=route,
            endpoint=endpoint,
            patience=self._patience,
            manner=self._manner,
            shares=self._shares,
        )
        try:
            await one.run()
        except PullError as error:
            return error.wait_s
        return None

    def _pause(self, failures: int, asked_s: float) -> float:
        """At least twice what the partner asked for, as the jitter halves it; nobody is left alone for ever."""
        grown = self._settings.first_pause_s * 2.0 ** min(failures, 16)
        return max(min(grown, self._settings.interval_s), 2 * min(asked_s, self._settings.longest_absence_s))


def _longer(one: float | None, other: float | None) -> float | None:
    known = [value for value in (one, other) if value is not None]
    return max(known, default=None)
