"""What a server of a test leaves behind when it ends: connections that nobody would close."""

import asyncio

_TURNS = 3  # of the loop: a connection that was let in just now gets its transport, one that ended is told so


async def hang_up(server: asyncio.Server) -> None:
    """Close the server and each of its connections, also one that nobody has begun to serve, or in its handshake.

    Who only cancels what serves them forgets those, and a test that runs later is blamed for them.
    """
    loop = asyncio.get_running_loop()
    ports = {listening.getsockname()[1] for listening in server.sockets}
    for listening in server.sockets:
        loop.remove_reader(listening.fileno())  # asyncio drops a connection that it took just before it is closed
    await _turns()
    server.close()
    for transport in list(loop._transports.values()):  # type: ignore[attr-defined]  # no other list
        here = transport.get_extra_info("sockname")
        if here and here[1] in ports:
            transport.abort()
    await _turns()


async def cut_off() -> None:
    """End every connection of this loop, which serves nobody else: a server knows none in its handshake."""
    await _turns()
    for transport in list(asyncio.get_running_loop()._transports.values()):  # type: ignore[attr-defined]  # no other list
        transport.abort()
    await _turns()


async def _turns() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)
