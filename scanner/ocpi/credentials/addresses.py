"""The addresses behind an endpoint's name: each may be a node of its own, which has to hear of new and ended tokens."""

from typing import Final

from scanner.gate.policy import origin_of
from scanner.model.effect import Effect
from scanner.model.facts.ocpi.answer import Access
from scanner.model.intent import DnsIntent
from scanner.model.target import Endpoint
from scanner.ocpi.client import OcpiClient, Way
from scanner.ocpi.credentials.doors import Door, ask, present
from scanner.ocpi.notes import Notebook
from scanner.ocpi.reply import NoReply

MOST: Final = 4


async def answering(
    client: OcpiClient, book: Notebook, versions: Door, probe: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Addresses at which the present token opens the versions URL, and those at which it does not.

    Both empty where the name has one address only.
    """
    intent = DnsIntent(
        effect=Effect.READ,
        environment=book.context.target.name,
        probe=probe,
        purpose="the addresses of the platform, each of which has to know its tokens",
        name=client.endpoint.origin.host,
    )
    found = await book.context.gate.resolve(intent)
    if not isinstance(found, tuple) or len(found) == 1:
        return (), ()
    opened: list[str] = []
    for address in found[:MOST]:
        credential = present(versions, book.identity or "")
        asked = await ask(client, book, versions, credential, "the present token", Way(address=address))
        if not isinstance(asked, NoReply) and asked.answer.access is Access.DATA:
            opened.append(address)
    return tuple(opened), tuple(address for address in found if address not in opened)


def asked_at(endpoint: Endpoint, door: Door, addresses: tuple[str, ...]) -> tuple[str | None, ...]:
    """The addresses at which a door is asked apart; None: there is one, or the door stands on another host."""
    origin = origin_of(door.url)
    is_ours = origin is not None and origin.host == endpoint.origin.host
    return addresses if is_ours and addresses else (None,)
