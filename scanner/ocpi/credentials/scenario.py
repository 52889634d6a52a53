"""The registration scenario of one identity, step by step; what cannot be undone comes last and only where allowed.

Wrong-state calls that could do no harm, POST, renewals, renewals with a doubtful partner, one while we read, some in
which we fail half-way, renewals that claim other parties, our own credentials again, and where the configuration says
so the end. Every new token is in the sink before the step that brought it returns (`scanner/gate/registration.py`).
"""

from typing import Final

from scanner.model.credential import Former, FormerCredential
from scanner.model.facts.ocpi.credentials import (
    BootstrapTokenAfterUse,
    CredentialsExchanged,
    DoubtfulPartnersTried,
    FormerTokenAfterHalfway,
    FormerTokenAfterRenewal,
    HalfwayRenewalsTried,
    PartiesClaimed,
    RenewedUnderReads,
    TokenAfterEnd,
    TokensGiven,
    WrongStateCall,
)
from scanner.model.observation import Reason
from scanner.ocpi.credentials.claiming import claim
from scanner.ocpi.credentials.desk import Ended
from scanner.ocpi.credentials.doubting import doubt
from scanner.ocpi.credentials.exchanging import Exchanging
from scanner.ocpi.credentials.ground import Ground
from scanner.ocpi.credentials.halfway import fail_halfway
from scanner.ocpi.credentials.under_reads import renew_under_reads
from scanner.ocpi.reply import NoReply

STEPS: Final = "steps"


class Scenario:
    """One identity from its bootstrap token, or from a registration that it has, to where it may be left."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._exchanging = Exchanging(ground)
        target = ground.context.target.name
        self._is_new = ground.identity.bootstrap and not ground.context.gate.has_former_token(
            target, ground.identity.name
        )

    async def run(self) -> None:
        """All steps; where one is in the way of all others, what they would have brought is recorded as missing."""
        self._expect()
        try:
            if self._is_new:
                await self._begin()
            await self._exchanging.wrong_state("POST", "when it is registered already")
            working = await self._exchanging.renew()
            self._kept("renewed")
            for at in working:
                await doubt(self._ground, at)
            self._kept("doubted")
            if self._ground.newest in working:
                await renew_under_reads(self._ground, self._ground.newest)
                await fail_halfway(self._ground, self._ground.newest)
            self._kept("failed half-way")
            for at in working:
                await claim(self._ground, at)
            self._kept("claimed")
            await self._restore()
            self._kept("restored")
            if self._ground.identity.unregister:
                await self._exchanging.end()
                self._kept("ended")
        except Ended as ended:
            self._ground.pending.give_up(ended.why)
        else:
            why = NoReply(reason=Reason.CONTROL_FAILED, detail="renewals were not accepted in this version")
            self._ground.pending.give_up(why)

    async def _begin(self) -> None:
        """From a bootstrap token to a registration."""
        ground = self._ground
        given = ground.tokens_given.given
        await self._exchanging.wrong_state("PUT", "before it is registered")
        if ground.tokens_given.given == given and ground.identity.unregister:
            await self._exchanging.wrong_state("DELETE", "before it is registered")
        if ground.tokens_given.given == given:
            await self._exchanging.register()
            used = FormerCredential(
                identity=ground.identity.name, which=Former.BOOTSTRAP, encoding=ground.newest.credential.encoding
            )
            await self._exchanging.wrong_state("POST", "with a bootstrap token that was used before", used)
        else:
            detail = "PUT credentials registered the bootstrap token, so there was nothing left to POST for"
            self._drop(NoReply(reason=Reason.CONTROL_FAILED, detail=detail))
        self._kept("registered")

    async def _restore(self) -> None:
        """The newest version, with our own party and a sound partner, is what stays."""
        done = await self._ground.hand_in("PUT", self._ground.newest, "PUT our own credentials, which stay")
        if not done.accepted:
            detail = f"our own credentials could not be put back: {done.answer.said()}"
            raise Ended(NoReply(reason=Reason.CONTROL_FAILED, detail=detail))

    def _kept(self, step: str) -> None:
        self._ground.context.checkpoints.keep(self._key, step)

    @property
    def _key(self) -> str:
        return f"{STEPS}/{self._ground.endpoint.name}/{self._ground.identity.name}"

    def _no_bootstrap(self) -> NoReply:
        """Why there is no bootstrap token to look at."""
        name = self._ground.identity.name
        if self._ground.context.checkpoints.kept(self._key) is not None:
            detail = (
                f"{name} registered before this run was interrupted, and its bootstrap token was not looked at again"
            )
            return NoReply(reason=Reason.STOPPED, detail=detail)
        return NoReply(reason=Reason.NOT_CONFIGURED, detail=f"{name} holds no bootstrap token that is still to be used")

    def _expect(self) -> None:
        ground, pending = self._ground, self._ground.pending
        newest, versions = ground.newest, ground.versions.subject
        pending.expect(ground.at(newest, "POST"), WrongStateCall)
        for at in ground.offered:
            pending.expect(ground.at(at, "PUT"), CredentialsExchanged, DoubtfulPartnersTried, PartiesClaimed)
        pending.expect(ground.at(newest, "PUT"), HalfwayRenewalsTried, RenewedUnderReads)
        pending.expect(versions, FormerTokenAfterRenewal, FormerTokenAfterHalfway)
        pending.expect(pending.book.platform(), TokensGiven)
        if self._is_new:
            pending.expect(ground.at(newest, "PUT"), WrongStateCall)
            pending.expect(ground.at(newest, "POST"), CredentialsExchanged)
            pending.expect(versions, BootstrapTokenAfterUse)
        else:
            pending.missing(versions, (BootstrapTokenAfterUse,), self._no_bootstrap())
        if ground.identity.unregister:
            pending.expect(versions, TokenAfterEnd)
        else:
            detail = f"`unregister` of {ground.identity.name} does not allow to end its registration"
            pending.missing(versions, (TokenAfterEnd,), NoReply(reason=Reason.NOT_CONFIGURED, detail=detail))

    def _drop(self, why: NoReply) -> None:
        """What only a POST can bring."""
        ground = self._ground
        ground.pending.missing(ground.at(ground.newest, "POST"), (CredentialsExchanged,), why)
        ground.pending.missing(ground.versions.subject, (BootstrapTokenAfterUse,), why)
