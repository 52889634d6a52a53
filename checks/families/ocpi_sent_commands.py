"""Commands that the platform sends: a result counts once, in time, and from whom the command went to."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Final

from checks.families.ocpi_words import listed
from checks.model.by_writing import check_by_writing
from checks.model.check import Case, Check, Judge
from checks.model.verdict import Outcome, Population, Verdict
from scanner.model.facts.ocpi.commands import Asked, Took
from scanner.model.facts.ocpi.sent_commands import CommandSent, CommandsSent, ResultUrl
from scanner.model.severity import Severity

_SOURCE: Final = "OCPI 2.2.1 and 2.3.0, commands: sender interface, POST method; CommandResponse object"
_BITS: Final = 64  # OWASP ASVS 5.0, 7.2: of what stands for a session
_KEPT_OUT: Final = frozenset({Took.REFUSED, Took.OF_THE_MESSAGE, Took.NOT_LET_IN})
_OF_NOBODYS: Final = frozenset({429})  # who is throttled was not looked at
_OF_A_TOKEN: Final = _OF_NOBODYS | {401}  # and neither was a result whose token is not valid any more
Result = Callable[[CommandSent], Asked | None]


def _said(one: Asked) -> str:
    statuses = "" if one.http_status is None else f", HTTP {one.http_status}"
    return f"{one.took}{statuses}{f' ({one.why})' if one.why else ''}"


def _control(fact: CommandsSent, with_it: CommandSent | None = None) -> str | None:
    """Why nothing can be told from refusals: no sound result was taken (of this command); None where one was."""
    tried = [one.rightly for one in ([with_it] if with_it else fact.sent) if one.rightly is not None]
    if any(one.took is Took.ACCEPTED for one in tried):
        return None
    if tried:
        return f"a sound result, sent rightly, was {_said(tried[0])}"
    strange = sorted({one.url for one in fact.sent} - {ResultUrl.OWN})
    if strange:
        return f"a response_url leads {listed(strange)}, where we send nothing"
    return "no sound result was sent"


def _refused(
    case: Case[CommandsSent],
    *,
    which: Result,
    how: str,
    turn: int,
    same: bool,
    good: str,
    unheard: frozenset[int] = _OF_A_TOKEN,
) -> Iterable[Verdict]:
    """`turn`: the number of the command that is answered so. `same`: the control is a sound result of that one.

    `unheard`: HTTP statuses of those whose result nobody looked at.
    """
    fact = case.driver.fact
    found = next(((one, told) for one in fact.sent if (told := which(one)) is not None), None)
    if found is None:
        over = "`max_seconds` of the host were over" if fact.out_of_time else None
        why = over or _control(fact) or f"the platform sent {len(fact.sent)} commands, and it takes {turn} of them"
        yield case.inconclusive(f"no result was sent {how}: {why}")
        return
    command, told = found
    population = Population(examined=1, unit="result")
    control = _control(fact, command if same else None)
    if told.took is Took.ACCEPTED:
        said = f"the result of its {command.command}, sent {how}, was taken{_late(command)}"
        yield case.fails(said, population=population, reproduce=told.curl or None)
    elif control is not None:
        yield case.inconclusive(f"{control}, so that a refusal of one that was sent {how} shows nothing")
    elif told.took in _KEPT_OUT and told.http_status not in unheard:
        yield case.passes(good, population=population)
    else:
        yield case.inconclusive(f"the result of {command.command}, sent {how}, was {_said(told)}")


def _late(command: CommandSent) -> str:
    if command.late_after_s is None:
        return ""
    return f" {command.late_after_s:g} s after a command that we had said to take {command.timeout_s} s"


def _once(case: Case[CommandsSent]) -> Iterable[Verdict]:
    """What was made of a second result that was not refused is not seen from outside; that it was not refused is."""
    good = "a second result, with another outcome than the first, was refused"
    how = "a second time, with another outcome"
    for verdict in _refused(case, which=lambda one: one.again, how=how, turn=1, same=True, good=good):
        aside = "; a platform that threw it away, and told nobody, would answer alike"
        failed = verdict.outcome is Outcome.FAIL
        yield replace(verdict, message=f"{verdict.message}{aside}") if failed else verdict


def _by_another(case: Case[CommandsSent]) -> Iterable[Verdict]:
    if case.driver.fact.another is None:
        yield case.not_tested("there is no second disposable identity that could answer a command")
        return
    fact = case.driver.fact
    good = f"its command was open until who was commanded answered: {fact.another} was refused before"
    for verdict in _refused(
        case, which=lambda one: one.by_another, how="as another partner", turn=2, same=True, good=good
    ):
        if verdict.outcome is Outcome.PASS and not fact.another_answers:
            said = f"{fact.another} was refused, but it is no CPO: it may answer no command, whoever that went to"
            yield case.inconclusive(f"{said}; name a second disposable CPO")
        else:
            yield verdict


def _unguessable(case: Case[CommandsSent]) -> Iterable[Verdict]:
    ids = case.driver.fact.ids
    population = Population(examined=ids.seen, unit="response_url")
    wrong = [
        said
        for is_wrong, said in (
            (ids.repeated, f"{ids.repeated} had been used before"),
            (ids.in_sequence, f"{ids.in_sequence} follow on the one before by a small number"),
            (ids.entropy_bits < _BITS, f"what changes in the weakest can hold {ids.entropy_bits:g} bits at most"),
        )
        if is_wrong
    ]
    if wrong:
        yield case.fails(f"of {ids.seen} response_urls of its commands: {'; '.join(wrong)}", population=population)
    elif ids.seen == 1:
        yield case.inconclusive("one command came, whose response_url tells nothing of the next", population=population)
    else:
        yield case.passes(f"nobody can tell one of {ids.seen} response_urls from the others", population=population)


def _over_tls(case: Case[CommandsSent]) -> Iterable[Verdict]:
    sent = case.driver.fact.sent
    population = Population(examined=len(sent), unit="response_url")
    plain = [one for one in sent if one.url is ResultUrl.PLAINTEXT]
    strange = [one for one in sent if one.url in {ResultUrl.UNREADABLE, ResultUrl.ELSEWHERE}]
    if plain:
        said = f"{plain[0].command} asked for its result, and with it for our token, at a URL without TLS"
        yield case.fails(said, population=population)
    elif strange:
        said = f"the response_url of {strange[0].command} leads {strange[0].url}; name it in allow_hosts if it is yours"
        yield case.inconclusive(said, population=population)
    else:
        yield case.passes("it asked for results at its own origin, over TLS", population=population)


def _check(id: str, title: str, judge: Judge[CommandsSent], severity: Severity, do: str) -> Check[CommandsSent]:
    return check_by_writing(
        id=f"ocpi-sent-command-{id}",
        title=title,
        controls=("OCPI-EXT-11",),
        severity=severity,
        source=_SOURCE,
        fact=CommandsSent,
        judge=judge,
        do=do,
    )


CHECKS: Final = (
    _check(
        "result-once",
        "A second result of a command that the platform sent is refused",
        _once,
        Severity.MEDIUM,
        "Close a command with its first result; answer a repetition of that one, and refuse another: whose result is "
        "thrown away has to hear of it.",
    ),
    _check(
        "result-of-another",
        "The result of a command is taken from the partner that it was sent to, and from no other",
        _by_another,
        Severity.HIGH,
        "Look a command up by the partner of the token as well as by the id in the URL.",
    ),
    _check(
        "result-needs-token",
        "The result of a command that the platform sent is not taken without a token",
        partial(
            _refused,
            which=lambda one: one.without_token,
            how="without a token",
            turn=2,
            same=True,
            good="a result without a token was refused, and ours, with it, was taken after that",
            unheard=_OF_NOBODYS,
        ),
        Severity.HIGH,
        "Ask for the partner's credentials token at every response_url: the URL itself is no secret.",
    ),
    _check(
        "result-in-time",
        "The result of a command is refused when its timeout is long over",
        partial(
            _refused,
            which=lambda one: one.late,
            how="late",
            turn=3,
            same=False,
            good="a result that came long after its timeout was refused",
        ),
        Severity.LOW,
        "Close a command when its timeout is over: the driver was told by then that it failed.",
    ),
    _check(
        "ids-unguessable",
        "Each command that the platform sends has a response_url that nobody can guess",
        _unguessable,
        Severity.MEDIUM,
        "End the response_url with at least 64 random bits, made anew for each command.",
    ),
    _check(
        "url-over-tls",
        "The commands that the platform sends ask for their results over TLS",
        _over_tls,
        Severity.HIGH,
        "Make response_urls of the same https origin as the versions URL.",
    ),
)
