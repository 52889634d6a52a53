"""A module whose backend is in trouble: it says so inside OCPI and in time, serves nothing unsound, and others go on.

The operator arranges the trouble, so a module that answers as if nothing was wrong is the control that did not work.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.backends import Asked, BackendTroubled, Neighbour
from scanner.model.severity import Severity
from scanner.model.target import BackendTrouble
from scanner.model.witness import Witness

Judge = Callable[[Case[BackendTroubled]], Iterable[Verdict]]
_SERVER_ERRORS: Final = range(3000, 4000)
_TURNED_AWAY: Final = frozenset({401, 403, 429})  # before any backend was asked
_LONGEST_PAGE: Final = 1000  # objects, where no X-Limit says what it is
_NOT_SEEN: Final = "the module answered as if nothing was wrong, so what its trouble does shows nothing"


def _said_so(case: Case[BackendTroubled]) -> Iterable[Verdict]:
    fact = case.driver.fact
    if fact.trouble not in {BackendTrouble.HANGS, BackendTrouble.FAILS}:
        yield case.not_applicable(f"looked for a backend that hangs or fails; this one {fact.trouble}")
        return
    population = Population(examined=len(fact.own), unit="request")
    asked = [one for one in fact.own if one.http_status not in _TURNED_AWAY]
    bad = [one for one in asked if not one.is_success and one.ocpi_status not in _SERVER_ERRORS]
    if bad:
        said = f"its backend {fact.trouble}, and the module gave: {bad[0].said()}"
        yield case.fails(said, population=population, reproduce=bad[0].curl)
    elif not asked:
        yield case.inconclusive(f"the module turned us away: {fact.own[0].said()}", population=population)
    elif all(one.is_success for one in asked):
        yield case.inconclusive(_NOT_SEEN, population=population)
    else:
        slowest = max(one.seconds for one in asked)
        yield case.passes(f"the trouble was told in OCPI's words, after {slowest:g} s at most", population=population)


def _others_go_on(case: Case[BackendTroubled]) -> Iterable[Verdict]:
    fact = case.driver.fact
    ready = [one for one in fact.neighbours if all(asked.is_success for asked in one.calm)]
    population = Population(examined=len(ready), unit="module")
    bad = [(one, why) for one in ready if (why := _felt(one))]
    for one, why in bad:
        yield case.fails(
            f"{one.name} {why}", field_path=one.name, population=population, reproduce=one.strained[0].curl
        )
    if bad:
        return
    turned_away = [one for one in ready if any(asked.http_status in _TURNED_AWAY for asked in one.strained)]
    if fact.trouble is BackendTrouble.LIES:
        yield case.not_applicable("looked for a backend that hangs, fails or floods; this one lies")
    elif not ready:
        yield case.inconclusive("no other module answered before, so none can be seen to go on", population=population)
    elif turned_away:
        said = next(asked.said() for asked in turned_away[0].strained if asked.http_status in _TURNED_AWAY)
        yield case.inconclusive(f"{turned_away[0].name} turned us away: {said}", population=population)
    elif not any(_in_trouble(fact, one) for one in fact.own):
        yield case.inconclusive(_not_seen(fact), population=population)
    elif fact.trouble is BackendTrouble.HANGS and not fact.under_way:
        yield case.inconclusive(
            "no request to the module was under way while the others were asked", population=population
        )
    else:
        slowest = max(asked.seconds for one in ready for asked in one.strained)
        again = " when they were looked at again" if fact.looks > 1 else ""
        yield case.passes(f"the other modules answered, after {slowest:g} s at most{again}", population=population)


def _in_trouble(fact: BackendTroubled, one: Asked) -> bool:
    """The answer shows that something was wrong behind it."""
    if one.http_status in _TURNED_AWAY:
        return False
    return not one.is_success or (fact.trouble is BackendTrouble.FLOODS and (_too_long(one) or _shows(fact, one)))


def _too_long(one: Asked) -> bool:
    return one.is_cut or one.objects > (one.limit or _LONGEST_PAGE)


def _flood_stopped(case: Case[BackendTroubled]) -> Iterable[Verdict]:
    fact = case.driver.fact
    if fact.trouble is not BackendTrouble.FLOODS:
        yield case.not_applicable(f"looked for a backend that floods; this one {fact.trouble}")
        return
    population = Population(examined=len(fact.own), unit="answer")
    asked = [one for one in fact.own if one.http_status not in _TURNED_AWAY]
    bad = [one for one in asked if _too_long(one) or (not one.is_success and one.ocpi_status not in _SERVER_ERRORS)]
    if bad:
        longest = f"{bad[0].objects} objects on a page of at most {bad[0].limit or _LONGEST_PAGE}"
        said = longest if bad[0].is_success else bad[0].said()
        yield case.fails(
            f"its backend floods, and the module gave: {said}", population=population, reproduce=bad[0].curl
        )
    elif not asked:
        yield case.inconclusive(f"the module turned us away: {fact.own[0].said()}", population=population)
    elif not any(_in_trouble(fact, one) for one in asked):
        yield case.inconclusive(_not_seen(fact), population=population)
    else:
        said = "the flood ended at the module: its answers kept to the page, or told the trouble in OCPI's words"
        yield case.passes(said, population=population)


def _felt(one: Neighbour) -> str | None:
    for asked in one.strained:
        if not asked.is_success and asked.http_status not in _TURNED_AWAY:
            return f"answered before, and then gave: {asked.said()}"
    slow = one.slow()
    return f"took {one.usual_s:g} s before, and {slow[0].seconds:g} s then" if slow else None


def _values_checked(case: Case[BackendTroubled]) -> Iterable[Verdict]:
    fact = case.driver.fact
    if fact.trouble is not BackendTrouble.LIES:
        yield case.not_applicable(f"looked for a backend that lies; this one {fact.trouble}")
        return
    served = sum(one.objects for one in fact.own)
    population = Population(examined=len(fact.own), unit="answer")
    bad = [(one, violation) for one in fact.own for violation in one.violations]
    for one, violation in {v.pointer: (one, v) for one, v in reversed(bad)}.values():
        said = f"{violation.pointer}: {violation.rule} ({violation.expected}) in {violation.count} of {one.objects}"
        yield case.fails(said, field_path=violation.pointer, population=population, reproduce=one.curl)
    if bad:
        return
    if not any(_shows(fact, one) for one in fact.own):
        said = f"{served} sound objects came and none was left out: nothing shows that its backend lies"
        yield case.inconclusive(_doubtful(fact) or said, population=population)
    else:
        said = "the list was given with sound objects alone" if served else "nothing of it was served"
        yield case.passes(f"{said}, while its backend was said to lie", population=population)


def _shows(fact: BackendTroubled, one: Asked) -> bool:
    """Something unsound was there and was held back: an error about it, or objects that were counted and left out.

    A platform that counts more than it gives as a habit would show that always: its sound lists have to count right.
    """
    return one.ocpi_status in _SERVER_ERRORS or bool(one.left_out and fact.counts_right)


def _not_seen(fact: BackendTroubled) -> str:
    return _doubtful(fact) or _NOT_SEEN


def _doubtful(fact: BackendTroubled) -> str | None:
    """Why objects that were counted and did not come show nothing."""
    if not any(one.left_out for one in fact.own):
        return None
    return "fewer objects came than X-Total-Count says, but no list beside shows that this platform counts right"


def _check(
    id: str, title: str, judge: Judge, *, controls: tuple[str, ...], severity: Severity, source: str, do: str
) -> Check[BackendTroubled]:
    return Check(
        id=id,
        title=title,
        controls=controls,
        severity=severity,
        source=source,
        looks_at=Need(fact=BackendTroubled),
        judge=judge,
        remediation=do,
        witness=Witness.PROTOCOL,
    )


CHECKS: Final[tuple[Check[Any], ...]] = (
    _check(
        "ocpi-backends-trouble-told",
        "A module whose backend hangs or fails says so in time, and in OCPI's words",
        _said_so,
        controls=("OCPI-VUL-23",),
        severity=Severity.MEDIUM,
        source="OCPI 2.1.1, 2.2.1 and 2.3.0, status_codes: 3xxx server errors; OWASP API4:2023",
        do="Give every call to a backend a time, and answer what fails with status_code 3000 in the response format.",
    ),
    _check(
        "ocpi-backends-others-go-on",
        "A backend in trouble holds up no other module",
        _others_go_on,
        controls=("OCPI-VUL-23", "OCPI-TST-21"),
        severity=Severity.HIGH,
        source="CWE-400; CWE-770; OWASP API4:2023, unrestricted resource consumption",
        do="Give each backend a pool, a limit and a queue of its own, and refuse at once what does not fit.",
    ),
    _check(
        "ocpi-backends-flood-stopped",
        "What a backend gives beyond what it was asked for ends at the module",
        _flood_stopped,
        controls=("OCPI-VUL-23", "OCPI-TST-21"),
        severity=Severity.MEDIUM,
        source="OCPI 2.1.1, 2.2.1 and 2.3.0, pagination: X-Limit; CWE-770; OWASP API10:2023",
        do="Bound what is taken from a backend in objects and bytes, and answer more with status_code 3000.",
    ),
    _check(
        "ocpi-backends-values-checked",
        "What a backend makes up is not passed on to partners",
        _values_checked,
        controls=("OCPI-VUL-21", "OCPI-TST-20"),
        severity=Severity.MEDIUM,
        source="OCPI 2.1.1, 2.2.1 and 2.3.0, object descriptions and types; OWASP API10:2023",
        do="Validate what comes from inside as strictly as what comes from partners, before it is served.",
    ),
)
