"""Limits of time that share one timer."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import pytest

from scanner.gate.http1.time_limit import TimeLimit, TimeLimits

LONG = 600.0


class Ended(Exception):
    """Of a block itself."""


async def waits(limit: TimeLimit) -> None:
    async with limit:
        await asyncio.Event().wait()


@pytest.mark.asyncio
async def test_what_takes_longer_ends_with_a_timeout() -> None:
    limit = TimeLimits().limit(0.01)
    with pytest.raises(TimeoutError):
        await waits(limit)
    assert limit.expired()
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()


@pytest.mark.asyncio
async def test_a_time_that_is_over_before_it_begins_ends_at_the_first_wait() -> None:
    with pytest.raises(TimeoutError):
        await waits(TimeLimits().limit(0.0))


@pytest.mark.asyncio
async def test_a_shorter_limit_that_begins_later_ends_first_and_the_longer_one_goes_on() -> None:
    limits = TimeLimits()
    async with limits.limit(LONG) as longer:
        with pytest.raises(TimeoutError):
            await waits(limits.limit(0.01))
        with pytest.raises(TimeoutError):
            await waits(limits.limit(0.01))
    assert not longer.expired()


@pytest.mark.asyncio
async def test_each_of_many_ends_at_its_own_time() -> None:
    limits = TimeLimits()
    short = [asyncio.create_task(waits(limits.limit(0.002 * (9 - number)))) for number in range(9)]
    long = asyncio.create_task(waits(limits.limit(LONG)))
    ends = await asyncio.gather(*short, return_exceptions=True)
    assert [type(end) for end in ends] == [TimeoutError] * 9
    assert not long.done()
    long.cancel()
    with pytest.raises(asyncio.CancelledError):
        await long


@pytest.mark.asyncio
async def test_a_cancellation_by_others_stays_one() -> None:
    limits = TimeLimits()
    task = asyncio.create_task(waits(limits.limit(LONG)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.asyncio
async def test_what_the_block_raises_is_not_called_a_timeout() -> None:
    async def ends_otherwise() -> None:
        async with TimeLimits().limit(0.01):
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            raise Ended

    with pytest.raises(Ended):
        await ends_otherwise()


@pytest.mark.asyncio
async def test_a_limit_inside_another_ends_alone() -> None:
    limits = TimeLimits()
    async with limits.limit(LONG) as outer:
        with pytest.raises(TimeoutError):
            async with limits.limit(0.01):
                await asyncio.Event().wait()
        await asyncio.sleep(0)
    assert not outer.expired()


@pytest.mark.asyncio
async def test_a_limit_that_stands_still_ends_when_it_has_a_time_again() -> None:
    limits = TimeLimits()
    limit = limits.limit(0.01)

    async def stands_still_and_goes_on() -> None:
        async with limit:
            limit.reschedule(None)
            assert limit.when() is None
            await asyncio.sleep(0.03)
            assert not limit.expired()
            limit.reschedule(asyncio.get_running_loop().time() + 0.01)
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await stands_still_and_goes_on()
    with pytest.raises(RuntimeError):
        limit.reschedule(None)


@pytest.mark.asyncio
async def test_many_limits_of_one_length_set_one_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    set_for: list[float] = []
    call_at = loop.call_at

    def counted(when: float, callback: Callable[..., object], *arguments: object) -> asyncio.TimerHandle:
        set_for.append(when)
        return call_at(when, callback, *arguments)

    monkeypatch.setattr(loop, "call_at", counted)
    limits = TimeLimits()
    for _ in range(100):
        async with limits.limit(LONG):
            pass
    limits.close()
    assert len(set_for) == 1


def test_they_ring_in_the_next_loop_as_well() -> None:
    limits = TimeLimits()

    async def nothing() -> None:
        async with limits.limit(LONG):
            pass

    async def too_long() -> None:
        await waits(limits.limit(0.01))

    asyncio.run(nothing())
    with pytest.raises(TimeoutError):
        asyncio.run(too_long())
