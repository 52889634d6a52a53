"""In which order doors are tried without a valid token, so that a cap cuts off what tells least.

A door that opens to nobody's token is the worst that can be, and each door may have it alone: that comes first,
everywhere, single objects behind the advertised URLs. How a header or a query is read is mostly decided in one place of
a platform, so then every other question is put to the versions URL and to one module of each version. A wrong token at
every other door comes next, since single routes forget to look the token up; the same few words under another scheme
come last.
"""

from collections.abc import Iterator, Sequence

from scanner.model.facts.ocpi.access import AccessObserved, AccessWithoutToken
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.late_dataclass import dataclass
from scanner.model.subject import InterfaceSubject
from scanner.ocpi.attempts import ORDER
from scanner.ocpi.interfaces import VERSION_DETAILS


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One URL, and every interface that is advertised there: asked once, recorded for each.

    `questions`: what is asked there. `shown_url` is what stands everywhere for a URL with the id of an object.
    """

    url: str
    subjects: tuple[InterfaceSubject, ...]
    place: UrlPlace
    questions: tuple[type[AccessObserved], ...] = ORDER
    shown_url: str | None = None


def in_rounds(doors: Sequence[Door]) -> Iterator[tuple[int, type[AccessObserved]]]:
    """Number of the door and question, each pair once, the most telling first."""
    speaking = _speaking_for_others(doors)
    others = [number for number in range(len(doors)) if number not in speaking]
    questions = [kind for kind in ORDER if kind is not AccessWithoutToken]
    yield from ((number, AccessWithoutToken) for number in range(len(doors)))
    yield from ((number, kind) for number in speaking for kind in questions)
    yield from ((number, kind) for kind in questions for number in others if kind in doors[number].questions)


def _speaking_for_others(doors: Sequence[Door]) -> list[int]:
    """The first door (the versions URL), and the first module of each version."""
    first: dict[str | None, int] = {}
    for number, door in enumerate(doors):
        subject = door.subjects[0]
        if door.place is UrlPlace.IN_SCOPE and door.shown_url is None and subject.module != VERSION_DETAILS:
            first.setdefault(subject.version, number)
    return list(first.values())
