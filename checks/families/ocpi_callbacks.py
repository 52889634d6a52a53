"""Results of commands: they come, once, with the partner's token, and to the partner's own platform alone.

"No result went elsewhere" counts only where the same platform was seen to send results where they belong.
"""

from collections.abc import Iterable
from typing import Any, Final

from checks.families.ocpi_words import where
from checks.families.one_by_one import Wrong, one_by_one
from checks.model.by_writing import check_by_writing
from checks.model.check import Case, Check
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.callbacks import CommandFollowed, CommandResultsSeen, ResultUrlsOffered
from scanner.model.facts.ocpi.commands import Took
from scanner.model.severity import Severity

_LATER: Final = "CANCELED_RESERVATION"  # may follow the result of a RESERVE_NOW
_CANCEL: Final = "CANCEL_RESERVATION"
_DONE: Final = "ACCEPTED"
_OF_THE_CHARGE_POINT: Final = frozenset({"TIMEOUT", "FAILED"})
_BEFORE_IT_WAS_READ: Final = frozenset({401, 429})
_SAYS_SOMETHING: Final = frozenset({Took.ACCEPTED, Took.REFUSED, Took.OF_THE_MESSAGE, Took.NOT_LET_IN})
_SOURCE: Final = "OCPI 2.1.1, 2.2.1, 2.3.0: commands, CommandResult object; response_url"


def _accepted(case: Case[CommandResultsSeen]) -> list[CommandFollowed]:
    return [one for one in case.driver.fact.followed if one.asked.took is Took.ACCEPTED]


def _nothing(case: Case[CommandResultsSeen]) -> str:
    if _accepted(case):
        return f"{where(case.driver)}: no result came"
    said = [f"{one.asked.command}: {one.asked.took}" for one in case.driver.fact.followed]
    return f"{where(case.driver)}: no command about the named EVSE was accepted ({'; '.join(said) or 'none was sent'})"


def _comes(case: Case[CommandResultsSeen]) -> Iterable[Verdict]:
    fact, accepted = case.driver.fact, _accepted(case)
    missing = [one for one in accepted if not any(came.result for came in one.came)]
    why = None if accepted else _nothing(case)
    if missing and not fact.calls and len(missing) == len(accepted):
        missing, why = [], f"{where(case.driver)}: the platform never called ours, not even to register"
    slowest = max((came.after_s for one in accepted for came in one.came[:1]), default=0.0)
    yield from one_by_one(
        case,
        [_wrong(case, one, _missed(one)) for one in missing],
        Population(examined=len(accepted), of=len(fact.followed), unit="command"),
        unsure=why,
        good=f"a result of every command came, the slowest after {slowest:g} s ({where(case.driver)})",
    )


def _missed(one: CommandFollowed) -> str:
    what = f"{len(one.came)} calls without a result" if one.came else "nothing"
    return f"{one.asked.command} was accepted, and {what} came within {one.within_s:g} s"


def _once(case: Case[CommandResultsSeen]) -> Iterable[Verdict]:
    answered = [one for one in _accepted(case) if one.came]
    more = [one for one in answered if _counted(one) > 1]
    yield from one_by_one(
        case,
        [_wrong(case, one, f"the result of {one.asked.command} came {_counted(one)} times") for one in more],
        Population(examined=len(answered), unit="command"),
        unsure=None if answered else _nothing(case),
        good=f"the result of each command came once ({where(case.driver)})",
    )


def _wrong(case: Case[CommandResultsSeen], one: CommandFollowed, said: str) -> Wrong:
    return Wrong(said=said, path=_path(case, one), curl=one.asked.curl)


def _path(case: Case[CommandResultsSeen], one: CommandFollowed) -> str:
    """`CANCEL_RESERVATION`, and `CANCEL_RESERVATION/again` for the one that came second."""
    alike = [other for other in case.driver.fact.followed if other.asked.command == one.asked.command]
    return one.asked.command if one is alike[0] else f"{one.asked.command}/again"


def _counted(one: CommandFollowed) -> int:
    return sum(came.result != _LATER for came in one.came)


def _with_token(case: Case[CommandResultsSeen]) -> Iterable[Verdict]:
    answered = [one for one in _accepted(case) if one.came]
    without = [one for one in answered if not all(came.with_our_token for came in one.came)]
    said = "came without the token that we had handed out"
    yield from one_by_one(
        case,
        [_wrong(case, one, f"the result of {one.asked.command} {said}") for one in without],
        Population(examined=sum(len(one.came) for one in answered), unit="result"),
        unsure=None if answered else _nothing(case),
        good=f"every result showed our token ({where(case.driver)})",
    )


