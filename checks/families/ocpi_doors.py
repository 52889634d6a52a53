"""What the access families share: how a door answered, and what is known of the same door."""

from http import HTTPStatus
from typing import Any, Final

from checks.model.check import Case, Sighting
from checks.model.verdict import Verdict
from scanner.model.facts.ocpi.access import AccessObserved, AccessWithoutToken, AccessWithToken
from scanner.model.facts.ocpi.answer import DECIDES_NOTHING, Access, Answer

SAYS_NO: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
OPEN: Final = frozenset({Access.DATA, Access.ACCEPTED})
SOURCE: Final = "OCPI 2.2.1 and 2.3.0, transport_and_format: authorization header"
_ORDER: Final = (Access.DATA, Access.ACCEPTED, Access.UNDECIDED, Access.SERVER_ERROR, Access.PUT_OFF, Access.REFUSED)
_CLOSED: Final = "looked for a GET that opens to the valid token; it got {}"
_LEFT_OPEN: Final = {
    Access.SERVER_ERROR: "was answered with a server error",
    Access.UNDECIDED: "got an answer that could not be read to its end, and no data in what was read of it",
    Access.PUT_OFF: "was asked to come back later (take a smaller requests_per_second)",
}


def at_this_door(case: Case[Any], kind: type[AccessObserved]) -> tuple[Sighting[Any], ...]:
    """Joined sightings of the very same URL: a further URL of an interface has a subject, and answers, of its own."""
    return tuple(s for s in case.all(kind) if s.subject == case.driver.subject)


def most_open(fact: AccessObserved) -> Answer:
    """The answer that gave most."""
    return min(fact.answers, key=lambda answer: _ORDER.index(answer.access))


def with_a_valid_token(case: Case[Any]) -> list[Answer]:
    """How the door answers those who may enter."""
    return [most_open(s.fact) for s in at_this_door(case, AccessWithToken)]


def open_to_all(case: Case[Any]) -> bool:
    """True where the door gives data without any token."""
    return any(most_open(s.fact).access is Access.DATA for s in at_this_door(case, AccessWithoutToken))


def not_opened(case: Case[Any], valid: Answer) -> Verdict | None:
    """The verdict where a valid token opens nothing, so that refusals of others say nothing; None where it does."""
    if valid.access in DECIDES_NOTHING:
        return case.inconclusive(f"the valid token got {valid.said()}, which decides nothing")
    return None if valid.access in OPEN else case.not_applicable(_CLOSED.format(valid.said()))


def left_open(answer: Answer, said: str) -> str | None:
    """Why an answer decides nothing, if it does not."""
    why = _LEFT_OPEN.get(answer.access)
    return f"{said} {why}: {answer.said()}" if why else None
