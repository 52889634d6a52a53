"""The platform as a client that pulls: what it keeps of a partner's lists, where links lead it, and when it rests.

Each verdict rests on a sound list of ours that the platform pulled; where it is about what was kept, on an object of
that list that could be read back.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from checks.model.by_writing import check_by_writing
from checks.model.check import Case, Check
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.pulls import ListsPulled, NotShown, Pulled, Trick
from scanner.model.severity import Severity

_MOST_AFTER: Final = 10  # requests for a list of one page, since it could be had again
Judged = Callable[[ListsPulled, Pulled], str | None]
_NOT_READ_BACK: Final = "the object of a sound list cannot be read back, so what is not there shows nothing"
_SECOND_SILENT: Final = "the second listener was not called under a name that may be called, so its silence is no proof"


def _bad_kept(_fact: ListsPulled, one: Pulled) -> str | None:
    return "that object was kept" if one.bad_kept else None


def _is_lost(fact: ListsPulled, one: Pulled) -> bool:
    """Only where such an object was kept before: some platforms show none that they pulled, or not at once."""
    return bool(fact.control.sound_kept and one.sound_kept is False)


def _sound_lost(fact: ListsPulled, one: Pulled) -> str | None:
    return "the sound one was not kept either" if _is_lost(fact, one) else None


def _without_end(_fact: ListsPulled, one: Pulled) -> str | None:
    return f"it asked for {one.asked} pages, which is all that we had" if one.followed_all else None


def _led_away(_fact: ListsPulled, one: Pulled) -> str | None:
    return f"it connected {one.elsewhere} times to where that leads" if one.elsewhere else None


def _outage(fact: ListsPulled, one: Pulled) -> str | None:
    if one.too_soon:
        return f"it came back {one.too_soon} times before the time that Retry-After had named"
    if one.after_outage > _MOST_AFTER:
        return f"it asked {one.after_outage} times for a list of one page since it could be had again"
    if one.after_outage and _is_lost(fact, one):
        return "it came back, and an object that had come up meanwhile was not kept"
    return None


def _unread_bad(fact: ListsPulled, one: Pulled) -> str | None:
    if not fact.control.sound_kept:
        return _NOT_READ_BACK
    return "whether the objects were kept cannot be read back" if None in {one.bad_kept, one.sound_kept} else None


def _unseen_links(fact: ListsPulled, one: Pulled) -> str | None:
    if not fact.second_called:
        return _SECOND_SILENT
    if one.strangers:
        return f"{one.strangers} connections came from addresses that did not pull"
    return None if any(other.beyond for other in fact.played) else "it followed no Link of ours, wherever that led"


def _unseen_end(_fact: ListsPulled, one: Pulled) -> str | None:
    if one.cut_short:
        return "it still asked for pages when we stopped looking"
    return None if one.beyond else "it went to no second page, so where it ends was not seen"


def _unseen_return(fact: ListsPulled, one: Pulled) -> str | None:
    if not one.after_outage:
        return "it did not come back while we waited"
    if not fact.control.sound_kept:
        return _NOT_READ_BACK
    return "whether the object was kept cannot be read back" if one.sound_kept is None else None


def _path(trick: Trick) -> str:
    return f"list/{trick.name.lower()}"


def _said(one: NotShown) -> str:
    return f"a list that {one.trick}: {one.why}"


def _judge(
    case: Case[ListsPulled],
    *,
    tricks: frozenset[Trick],
    wrong: Judged,
    unseen: Callable[[ListsPulled, Pulled], str | None],
    good: str,
) -> Iterable[Verdict]:
    fact = case.driver.fact
    mine = [one for one in fact.played if one.trick in tricks]
    sound = 0
    for one in mine:
        said, path, curl = f"a list of a partner {one.trick}", _path(one.trick), one.answer.curl
        if (what := wrong(fact, one)) is not None:
            yield case.fails(f"{said}; {what}", field_path=path, reproduce=curl)
        elif (why := unseen(fact, one) if one.asked else "nobody asked for it") is not None:
            yield case.inconclusive(f"{said}; {why}", field_path=path, reproduce=curl)
        else:
            sound += 1
    broken = [one for one in fact.broken_off if one.trick in tricks]
    left = [_said(one) for one in fact.left_out if one.trick in tricks]
    for lacking in broken:
        yield case.inconclusive(f"not shown: {_said(lacking)}", field_path=_path(lacking.trick))
    if not mine and not broken:
        yield case.inconclusive(f"no such list was shown{''.join(f'; {why}' for why in left)}")
    if sound and sound == len(mine) and not broken:
        more = f"; left out: {'; '.join(left)}" if left else ""
        yield case.passes(f"{good}{more}", population=Population(examined=sound, of=sound + len(left), unit="list"))


def _check(  # noqa: PLR0913 - all that a check has, none of it optional
    id: str,
    title: str,
    tricks: Iterable[Trick],
    wrong: Judged,
    unseen: Callable[[ListsPulled, Pulled], str | None],
    *,
    good: str,
    controls: tuple[str, ...],
    severity: Severity,
    source: str,
    do: str,
) -> Check[Any]:
    return check_by_writing(
        id,
        title,
        ListsPulled,
        partial(_judge, tricks=frozenset(tricks), wrong=wrong, unseen=unseen, good=good),
        controls=controls,
        severity=severity,
        source=source,
        do=do,
    )


CHECKS: Final[tuple[Check[Any], ...]] = (
    _check(
        "ocpi-pulls-objects-checked",
        "Objects that are pulled from a partner are checked like those that are pushed",
        [Trick.BAD_OBJECT],
        _bad_kept,
        _unread_bad,
        good="an object that is not of its type was not kept",
        controls=("OCPI-INT-01", "OCPI-TST-20"),
        severity=Severity.HIGH,
        source="OCPI 2.2.1 and 2.3.0, object descriptions and types; OWASP API10:2023, unsafe consumption of APIs",
        do="Let a pulled object take the same way in as a pushed one, with all its checks.",
    ),
    _check(
        "ocpi-pulls-sound-kept",
        "One bad object in a partner's list does not keep the others out",
        [Trick.BAD_OBJECT],
        _sound_lost,
        _unread_bad,
        good="the object beside it was kept",
        controls=("OCPI-VUL-11",),
        severity=Severity.MEDIUM,
        source="CWE-755; OCPI 2.2.1 and 2.3.0, transport and format: pull and push",
        do="Leave out the one object, say so in the log, and go on with the page.",
    ),
    _check(
        "ocpi-pulls-lists-end",
        "A partner's list without an end is given up",
        [Trick.LOOP, Trick.ENDLESS],
        _without_end,
        _unseen_end,
        good="pages that lead nowhere were given up",
        controls=("OCPI-VUL-20",),
        severity=Severity.MEDIUM,
        source="OWASP API4:2023, unrestricted resource consumption; CWE-835",
        do="Remember the pages of a pass, stop where none brings anything new, and bound pages, objects and time.",
    ),
    _check(
        "ocpi-pulls-links-stay",
        "A Link of a partner's list leads to that partner's origin alone",
        [Trick.LINK_AWAY, Trick.LINK_INWARD],
        _led_away,
        _unseen_links,
        good="no Link led to another origin",
        controls=("OCPI-EXT-01",),
        severity=Severity.HIGH,
        source="RFC 8288; OWASP API7:2023, server side request forgery; CWE-918",
        do="Follow a Link only where scheme, host and port are those of the partner's versions URL.",
    ),
    _check(
        "ocpi-pulls-outage-survived",
        "After an outage of a partner its list is pulled without loss, and without a flood",
        [Trick.OUTAGE],
        _outage,
        _unseen_return,
        good="it waited, came back, and has what had come up meanwhile",
        controls=("OCPI-VUL-11", "OCPI-TST-22"),
        severity=Severity.MEDIUM,
        source="RFC 9110, 10.2.3; OCPI 2.2.1 and 2.3.0, transport and format: pull and push, date_from",
        do="Move the date that you pull from only after a whole pass, retry with growing pauses, and heed Retry-After.",
    ),
)
