"""Probe `ocpi-tenancy`: what one identity can read of another's sessions, CDRs and driver tokens, by list and by id.

Needs two identities of different parties. Each object is first read by its owner: what the owner cannot read either
shows nothing. Ids are held while the probe runs, and stand in no fact and in no stored URL.
"""

from collections.abc import Iterable
from dataclasses import replace

from scanner.model.facts.ocpi.tenancy import TenancyObserved
from scanner.model.intent import PlannedRequest
from scanner.model.observation import Reason
from scanner.model.target import EnvironmentTarget
from scanner.model.witness import Witness
from scanner.ocpi.crosswise import Crosswise, most_gets
from scanner.ocpi.interfaces import discovered, why_nothing
from scanner.ocpi.notes import Notebook
from scanner.ocpi.partners import pairs, parties_of
from scanner.ocpi.planned import planned
from scanner.ocpi.reply import NoReply
from scanner.probe import ProbeContext


class TenancyProbe:
    """Two lists as each identity, and two objects of each owner on at most three paths, read by owner and others."""

    name = "ocpi-tenancy"
    witness = Witness.PROTOCOL
    provides: frozenset[type] = frozenset({TenancyObserved})
    after: frozenset[str] = frozenset({"ocpi-discovery"})

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """Nothing unless there are two parties."""
        if not pairs(target):
            return
        for endpoint in target.endpoints:
            names = [identity.name for identity in target.speakers(endpoint) if identity.name in parties_of(target)]
            what = f"GET of sessions, CDRs and driver tokens below {endpoint.versions_url}, crosswise"
            if names:
                line = planned(self.name, what, most_gets(len(names)), target, endpoint)
                yield replace(line, identity=", ".join(names))

    async def run(self, context: ProbeContext) -> None:
        """Every endpoint with every pair of parties."""
        for endpoint in context.target.endpoints:
            book = Notebook(context, endpoint, None)
            parties = parties_of(context.target)
            interfaces = discovered(context, endpoint)
            if not pairs(context.target):
                why = NoReply(
                    reason=Reason.ONE_IDENTITY_ONLY,
                    detail="two identities of different parties and partners, no hub, have to show what is kept apart",
                )
                book.missing(book.platform(), (TenancyObserved,), why)
                continue
            if not interfaces:
                book.missing(book.platform(), (TenancyObserved,), why_nothing(context, endpoint))
                continue
            await Crosswise(context, endpoint, parties, interfaces).look()
