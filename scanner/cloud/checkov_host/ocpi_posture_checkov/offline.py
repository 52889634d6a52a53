"""No socket of the worker is ever connected: an audit hook refuses it."""

from typing import Any

_NETWORK = frozenset({"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"})


class NetworkRefusedError(RuntimeError):
    """Something in the worker tried to reach the network."""


def refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: raises for every attempt to connect or to resolve a name."""
    if event in _NETWORK:
        raise NetworkRefusedError(f"the policy worker works offline: {event} {arguments[1:2]}")
