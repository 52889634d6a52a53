"""How a platform knows a credentials token: near misses, other forms and places, guesses, and what refusals tell."""

from scanner.model.facts.ocpi.answer import Answer
from scanner.model.late_dataclass import dataclass
from scanner.model.token_shape import TokenShape


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedForm:
    """How one form was answered. `allowed`: why taking it would be no fault, with the source; None where it is one."""

    form: str
    answer: Answer
    allowed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormsTried:
    """What one door said to a token in other forms, between two answers to the token as it should be.

    `valid` and `valid_after`: the token itself, before and after. `tried` is empty where the token opens no data there.
    `left_out`: forms that were not sent, each with the reason; `equal` those that are the valid token all the same.
    """

    valid: Answer
    valid_after: Answer | None = None
    tried: tuple[TriedForm, ...] = ()
    equal: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMissesTried(FormsTried):
    """Tokens that are almost the valid one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingsTried(FormsTried):
    """The valid token in every encoding but the one that is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondHeadersTried(FormsTried):
    """Two Authorization headers, one with the valid token and one made up, in both orders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemesTried(FormsTried):
    """The valid token under other scheme words, and under none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesTried(FormsTried):
    """The valid token of a disposable identity in a cookie, another header, and a body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionShared(FormsTried):
    """Other callers on the connection over which the valid token had just been sent.

    `alone`: those who were let in there, asked again on a connection of their own. `reused`: every one of `tried`
    went over the shared connection. `second`: the other identity that was sent as well, and `second_got_its_own`:
    whether it was given its own data (None: the data of both are the same, or moved meanwhile, or it was not sent).
    """

    reused: bool
    alone: tuple[TriedForm, ...] = ()
    second: str | None = None
    second_got_its_own: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenStrength:
    """The shape of an identity's present token. `environments`: all that the run compared, by name."""

    shape: TokenShape
    environments: tuple[str, ...]
    compared: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessesTried:
    """A small dictionary of tokens, tried one after the other.

    `of`: the size of the dictionary. `unanswered`: guesses of which nothing was heard.
    `opened`: kinds of guesses that were given data (never the guess itself).
    `slowed_after`: after how many the platform stopped looking (`slowed_by`: HTTP status, or a dropped connection).
    `valid_after`: the answer to a valid token right behind; `banned`: the platform no longer served that one either.
    """

    tried: int
    of: int
    opened: tuple[str, ...]
    slowed_after: int | None
    slowed_by: str | None
    statuses: tuple[int, ...]
    valid_after: Answer | None
    banned: bool
    stopped: str | None
    curl: str
    unanswered: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayAnswered:
    """One read, sent twice with the same X-Request-ID and X-Correlation-ID."""

    first: Answer
    second: Answer
    same_data: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedPartyTried:
    """A valid token with OCPI-from headers that name `claimed`, another identity's party."""

    party: str
    claimed: str
    valid: Answer
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One refusal without its values: what two of them may differ in. `message` is status_message, cut."""

    http_status: int
    ocpi_status: int | None
    message: str
    headers: tuple[str, ...]
    body_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalWordings:
    """How an unknown token, near misses of a valid one, and a malformed one are refused; `curl` repeats the near one.

    `near` is one wording for each near miss, by name. `open`: one of them was not refused at all.
    """

    unknown: tuple[Wording, ...]
    near: tuple[tuple[str, Wording], ...]
    malformed: Wording | None
    open: bool
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalTimes:
    """How long refusals take: seconds over one connection, in random order.

    `p_value`: two-sided rank test of near misses against unknown tokens. `superiority`: how often a near miss takes
    longer than an unknown token, 0.5 where neither does. `spread_s`: between the quartiles of the unknown ones.
    """

    samples: int
    unknown_s: float
    near_s: float
    p_value: float
    superiority: float
    spread_s: float
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignTokenTried:
    """The versions URL, asked with the token of an `identity` of another `environment`, one form after the other."""

    environment: str
    identity: str
    answers: tuple[Answer, ...]


TOKEN_FACTS: tuple[type, ...] = (
    NearMissesTried,
    EncodingsTried,
    SecondHeadersTried,
    SchemesTried,
    PlacesTried,
    ConnectionShared,
    TokenStrength,
    GuessesTried,
    ReplayAnswered,
    ClaimedPartyTried,
    RefusalWordings,
    RefusalTimes,
    ForeignTokenTried,
)
