"""Register once, renew a few times: what each brings, what it opens, and what becomes of the token before."""

import time
from dataclasses import dataclass, field, replace
from typing import Final

from scanner.model.credential import Former, FormerCredential
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.answer import Access, Answer
from scanner.model.facts.ocpi.credentials import (
    BootstrapTokenAfterUse,
    CredentialsExchanged,
    FormerTokenAfterRenewal,
    TokenAfterEnd,
    TokensGiven,
    WrongStateCall,
)
from scanner.model.observation import Reason
from scanner.model.served import CallersToken
from scanner.ocpi.credentials.desk import Done, Ended
from scanner.ocpi.credentials.given_up import GivenUp
from scanner.ocpi.credentials.ground import Ground
from scanner.ocpi.credentials.opened import ClosedDoor, OpenDoor, open_doors, unlooked
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.reply import NoReply

RENEWALS: Final = 3  # at least; and one in each version that is offered
USED_BOOTSTRAP: Final = "{used bootstrap token}"


class NotAccepted(Ended):
    """The platform did not do what it should have."""


@dataclass(slots=True)
class Tally:
    """Accepted exchanges by one method in one version; `at`: when the last was answered (monotonic seconds)."""

    at: float = 0.0
    times: int = 0
    fresh: int = 0
    calls: int = 0
    with_our_token: int = 0
    with_anothers: int = 0
    others: int = 0
    versions: Answer | None = None
    opened: tuple[OpenDoor, ...] = ()
    closed: tuple[ClosedDoor, ...] = ()
    curl: str = ""
    evidence: list[EvidenceRef] = field(default_factory=list)

    def fact(self) -> CredentialsExchanged:
        """As it is recorded."""
        return CredentialsExchanged(
            times=self.times,
            fresh=self.fresh,
            versions=self.versions,
            opened=tuple(one.door.name for one in self.opened),
            closed=tuple(one.door.name for one in self.closed),
            calls=self.calls,
            with_our_token=self.with_our_token,
            with_anothers=self.with_anothers,
            others=self.others,
            curl=self.curl,
        )


