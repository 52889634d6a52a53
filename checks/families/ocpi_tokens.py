"""A credentials token opens a door as it is, in its place, on every request by itself - and in no other form.

Judged by the data returned. What RFC 9110 leaves to the reader of a header is said, and is no fault.
"""

from collections.abc import Iterable
from typing import Any, Final

from checks.families.ocpi_doors import at_this_door, most_open, not_opened, open_to_all
from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.access import AccessWithOtherScheme, AccessWithoutToken, AccessWithWrongToken
from scanner.model.facts.ocpi.answer import DECIDES_NOTHING, Access, Answer
from scanner.model.facts.ocpi.tokens import (
    ConnectionShared,
    EncodingsTried,
    FormsTried,
    NearMissesTried,
    PlacesTried,
    SchemesTried,
    SecondHeadersTried,
)
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_HEADER: Final = "OCPI 2.2.1 and 2.3.0, transport_and_format: authorization header"
_ANYBODY: Final = "open to strangers, which is judged by itself; nothing to add to that here"


def taken(answer: Answer, valid: Answer) -> bool:
    """True where an answer gives what the valid token is given: data, or a success where that has none either."""
    return answer.access is Access.DATA or (answer.access is Access.ACCEPTED and valid.access is Access.ACCEPTED)


def nothing_to_judge(case: Case[Any], fact: FormsTried) -> Verdict | None:
    """The verdict where a door says nothing about forms of a token; None where it does."""
    strangers = (*at_this_door(case, AccessWithWrongToken), *at_this_door(case, AccessWithOtherScheme))
    if open_to_all(case) or any(most_open(s.fact).access is Access.DATA for s in strangers):
        return case.not_applicable(_ANYBODY)
    return not_opened(case, fact.valid)


def _judge(case: Case[FormsTried]) -> Iterable[Verdict]:
    fact = case.driver.fact
    population = Population(examined=len(fact.tried), of=len(fact.tried) + len(fact.left_out), unit="form")
    if verdict := nothing_to_judge(case, fact):
        yield verdict
    elif wrongly := [t for t in fact.tried if taken(t.answer, fact.valid) and not t.allowed]:
        said = "; ".join(f"{t.form}: {t.answer.said()}" for t in wrongly)
        yield case.fails(f"taken for the valid token: {said}", population=population, reproduce=wrongly[0].answer.curl)
    elif left := _left_open(fact):
        yield case.inconclusive(left, population=population)
    else:
        yield case.passes(_all_refused(fact), population=population)


def _left_open(fact: FormsTried) -> str | None:
    undecided = [t for t in fact.tried if t.answer.access in DECIDES_NOTHING]
    if undecided:
        return "; ".join(f"{t.form} got {t.answer.said()}, which decides nothing" for t in undecided)
    if fact.valid_after is None or not taken(fact.valid_after, fact.valid):
        said = fact.valid_after.said() if fact.valid_after else "no answer"
        return f"refused, but so was the valid token right behind ({said}): the refusals mean nothing"
    if fact.left_out:
        return f"{len(fact.left_out)} forms were not tried, the first: {fact.left_out[0]}"
    return None


def _all_refused(fact: FormsTried) -> str:
    allowed = [f"{t.form} was taken, and may be: {t.allowed}" for t in fact.tried if taken(t.answer, fact.valid)]
    equal = [f"{form} is the valid token itself and was not sent" for form in fact.equal]
    return "; ".join(("no other form got what the valid token gets", *allowed, *equal))


