"""The credentials module: what it shows to whom, what a CREDENTIALS_TOKEN_A opens, and what registrations change.

One fact an `InterfaceSubject`; those of registrations are at the method of the credentials module that made them, those
of single doors at the door. No token stands in any of them.
"""

from enum import StrEnum

from scanner.model.facts.ocpi.answer import Access, Answer
from scanner.model.late_dataclass import dataclass
from scanner.model.token_shape import TokenSequence


class TokenShown(StrEnum):
    """Whose token a credentials object holds that was read with GET."""

    NONE = "none"
    MASKED = "masked"
    OWN = "the caller's own"
    OWN_FORMER = "one that the caller had before"
    FOR_THE_PARTNER = "the one that the caller handed out"
    ANOTHERS = "another identity's"
    UNKNOWN = "one that is not known here"


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsShown:
    """GET credentials as one identity. `whose`: the other identity, if it is one's. `parties`: of its roles.

    No field of a fact is called `token`: what stands under that name is masked in the journal.
    """

    shows: TokenShown
    whose: str | None
    parties: tuple[str, ...]
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BootstrapTokenAtModule:
    """GET of a functional module with a CREDENTIALS_TOKEN_A that was not registered with.

    `others`: how the same URL answered the present token of another identity (None: nobody else has it).
    """

    answer: Answer
    others: Answer | None


class Reaction(StrEnum):
    """How a POST, PUT or DELETE of credentials was answered."""

    ACCEPTED = "accepted"
    NOT_ALLOWED = "refused with HTTP 405"
    REFUSED = "refused"
    SERVER_ERROR = "server error"
    NO_ANSWER = "no answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reacted:
    """One such answer; statuses None where there was none."""

    reaction: Reaction
    http_status: int | None
    ocpi_status: int | None
    curl: str

    def said(self) -> str:
        """The reading and the statuses as a phrase."""
        if self.http_status is None:
            return self.reaction
        inner = f", OCPI status {self.ocpi_status}" if self.ocpi_status is not None else ""
        return f"{self.reaction} (HTTP {self.http_status}{inner})"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongStateCall:
    """A method of the credentials module in the wrong state; `state` is the right one's opposite, in words."""

    state: str
    answer: Reacted


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsExchanged:
    """Registrations (POST) or renewals (PUT) that were accepted, `times` of them; `fresh`: those with a new token.

    `versions`: how the versions URL answered the newest token; `opened` and `closed`: modules that did and did not
    answer it as a success. `calls`: how often the platform called our versions URL or what lies behind it meanwhile;
    `with_our_token`: with the token that it had just been given; `with_anothers`: with one that was handed out to it as
    one of the `others`, identities of other partners that had registered before.
    """

    times: int
    fresh: int
    versions: Answer | None
    opened: tuple[str, ...]
    closed: tuple[str, ...]
    calls: int
    with_our_token: int
    curl: str
    with_anothers: int = 0
    others: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAsked:
    """One look at a door: seconds after the exchange, and what the token was given."""

    after_s: float
    access: Access


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAtAddress:
    """A token at one address behind a name (None: the only one, or whichever answers).

    `answer` is the first one; `series` all of them in the order of time, from the second on over connections of their
    own, because there may be several nodes behind one address.
    """

    address: str | None
    answer: Answer
    series: tuple[TokenAsked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUpToken:
    """A token that was given up, at one door. `present`: how it answers the present token (None: there is none).

    `allowed_s`: how many seconds it may live on after the exchange, as the configuration agrees. `unreached`: addresses
    of the name at which not even the present token was answered.
    """

    present: Answer | None
    allowed_s: float
    at: tuple[TokenAtAddress, ...]
    unreached: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BootstrapTokenAfterUse(GivenUpToken):
    """A CREDENTIALS_TOKEN_A after it was registered with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerTokenAfterRenewal(GivenUpToken):
    """The token before a renewal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAfterEnd(GivenUpToken):
    """The last token after DELETE credentials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerTokenAfterHalfway(GivenUpToken):
    """The token with which renewals failed half-way, after one that did not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAfterRevocation(GivenUpToken):
    """A token that an operator revoked, from the time on that the configuration names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensGiven:
    """The tokens that the platform gave to one identity, one after the other."""

    sequence: TokenSequence
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulPartner:
    """A renewal whose `url` leads to something that no platform should take for a partner's.

    `calls`: how often our versions URL, or what lies behind it, was called. `token_lives`: whether the present token
    still opens the versions URL after a refusal (None: not known, or the renewal was accepted).
    """

    story: str
    answer: Reacted
    calls: int
    token_lives: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulPartnersTried:
    """All of them, in one version."""

    tried: tuple[DoubtfulPartner, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfwayRenewal:
    """A renewal in which our platform failed at one `step` in one `way`, in words.

    `reached`: whether the target came to that step at all. `token_lives`: as in `DoubtfulPartner`, also where the
    renewal was accepted: then of the token that it brought.
    """

    step: str
    way: str
    answer: Reacted
    reached: bool
    token_lives: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfwayRenewalsTried:
    """All of them, in one version; `recovered`: a sound renewal right behind (None: no token was left for it)."""

    tried: tuple[HalfwayRenewal, ...]
    recovered: Reacted | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMeanwhile:
    """One read with the token that was present when it began; seconds from when the renewal was sent.

    `access` None: there was no answer.
    """

    began_s: float
    ended_s: float
    access: Access | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewedUnderReads:
    """A renewal, answered `answered_s` seconds after it was sent, and the reads before, during and after it."""

    answer: Reacted
    answered_s: float
    reads: tuple[ReadMeanwhile, ...]


class Claim(StrEnum):
    """Whose party is claimed in a credentials object."""

    ANOTHER_PARTNERS = "another partner's party"
    ABSENT = "a party that does not exist"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyClaimed:
    """A renewal that claims a party beside one's own (2.1.1: instead of it).

    `readable`: objects of that party that could be read afterwards, and not before; `examined`: objects read.
    `roles_changed`: GET credentials names other roles than before.
    """

    claim: Claim
    party: str
    answer: Reacted
    readable: int
    examined: int
    roles_changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PartiesClaimed:
    """All of them, in one version; `left_out`: claims that could not be made, and why."""

    claims: tuple[PartyClaimed, ...]
    left_out: tuple[str, ...]