class Exchanging:
    """The exchanges of one scenario, each of which gives up the token before."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def wrong_state(self, method: str, state: str, former: FormerCredential | None = None) -> Done:
        """A method that the state does not allow; `former`: with the bootstrap token that was used.

        Raises: Ended.
        """
        ground, at = self._ground, self._ground.newest
        purpose = f"{method} credentials {state}"
        if method == "DELETE":
            done = await ground.desk.send(method, at, purpose)
        else:
            done = await ground.hand_in(method, at, purpose, former=former)
        subject = ground.at(at, method)
        subject = replace(subject, path=USED_BOOTSTRAP) if former else subject
        ground.pending.seen(subject, WrongStateCall(state=state, answer=done.answer), done.evidence)
        return done

    async def register(self) -> None:
        """POST in the newest version with the bootstrap token, then look what that token still opens.

        Raises: Ended.
        """
        tally = Tally()
        await self._exchange("POST", self._ground.newest, tally)
        await self._opened_by(tally, None)
        self._note("POST", self._ground.newest, tally)
        await self._given_up(BootstrapTokenAfterUse, Former.BOOTSTRAP, tally)
        self._go_on(tally)

    async def renew(self) -> tuple[Interface, ...]:
        """PUT in each version, newest last, and again there until there were enough; the versions that did it.

        Raises: Ended.
        """
        done: list[Interface] = []
        tally = Tally()
        for at in self._ground.offered:
            tally = Tally()
            try:
                await self._renew_in(at, tally, first=not done)
            except NotAccepted as refused:
                if at is self._ground.newest:
                    raise
                self._ground.pending.missing(self._ground.at(at, "PUT"), (CredentialsExchanged,), refused.why)
                await self._ground.must_live(f"a PUT in {at.version} that was not accepted")
            else:
                done.append(at)
        fact = TokensGiven(sequence=self._ground.tokens_given, curl=tally.curl)
        self._ground.pending.seen(self._ground.pending.book.platform(), fact, *tally.evidence)
        return tuple(done)

    async def end(self) -> None:
        """DELETE, and look what the last token still opens.

        Raises: Ended.
        """
        ground = self._ground
        opened, closed = await open_doors(ground, (ground.versions, *ground.doors))
        done = await ground.desk.send("DELETE", ground.newest, "end the registration")
        since = time.monotonic()
        if not done.accepted:
            raise NotAccepted(_not_done(f"DELETE credentials was {done.answer.said()}, so the registration stays"))
        ground.context.gate.taken_back(ground.desk.leaves)
        unlooked(ground, TokenAfterEnd, closed)
        revoked_within_s = ground.context.target.token_policy.revoked_within_s
        await GivenUp(ground, TokenAfterEnd, None, since, revoked_within_s).look(opened)

    async def _renew_in(self, at: Interface, tally: Tally, *, first: bool) -> None:
        await self._exchange("PUT", at, tally)
        await self._opened_by(tally, None if first else at.version)
        if first:
            await self._given_up(FormerTokenAfterRenewal, Former.PREVIOUS, tally)
        if at is self._ground.newest:
            for _ in range(RENEWALS - len(self._ground.offered)):
                await self._exchange("PUT", at, tally)
        self._note("PUT", at, tally)
        self._go_on(tally)

    async def _exchange(self, method: str, at: Interface, tally: Tally) -> None:
        ground = self._ground
        before = ground.tokens_given
        calls = len(ground.server.calls)
        done = await ground.hand_in(method, at, f"{method} credentials in {at.version}")
        tally.at = time.monotonic()
        came = ground.called(calls)
        if not done.accepted:
            said = f"{method} credentials in {at.version} was {done.answer.said()}"
            raise NotAccepted(_not_done(f"{said}; our versions URL was called {came.total()} times meanwhile"))
        after = ground.tokens_given
        tally.times += 1
        tally.fresh += after.given - after.repeated > before.given - before.repeated
        tally.calls += came.total()
        tally.with_our_token += came[CallersToken.NEWEST]
        tally.with_anothers += came[CallersToken.ANOTHERS]
        tally.others = ground.others
        tally.curl = done.answer.curl
        tally.evidence.append(done.evidence)

    async def _opened_by(self, tally: Tally, version: str | None) -> None:
        """What the newest token opens: the versions URL, and the modules of a version, or of all."""
        ground = self._ground
        first: tuple[OpenDoor, ...] = ()
        found = await ground.opens_versions()
        if not isinstance(found, NoReply):
            tally.versions = found[0]
            tally.evidence.append(found[1])
            if found[0].access is Access.DATA:
                first = (OpenDoor(door=ground.versions, answer=found[0], evidence=found[1]),)
        doors = [door for door in ground.doors if version in {None, door.subject.version}]
        opened, tally.closed = await open_doors(ground, doors)
        tally.opened = (*first, *opened)

    async def _given_up(
        self, kind: type[BootstrapTokenAfterUse | FormerTokenAfterRenewal], which: Former, tally: Tally
    ) -> None:
        if tally.fresh and tally.opened:
            unlooked(self._ground, kind, tally.closed)
            overlap_s = self._ground.context.target.token_policy.overlap_s
            await GivenUp(self._ground, kind, which, tally.at, overlap_s).look(tally.opened)
            return
        detail = "the exchange brought no new token, so none was given up"
        if tally.fresh:
            detail = "the present token opens nothing, so a refusal of the one before would show nothing"
        self._ground.pending.missing(self._ground.versions.subject, (kind,), _not_done(detail), *tally.evidence)

    def _note(self, method: str, at: Interface, tally: Tally) -> None:
        self._ground.pending.seen(self._ground.at(at, method), tally.fact(), *tally.evidence)

    def _go_on(self, tally: Tally) -> None:
        if tally.versions is None or tally.versions.access is not Access.DATA:
            raise self._ground.locked_out("an exchange that was accepted")


def _not_done(detail: str) -> NoReply:
    return NoReply(reason=Reason.CONTROL_FAILED, detail=detail)
