"""A scenario of the hostile partner as data: who the target meets, where it is led, what counts as proof."""

from enum import StrEnum

from scanner.model.facts.ocpi.rogue import HostilePartner, Proof
from scanner.model.late_dataclass import dataclass
from scanner.ocpi.rogue.site import Behaviour


class Face(StrEnum):
    """How the second listener presents itself; all but the first two and `PLAINTEXT` are wrong in exactly one way."""

    SOUND = "a certificate that holds"
    OF_TEST_CA = "a certificate of the test CA that holds"
    EXPIRED = "a certificate that has expired"
    WRONG_NAME = "a certificate for another name"
    SELF_SIGNED = "a certificate that signed itself"
    UNKNOWN_CA = "a certificate of a CA that nobody knows"
    WRONG_USAGE = "a certificate that is for clients only"
    WEAK_KEY = "a certificate with a key of 1,024 bits (RSA)"
    TLS_1_0 = "a server that speaks TLS 1.0 alone"
    TLS_1_1 = "a server that speaks TLS 1.1 alone"
    PLAINTEXT = "a server without TLS"


class Listener(StrEnum):
    """Where the versions URL of the partner leads."""

    FIRST = "the partner's own origin"
    SECOND = "the second listener"


@dataclass(frozen=True, slots=True, kw_only=True)
class RogueScenario:
    """One way to be hostile. What makes the target call is POST or PUT of credentials.

    `id` is kebab-case and stays; `story` completes "a partner with, or whose". `face` is the second listener's.
    `leads`: where the versions URL leads. `inward`: the address in it is spelled so, see `spellings.py`. The positive
    controls are the sound scenarios at both listeners (`wall.CONTROLS`), `wall.OF_TEST_CA` where the certificate is
    of the test CA, and its own first call where one is due.
    """

    id: str
    story: str
    kind: type[HostilePartner]
    proof: Proof
    behaviour: Behaviour
    face: Face = Face.SOUND
    leads: Listener = Listener.FIRST
    inward: str | None = None

    @property
    def needs_second(self) -> bool:
        """True where the second listener plays a part."""
        return self.leads is Listener.SECOND or self.proof is Proof.ELSEWHERE

    @property
    def call_due(self) -> bool:
        """True where a sound client connects, too, because what is wrong shows only then."""
        return self.leads is Listener.FIRST or (self.inward is None and self.face is not Face.PLAINTEXT)
