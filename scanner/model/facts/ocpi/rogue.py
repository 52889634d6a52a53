"""What the target did as a client of a partner of ours that is hostile: one fact type for each kind of hostility.

The subject is the method of the credentials module that made the target call. No token stands in any of them.
"""

from enum import StrEnum

from scanner.model.facts.ocpi.credentials import Reacted
from scanner.model.late_dataclass import dataclass


class Proof(StrEnum):
    """What shows that the target did what no client should do."""

    ASKED = "a request at a server that is not to be trusted"
    ELSEWHERE = "a connection to a listener that it should not go to"
    WENT_ON = "a request for what only a bad answer names"
    TOOK_ALL = "an answer taken to the end of our own bound"
    HAMMERED = "one request after the other, although it was asked to wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One scenario, and what the target did in it.

    `answer`: how it answered the request that made it call. `knocks`: connections to the listener that its first call
    leads to, from addresses that the positive control knows; `strangers`: from others. `asked`: requests for what is
    hostile; `with_token`: those with a token that we had handed out. `went_on`: requests for what only the hostile
    answer names. `elsewhere`, `elsewhere_with_token`: connections to, and requests with our token at, a listener that
    it should not go to. `took_all`: it read on until our bound, after `taken_bytes` and `seconds`. `agreed`: versions
    of TLS that were agreed on. `closest_s`: the shortest time between two requests. `call_due`: a sound client
    connects, too, and only then sees what is wrong. `by_test_ca`: the certificate is of the test CA, so that only who
    trusts it looks at what else is wrong.
    """

    scenario: str
    story: str
    proof: Proof
    answer: Reacted
    call_due: bool = True
    by_test_ca: bool = False
    knocks: int = 0
    strangers: int = 0
    asked: int = 0
    with_token: int = 0
    went_on: int = 0
    elsewhere: int = 0
    elsewhere_with_token: int = 0
    took_all: bool = False
    taken_bytes: int = 0
    seconds: float = 0.0
    agreed: tuple[str, ...] = ()
    closest_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostilePartner:
    """Scenarios of one kind.

    `controls`: sound answers at each listener, before and after. `of_test_ca`: the same with a sound certificate of the
    test CA, where there is one. `left_out`: scenarios that the configuration lacks
    something for; `broken_off`: those that could not be played. Both say why.
    """

    controls: tuple[Played, ...]
    of_test_ca: tuple[Played, ...] = ()
    played: tuple[Played, ...]
    left_out: tuple[str, ...]
    broken_off: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BadCertificatesShown(HostilePartner):
    """Certificates that are wrong in one way each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeakTransportOffered(HostilePartner):
    """Old TLS, a key that is too short, no TLS at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectsOffered(HostilePartner):
    """Redirects and links to another origin and to plaintext."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InwardUrlsOffered(HostilePartner):
    """URLs that lead the target to where no partner may send it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnboundedAnswersGiven(HostilePartner):
    """Answers without end, in bytes or in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenAnswersGiven(HostilePartner):
    """Answers that say that they are errors, and answers that cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitAskedFor(HostilePartner):
    """Answers that ask to come back later."""


ROGUE_FACTS: tuple[type[HostilePartner], ...] = (
    BadCertificatesShown,
    WeakTransportOffered,
    RedirectsOffered,
    InwardUrlsOffered,
    UnboundedAnswersGiven,
    BrokenAnswersGiven,
    WaitAskedFor,
)
