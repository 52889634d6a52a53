"""What callers get who show no client certificate, a made-up one, or the configured one."""

from enum import StrEnum

from scanner.model.late_dataclass import dataclass


class Admission(StrEnum):
    """What became of a caller."""

    HANDSHAKE_REFUSED = "refused in the handshake"
    TURNED_AWAY = "turned away"  # an HTTP error in place of what the platform answers to others
    LET_IN = "let in"  # the platform answered, if only to ask for a token
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One way to call, at the address where it got furthest; `detail` for people: the answer, or why there is none."""

    admission: Admission
    detail: str

    @property
    def kept_out(self) -> bool:
        """True where the platform itself was not reached."""
        return self.admission in {Admission.HANDSHAKE_REFUSED, Admission.TURNED_AWAY}


@dataclass(frozen=True, slots=True, kw_only=True)
class MutualTls:
    """Whether the server lets in only who has a client certificate of its trust store (RFC 8446, section 4.3.2).

    `named`: what in the configuration says that callers show one. `asked`: the server asked for one in a handshake
    (None: that was not seen); `required`: it went no further without one, at one of its addresses at least.
    `stranger` has our names and nobody's signature. `own` is the configured one (None: none is), and shows what a
    caller gets who is let in. None of the others: not tried, because nothing says that certificates are wanted.
    """

    named: tuple[str, ...]
    asked: bool | None
    required: bool = False
    without: Caller | None = None
    stranger: Caller | None = None
    own: Caller | None = None
