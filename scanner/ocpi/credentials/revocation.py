"""Probe `ocpi-revocation`: a token that its operator revokes at a named time, watched until it opens nothing.

Reads only. It comes late and waits for that time, so the identity is one that nothing else depends on. The token is
seen to work before: without that a refusal would show nothing.
"""

import asyncio
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from scanner.model.facts.ocpi.credentials import TokenAfterRevocation
from scanner.model.intent import PlannedRequest
from scanner.model.observation import Reason
from scanner.model.party import Identity
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.model.witness import Witness
from scanner.ocpi.appointment import LONGEST_WAIT_S, out_of_time, time_is_up
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.credentials.addresses import answering
from scanner.ocpi.credentials.doors import module_doors, versions_door
from scanner.ocpi.credentials.given_up import GivenUp
from scanner.ocpi.credentials.lookout import Lookout
from scanner.ocpi.credentials.opened import open_doors, unlooked
from scanner.ocpi.credentials.pending import Pending
from scanner.ocpi.notes import Notebook, not_configured
from scanner.ocpi.planned import planned
from scanner.ocpi.reply import NoReply
from scanner.ocpi.version_lists import MOST_ENDPOINTS, MOST_VERSIONS
from scanner.probe import ProbeContext

PROBE: Final = "ocpi-revocation"
_CONTROL_BEFORE_S: Final = 3.0


class RevocationProbe:
    """One watch for each identity with a time of revocation; `after`: every other probe."""

    name = PROBE
    witness = Witness.PROTOCOL
    reads: frozenset[str] = frozenset({"ocpi-discovery"})
    provides: frozenset[type] = frozenset({TokenAfterRevocation})

    def __init__(self, after: Iterable[str]) -> None:
        self.after = self.reads | frozenset(after)

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """When which operator has to act, and the GETs that watch it."""
        for endpoint in target.endpoints:
            for identity in target.speakers(endpoint):
                if identity.revoked_at is not None:
                    at = f"{identity.revoked_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
                    what = (
                        f"REVOKE THE TOKEN of {identity.name} at the platform at {at}, while the scan waits: GETs "
                        f"below {endpoint.versions_url} until none is let in"
                    )
                    yield planned(PROBE, what, 2 * MOST_VERSIONS * MOST_ENDPOINTS, target, endpoint)

    async def run(self, context: ProbeContext) -> None:
        """One endpoint after the other; the identity whose token is revoked first comes first."""
        for endpoint in context.target.endpoints:
            named = [(i.revoked_at, i) for i in context.target.speakers(endpoint) if i.revoked_at is not None]
            if not named:
                book = Notebook(context, endpoint, None)
                why = not_configured("no identity says when its operator revokes its token (`revoked_at`)")
                book.missing(book.platform(), (TokenAfterRevocation,), why)
            for at, identity in sorted(named, key=lambda pair: pair[0]):
                await _watch(context, endpoint, identity, at)


async def _watch(context: ProbeContext, endpoint: Endpoint, identity: Identity, at: datetime) -> None:
    book = Notebook(context, endpoint, identity.name)
    versions = versions_door(context, endpoint, identity.name)
    pending = Pending(book)
    pending.expect(versions.subject, TokenAfterRevocation)
    wait_s = (at - datetime.now(UTC)).total_seconds()
    if not 0 < wait_s <= LONGEST_WAIT_S:
        pending.give_up(_no_time(identity, wait_s))
        return
    if at >= time_is_up(context, endpoint):
        pending.give_up(out_of_time(f"the token of {identity.name} is revoked: nobody could watch it"))
        return
    await asyncio.sleep(max(wait_s - _CONTROL_BEFORE_S, 0))
    client = OcpiClient(context, endpoint, PROBE)
    addresses, unreached = await answering(client, book, versions, PROBE)
    vantage = Lookout(
        endpoint=endpoint,
        identity=identity,
        client=client,
        pending=pending,
        addresses=addresses,
        unreached=unreached,
    )
    opened, closed = await open_doors(vantage, (versions, *module_doors(context, endpoint, identity.name)))
    unlooked(vantage, TokenAfterRevocation, closed)
    revoked = time.monotonic() + (at - datetime.now(UTC)).total_seconds()
    await asyncio.sleep(max(revoked - time.monotonic(), 0))
    allowed_s = context.target.token_policy.revoked_within_s
    await GivenUp(vantage, TokenAfterRevocation, None, revoked, allowed_s).look(opened)
    detail = f"the token of {identity.name} did not open the versions URL before it was revoked"
    pending.give_up(NoReply(reason=Reason.CONTROL_FAILED, detail=detail))


def _no_time(identity: Identity, wait_s: float) -> NoReply:
    if wait_s <= 0:
        detail = f"the token of {identity.name} was to be revoked before the scan came to it: it was not seen to work"
    else:
        detail = (
            f"`revoked_at` of {identity.name} is more than {LONGEST_WAIT_S / 60:.0f} minutes away from the scan's end"
        )
    return NoReply(reason=Reason.CONTROL_FAILED, detail=detail)
