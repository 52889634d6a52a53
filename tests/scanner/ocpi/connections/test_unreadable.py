"""Where a platform does not show what it takes, a message that came back is not called changed."""

import asyncio

from scanner.model.facts.ocpi.connections import DisturbancesTried, Returned
from scanner.model.observation import Seen
from scanner.ocpi.connections.probe import ConnectionsProbe
from scanner.ocpi.discovery import DiscoveryProbe
from tests.scanner.gate_fixtures import open_gate
from tests.targets.odd_receivers import TOKEN, Manners, odd_receiver


def test_a_cdr_that_is_not_where_its_location_header_leads_shows_nothing_of_what_came_back(tmp_path):
    async def run():
        async with (
            odd_receiver(tmp_path, Manners(location="{origin}/cdrs/not-{id}")) as receiver,
            open_gate(receiver.target(), tmp_path, tokens={"emsp-a": TOKEN}) as gate,
        ):
            return await gate.run(DiscoveryProbe(), ConnectionsProbe())

    facts = [
        o.result.fact for o in asyncio.run(run()) if o.key.fact is DisturbancesTried and isinstance(o.result, Seen)
    ]
    returned = {one.returned for fact in facts for one in fact.disturbed}
    assert Returned.UNREAD in returned
    assert Returned.OTHER not in returned
