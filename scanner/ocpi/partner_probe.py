"""What probes share that are a partner's platform to the target, as one identity of ours at each endpoint."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from scanner.model.effect import Effect, Mode
from scanner.model.intent import PlannedRequest
from scanner.model.observation import Reason
from scanner.model.party import Identity
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.model.witness import Witness
from scanner.ocpi.notes import Notebook, not_configured
from scanner.ocpi.reply import NoReply
from scanner.probe import ProbeContext


class PartnerProbe(ABC):
    """One endpoint after the other, each as `those` identities that may; `after`: probes that come first.

    Of these, discovery alone tells what is needed; the others want the tokens and the peace of before.

    `kinds` of facts are brought; `nobody` says why none are where no identity may.
    """

    name: str
    witness = Witness.PROTOCOL
    reads: frozenset[str] = frozenset({"ocpi-discovery"})
    provides: frozenset[type]
    kinds: ClassVar[tuple[type, ...]]
    nobody: ClassVar[str]

    def __init__(self, after: Iterable[str]) -> None:
        self.after = self.reads | frozenset(after)

    @abstractmethod
    def why_not(self, target: EnvironmentTarget) -> NoReply | None:
        """Why nobody may do this in an environment; None where somebody may."""

    @abstractmethod
    def may(self, target: EnvironmentTarget, identity: Identity) -> bool:
        """Whether it can be done as this identity."""

    def those(self, able: tuple[Identity, ...]) -> tuple[Identity, ...]:
        """As which of all that may, one after the other: the first, where nothing more is seen as a second."""
        return able[:1]

    @abstractmethod
    def planned(self, target: EnvironmentTarget, endpoint: Endpoint, identity: Identity) -> Iterable[PlannedRequest]:
        """What is sent at most, and left behind."""

    @abstractmethod
    async def be_partner(self, context: ProbeContext, endpoint: Endpoint, identity: Identity) -> None:
        """Do it, and record facts of each of the `kinds`, or why there are none."""

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """See `planned`."""
        for endpoint in target.endpoints if self.why_not(target) is None else ():
            for identity in self._speakers(target, endpoint):
                yield from self.planned(target, endpoint, identity)

    async def run(self, context: ProbeContext) -> None:
        """See `be_partner`."""
        for endpoint in context.target.endpoints:
            identities = self._speakers(context.target, endpoint)
            why = self.why_not(context.target)
            if why is not None or not identities:
                book = Notebook(context, endpoint, None)
                book.missing(book.platform(), self.kinds, why or not_configured(self.nobody))
                continue
            for identity in identities:
                await self.be_partner(context, endpoint, identity)

    def _speakers(self, target: EnvironmentTarget, endpoint: Endpoint) -> tuple[Identity, ...]:
        return self.those(tuple(one for one in target.speakers(endpoint) if self.may(target, one)))


def why_no_registration(target: EnvironmentTarget, needing: str) -> NoReply | None:
    """Why nobody may register in an environment, in a sentence that `needing` begins; None where somebody may."""
    if not target.mode.includes(Mode.EXERCISE):
        detail = f"{needing} mode {Mode.EXERCISE}; the scan ran in mode {target.mode}"
        return NoReply(reason=Reason.NOT_PERMITTED, detail=detail)
    if Effect.REGISTRATION not in target.allow:
        return NoReply(reason=Reason.NOT_PERMITTED, detail=f"{needing} `allow: [registration]`")
    return None


def why_no_hostile_partner(target: EnvironmentTarget, needing: str) -> NoReply | None:
    """The same for whoever plays a hostile partner."""
    if why := why_no_registration(target, needing):
        return why
    if target.partner_server is None or not target.partner_server.hostile:
        return not_configured(f"{needing} a `partner_server` with `hostile: true`")
    return None