def _shared(case: Case[ConnectionShared]) -> Iterable[Verdict]:
    fact = case.driver.fact
    population = Population(examined=len(fact.tried) + (fact.second_got_its_own is not None), unit="caller")
    alone = {t.form for t in fact.alone if taken(t.answer, fact.valid)}
    let_in = [t for t in fact.tried if taken(t.answer, fact.valid)]
    if verdict := not_opened(case, fact.valid):
        yield verdict
    elif alone:
        yield case.not_applicable(_ANYBODY)
    elif let_in:
        said = " and ".join(t.form for t in let_in)
        yield case.fails(
            f"a request with {said} was given data on the connection of a valid one",
            population=population,
            reproduce=f"{fact.valid.curl} --next {let_in[0].answer.curl.removeprefix('curl ')}",  # on one connection
        )
    elif fact.second_got_its_own is False:
        said = f"{fact.second} was given the data of the token sent before"
        yield case.fails(said, population=population, reproduce=fact.valid.curl)
    elif not fact.reused:
        yield case.inconclusive("the target closed the connection in between, so nothing was shared")
    elif undecided := [t for t in fact.tried if t.answer.access in DECIDES_NOTHING]:
        yield case.inconclusive(f"{undecided[0].form} got {undecided[0].answer.said()}, which decides nothing")
    else:
        second = f", and {fact.second} its own data" if fact.second_got_its_own else ""
        yield case.passes(f"nobody without a valid token got data on its connection{second}", population=population)


_ANY: Final = (
    Need(fact=AccessWithoutToken, required=False),
    Need(fact=AccessWithWrongToken, required=False),
    Need(fact=AccessWithOtherScheme, required=False),
)


def _check(
    id: str,
    title: str,
    fact: type[FormsTried],
    controls: tuple[str, ...],
    severity: Severity,
    *,
    remediation: str,
    source: str = _HEADER,
) -> Check[Any]:
    return Check(
        id=id,
        title=title,
        controls=controls,
        severity=severity,
        looks_at=Need(fact=fact),
        joins=_ANY,
        judge=_shared if fact is ConnectionShared else _judge,
        source=source,
        remediation=remediation,
        witness=Witness.PROTOCOL,
    )


CHECKS: Final = (
    _check(
        "ocpi-token-compared-whole",
        "Only the credentials token itself is taken for it: whole, exactly, with case",
        NearMissesTried,
        ("OCPI-COM-02", "OCPI-TST-05"),
        Severity.CRITICAL,
        remediation=(
            "Compare the decoded token whole and exactly, in constant time (look its digest up): no trimming, no "
            "folding of case, no comparison of a part."
        ),
    ),
    _check(
        "ocpi-token-one-encoding",
        "A credentials token is taken in one encoding only",
        EncodingsTried,
        ("OCPI-EXT-03", "OCPI-COM-02"),
        Severity.MEDIUM,
        source=f"{_HEADER}; ocpi/ocpi issue 212",
        remediation=(
            "Keep for each partner which encoding it writes (Base64 from 2.2-d2 on, raw before), and take that one "
            "only: where both work, the token of one partner may be the encoded token of another."
        ),
    ),
    _check(
        "ocpi-token-one-header",
        "A request with two Authorization headers gets no data",
        SecondHeadersTried,
        ("OCPI-COM-02",),
        Severity.MEDIUM,
        source="RFC 9110, 5.3 and 11.6.2: one Authorization field, which is no list",
        remediation=(
            "Refuse a request with more than one Authorization header, at the edge and in the service: two layers "
            "that read different ones authenticate two different callers."
        ),
    ),
    _check(
        "ocpi-token-scheme-needed",
        "A valid token is not taken under the scheme Basic, nor without a scheme",
        SchemesTried,
        ("OCPI-EXT-04", "OCPI-COM-02"),
        Severity.MEDIUM,
        source=f"{_HEADER}; RFC 9110, 11.1",
        remediation="Read the credentials token behind the scheme `Token` only.",
    ),
    _check(
        "ocpi-token-in-no-other-place",
        "A valid token is not taken out of a cookie, another header, or a body",
        PlacesTried,
        ("OCPI-EXT-04", "OCPI-COM-02"),
        Severity.HIGH,
        remediation=(
            "Read the credentials token from the Authorization header and from nowhere else: a cookie is sent by "
            "browsers on their own, other headers and bodies are logged and forwarded."
        ),
    ),
    _check(
        "ocpi-token-checked-on-every-request",
        "Each request on a kept-alive connection is judged by its own token",
        ConnectionShared,
        ("OCPI-VUL-05", "OCPI-AUT-02"),
        Severity.CRITICAL,
        source="OCPI 2.2.1 and 2.3.0, transport_and_format: every request has the header; RFC 9110, 3.3: stateless",
        remediation="Authenticate each request, and bind no identity to a connection; proxies share them.",
    ),
)
