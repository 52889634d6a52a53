"""What is written in one turn of the loop goes out together, in order, and never after the connection."""

import asyncio

import pytest

from infra.service.gathered_writes import GatheredWrites


class Transport(asyncio.Transport):
    def __init__(self):
        self.seen = []

    def write(self, data):
        self.seen.append(data)

    def close(self):
        self.seen.append("closed")

    def is_closing(self):
        return "closed" in self.seen

    def abort(self):
        self.seen.append("aborted")

    def get_extra_info(self, name, default=None):
        return name


def gathered():
    transport = Transport()
    return GatheredWrites(transport, asyncio.get_running_loop()), transport.seen


@pytest.mark.asyncio
async def test_head_and_body_are_one_piece_and_what_comes_later_is_another():
    writes, seen = gathered()
    writes.write(b"head ")
    writes.write(b"body")
    assert seen == []
    await asyncio.sleep(0)
    writes.write(b"more")
    await asyncio.sleep(0)
    assert seen == [b"head body", b"more"]


@pytest.mark.asyncio
async def test_closing_waits_for_what_was_written_and_aborting_does_not():
    writes, seen = gathered()
    writes.write(b"answer")
    writes.close()
    await asyncio.sleep(0)
    assert seen == [b"answer", "closed"]
    writes, seen = gathered()
    writes.write(b"answer")
    writes.abort()
    await asyncio.sleep(0)
    assert seen == ["aborted"]


@pytest.mark.asyncio
async def test_what_is_closed_is_not_closed_again():
    """After asyncio's TLS transport is closed twice, it cannot be aborted."""
    writes, seen = gathered()
    writes.close()
    writes.close()
    assert seen == ["closed"]


@pytest.mark.asyncio
async def test_everything_else_is_the_transports_own():
    writes, _ = gathered()
    assert writes.get_extra_info("peername") == "peername"
