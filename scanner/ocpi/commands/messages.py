"""The messages: valid in every version, about made-up ids only, so that nothing can be moved by them.

CANCEL_RESERVATION is left out: a platform may hand it on, and let the Charge Point say that it knows none such.
"""

from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Final

from scanner.gate.policy.commands import MADE_UP
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.builder import build
from scanner.model.ocpi.specification import specification
from scanner.model.party import Party
from scanner.model.subject import Side
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.version_lists import version_with_data

_CLASSES: Final = {
    "START_SESSION": "StartSession",
    "STOP_SESSION": "StopSession",
    "RESERVE_NOW": "ReserveNow",
    "UNLOCK_CONNECTOR": "UnlockConnector",
}
_BITS: Final = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One POST, and the CommandType that it is about."""

    command: str
    url: str
    body: dict[str, JsonValue]


def commands(interface: Interface, party: Party, ids: Random, now: datetime, origin: str | None) -> Iterator[Message]:
    """Each command, about a location or a session that exists nowhere; `origin` of our own platform, where it has one.

    A platform may refuse results to any other origin, before it looks at what the command is about.
    """
    version = version_with_data(interface.version)
    for command, class_name in _CLASSES.items():
        seed = f"{MADE_UP}{ids.getrandbits(_BITS):012X}"
        body = build(version, class_name, seed=seed, party=party, now=now, full=False)
        if origin is not None:
            body = {**body, "response_url": f"{origin.rstrip('/')}/{seed}"}
        yield Message(command=command, url=f"{interface.url.rstrip('/')}/{command}", body=body)


def results(interface: Interface, ids: Random, now: datetime, party: Party) -> Iterator[Message]:
    """A good result of each command, under the id of a request that was never sent; 2.1.1 has no such URLs."""
    version = version_with_data(interface.version)
    if "CommandResult" not in specification(version).classes:
        return
    for command in _CLASSES:
        body = build(version, "CommandResult", seed=command, party=party, now=now, full=False)
        uid = f"{MADE_UP}{ids.getrandbits(_BITS):012X}"
        yield Message(command=command, url=f"{interface.url.rstrip('/')}/{command}/{uid}", body=body)


def is_sender(interface: Interface) -> bool:
    """True where the platform sends commands itself, and takes their results."""
    return interface.side is Side.SENDER