def _cancelled_once(case: Case[CommandResultsSeen]) -> Iterable[Verdict]:
    cancels = [one for one in case.driver.fact.followed if one.asked.command == _CANCEL]
    again = cancels[1:]
    if not again or not _done(cancels[0]):
        said = "no reservation of ours was cancelled at the named EVSE"
        yield case.inconclusive(f"{where(case.driver)}: {said}")
        return
    population = Population(examined=len(again), unit="command")
    if any(_done(one) for one in again):
        said = "a reservation was cancelled twice, each time with the result ACCEPTED"
        yield case.fails(said, population=population, reproduce=again[0].asked.curl or None)
    elif any(one.asked.took is Took.ACCEPTED and not one.came for one in again):
        yield case.inconclusive(f"{where(case.driver)}: no result of the second CANCEL_RESERVATION came")
    elif unknown := next(filter(None, map(_unknown, again)), None):
        yield case.inconclusive(f"{where(case.driver)}: the second CANCEL_RESERVATION was {unknown}")
    else:
        yield case.passes(f"what was cancelled cannot be cancelled again ({where(case.driver)})", population=population)


def _unknown(one: CommandFollowed) -> str | None:
    """What was answered to a command that nobody looked at, or that a Charge Point may still carry out; None else."""
    if one.asked.http_status in _BEFORE_IT_WAS_READ or one.asked.took not in _SAYS_SOMETHING:
        return f"{one.asked.took}{f', HTTP {one.asked.http_status}' if one.asked.http_status else ''}"
    return next((came.result for came in one.came if came.result in _OF_THE_CHARGE_POINT), None)


def _done(one: CommandFollowed) -> bool:
    return one.asked.took is Took.ACCEPTED and any(came.result == _DONE for came in one.came)


def _at_home(case: Case[ResultUrlsOffered]) -> Iterable[Verdict]:
    fact, at = case.driver.fact, where(case.driver)
    population = Population(examined=len(fact.offered), unit="URL")
    taken = [one for one in fact.offered if one.calls]
    for one in taken:
        shown = "with our token" if one.with_our_token else "without a token"
        said = f"a response_url that leads to {one.story} was called {one.calls} times, {shown}"
        path = f"response_url/{one.scenario}"
        yield case.fails(said, population=population, field_path=path, reproduce=one.asked.curl or None)
    if taken:
        return
    curl = next((one.asked.curl for one in fact.offered if one.asked.curl), None)
    if fact.connections:
        said = f"{fact.connections} connections came to where no response_url may lead, and went no further"
        yield case.fails(f"{at}: {said}", population=population, reproduce=curl)
    elif not fact.sound:
        yield case.inconclusive(f"{at}: no result of that command came to a sound URL either, so silence shows nothing")
    elif not fact.second_called:
        said = "it did not come to the second port when a sound partner was there, so that its silence shows nothing"
        yield case.inconclusive(f"{at}: {said}")
    elif unsent := [one for one in fact.offered if one.asked.took in {Took.NOT_SENT, Took.NOT_LET_IN, Took.FAILED}]:
        yield case.inconclusive(f"{at}: a response_url at {unsent[0].story}: {unsent[0].asked.took}")
    else:
        said = f"no result went to another origin or inward within {fact.waited_s:g} s ({at})"
        yield case.passes(said, population=population)


CHECKS: Final[tuple[Check[Any], ...]] = (
    check_by_writing(
        "ocpi-callback-result-comes",
        "A command that is accepted is followed by its result in time",
        CommandResultsSeen,
        _comes,
        controls=("OCPI-INT-02",),
        severity=Severity.MEDIUM,
        source=f"{_SOURCE}; CommandResponse object, timeout",
        do="Post the result to response_url, also where the Charge Point says nothing: then as TIMEOUT.",
    ),
    check_by_writing(
        "ocpi-callback-result-once",
        "The result of a command comes once",
        CommandResultsSeen,
        _once,
        controls=("OCPI-INT-02", "OCPI-EXT-11"),
        severity=Severity.MEDIUM,
        source=_SOURCE,
        do="Close a command with the answer to its first result, in the step that sends it.",
    ),
    check_by_writing(
        "ocpi-callback-result-authenticated",
        "The result of a command shows the partner's token",
        CommandResultsSeen,
        _with_token,
        controls=("OCPI-EXT-11",),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: transport and format, authorization header; commands, response_url",
        do="Send results with the token that the partner gave, as any other request to it.",
    ),
    check_by_writing(
        "ocpi-callback-cancelled-once",
        "A reservation that was cancelled cannot be cancelled again",
        CommandResultsSeen,
        _cancelled_once,
        controls=("OCPI-INT-02", "OCPI-TST-10"),
        severity=Severity.LOW,
        source="OCPI 2.2.1, 2.3.0: commands, CancelReservation object; CommandResultType, UNKNOWN_RESERVATION",
        do="Look a reservation up when it is cancelled, and answer UNKNOWN_RESERVATION where there is none.",
    ),
    check_by_writing(
        "ocpi-callback-url-of-the-partner",
        "A response_url cannot send the platform to another origin or inward",
        ResultUrlsOffered,
        _at_home,
        controls=("OCPI-EXT-01", "OCPI-EXT-11"),
        severity=Severity.CRITICAL,
        source="OWASP API7:2023, server side request forgery; CWE-918; OCPI: commands, response_url",
        do="Take a response_url only at the origin of the partner's versions URL, and refuse the command otherwise.",
    ),
)
