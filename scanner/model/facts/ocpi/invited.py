"""Registrations that the platform started with us, because its operator was asked to.

One fact an `InterfaceSubject`, the POST of the credentials module in the newest version; those of tokens at the door.
"""

from scanner.model.facts.ocpi.answer import Access
from scanner.model.facts.ocpi.credentials import GivenUpToken
from scanner.model.late_dataclass import dataclass
from scanner.model.token_shape import TokenSequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a credentials object said of who sent it: `url`, where its versions are, and `parties` as `NL-ABC`."""

    url: str
    parties: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTried:
    """One registration that the platform started, and that failed on our side in a `way`, in words.

    `looked_up`: it asked for our versions, and for the details, before. `fetched`: what its versions URL gave to the
    token that it offered, while we owed it an answer (None: it could not be asked). `token_lives`: whether the token in
    use opens the versions URL afterwards (None: not known). `open_s`: when the offered token was let in last, in
    seconds after our answer (None: never); `dies`: it was seen refused in the end.
    """

    way: str
    looked_up: bool
    fetched: Access | None
    named: Named
    token_lives: bool | None
    open_s: float | None
    dies: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTaken:
    """The one that we took. `used`: calls with the token that we answered; `bootstrap`: calls that still showed the
    CREDENTIALS_TOKEN_A afterwards. `token_works`: the offered token opens the versions URL. `shows`: parties that its
    own credentials object names to us now (None: it could not be read).
    """

    looked_up: bool
    fetched: Access | None
    named: Named
    used: int
    bootstrap: int
    token_works: bool | None
    shows: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationsStarted:
    """All of them; `wanted`: how many the operator was to start. `taken` None: none came that we could have taken.

    `origins`: those at which the platform's versions may stand. `ours`: our own party. `allowed_s`: how long a token
    that was given up may live on.
    """

    wanted: int
    tried: tuple[StartTried, ...]
    taken: StartTaken | None
    offered: TokenSequence
    origins: tuple[str, ...]
    ours: str
    allowed_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerTokenAfterStart(GivenUpToken):
    """The token before a registration that the platform started."""


INVITED_FACTS: tuple[type, ...] = (RegistrationsStarted, FormerTokenAfterStart)
"""In the order of a report."""
