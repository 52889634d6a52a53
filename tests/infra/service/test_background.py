"""What goes on after its answer: it has an end, with the service at the latest."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from infra.service.background import Background


async def _closed_over(work: Coroutine[Any, Any, None], moment_s: float) -> None:
    background = Background(moment_s)
    background(work)
    await asyncio.sleep(0)
    await background.aclose()


def test_what_is_under_way_has_a_moment_to_end_when_it_is_closed() -> None:
    ended = []

    async def work() -> None:
        await asyncio.sleep(0.02)
        ended.append("in time")

    asyncio.run(_closed_over(work(), 60.0))
    assert ended == ["in time"]


def test_what_takes_longer_is_interrupted_and_has_ended_when_it_is_closed() -> None:
    ended = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            for _ in range(20):  # as a connection that takes some turns of the loop to close
                await asyncio.sleep(0)
            ended.append("interrupted")

    async def run() -> list[str]:
        await _closed_over(work(), 0.05)
        return list(ended)

    assert asyncio.run(run()) == ["interrupted"]


def test_what_cannot_be_interrupted_does_not_hold_it_up() -> None:
    async def run() -> bool:
        go_on, stubborn = asyncio.Event(), asyncio.Event()

        async def work() -> None:
            while not go_on.is_set():
                try:
                    await go_on.wait()
                except asyncio.CancelledError:
                    stubborn.set()

        await _closed_over(work(), 0.05)
        go_on.set()
        return stubborn.is_set()

    assert asyncio.run(run())


def test_what_comes_when_it_is_closed_is_not_begun() -> None:
    begun = []

    async def work() -> None:
        begun.append("late")

    async def run() -> None:
        background = Background()
        await background.aclose()
        background(work())
        await asyncio.sleep(0)

    asyncio.run(run())
    assert begun == []
