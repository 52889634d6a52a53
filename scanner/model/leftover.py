"""Leftover: what a request leaves at the target, known before the request is sent."""

from scanner.model.late_dataclass import dataclass
from scanner.model.token_encoding import TokenEncoding


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """One object that may stay behind.

    `undo_method`, `undo_url` and `undo_body` say how `cleanup` takes it back, speaking as `identity` in `encoding`;
    all None: it cannot be taken back. `module` is the OCPI module, `owner` the party of the object, as `CC-PID`.

    A session that a command began is found first, because nobody knows its id before: in the list at `session_list`,
    as the one that shows `session_mark`, made up for that command; it charges at `evse`.
    """

    what: str
    environment: str
    identity: str | None
    module: str | None = None
    owner: str | None = None
    encoding: TokenEncoding = TokenEncoding.BASE64
    undo_method: str | None = None
    undo_url: str | None = None
    undo_body: str | None = None
    session_list: str | None = None
    session_mark: str | None = None
    evse: str | None = None

    @property
    def removable(self) -> bool:
        """True where `cleanup` has a request that takes it back."""
        return self.undo_method is not None and self.undo_url is not None
