"""Is registered with twice, and is killed at a step: see the child of the registrations that we start.

Further steps: `offered N` (the N-th token of the platform is in the sink), `answered N` (the answer that takes the
registration has left, and nothing was done yet), `set aside N` (the token of before is kept beside the new one),
`settling N`, `settled N` (which token is let in is known, the sink holds that one alone).
"""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from scanner.gate.incoming import IncomingCredentials
from scanner.gate.standing_offers import StandingOffers
from scanner.model.effect import Effect, Mode
from scanner.model.party import Identity, Invitation, Party, Role
from scanner.model.target import EnvironmentTarget, PartnerServer, TokenPolicy
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.invitation.probe import InvitationProbe
from tests.scanner.gate_fixtures import loopback_target, open_gate
from tests.scanner.ocpi.credentials.killed_child import Asked, Killing, fork_for_each_line

STARTS = 2
IDENTITY = Identity(
    name="emsp-e",
    party=Party(country_code="IT", party_id="ELN"),
    role=Role.EMSP,
    partner="emsp-e",
    disposable=True,
    has_sink=True,
)


class KillingAtOffers(Killing):
    """Dies at what is done with an offer, too."""

    def watch(self) -> None:
        super().watch()
        accepted, settle = IncomingCredentials.accepted, StandingOffers.settle

        async def watched_accepted(incoming):
            self.passed("answered")
            await accepted(incoming)

        async def watched_settle(offers, environment, identity, valid):
            self.passed("settling")
            await settle(offers, environment, identity, valid)
            self.passed("settled")

        IncomingCredentials.accepted = watched_accepted  # type: ignore[method-assign]
        StandingOffers.settle = watched_settle  # type: ignore[method-assign]


def target_at(asked: Asked) -> EnvironmentTarget:
    invited = Invitation(path=asked["path"], at=datetime.now(UTC), starts=STARTS)
    return replace(
        loopback_target(asked["url"], ca_file=Path(asked["ca"]), identities=(replace(IDENTITY, invited=invited),)),
        mode=Mode.EXERCISE,
        allow=frozenset({Effect.REGISTRATION}),
        partner_server=PartnerServer(
            certificate_file=Path(asked["chain"]), key_file=Path(asked["key"]), port=int(asked["port"])
        ),
        token_policy=TokenPolicy(overlap_s=0.2, revoked_within_s=0.2),
    )


async def invited(asked: Asked) -> None:
    KillingAtOffers(asked["step"]).watch()
    folder, tokens, agreed = Path(asked["folder"]), {"emsp-e": asked["token"]}, {"emsp-e": asked["agreed"]}
    async with open_gate(target_at(asked), folder, tokens=tokens, agreed=agreed) as opened:
        await opened.run(DiscoveryProbe(), InvitationProbe(after=(), patience_s=60.0, stall_s=0.2))


if __name__ == "__main__":
    fork_for_each_line(invited)
