"""Malformed messages: refused rightly, never stored, never a crash.

A finding stands for a property of an object and one kind of damage; which rules were broken there is in its message.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from checks.families.ocpi_mutation_words import (
    CRASHED,
    Weighs,
    Wrong,
    any_answer,
    any_kind,
    crash,
    heavy,
    light,
    not_stored,
    refusable,
    refused,
    silently,
    status,
)
from checks.families.ocpi_words import where
from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.mutation import (
    MutantGroup,
    MutantsTreated,
    Treated,
    Treatment,
)
from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.mutation.mutant import Expectation, Family
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_SHOWN_RULES: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    rule: str
    treated: Treated


def _judge(case: Case[MutantsTreated], *, kind: "_Kind", wrong: Wrong) -> Iterable[Verdict]:
    fact = case.driver.fact
    groups = [group for group in fact.groups if group.family in kind.families and kind.weighs(group.rule)]
    population = _population(fact, kind, groups)
    found: dict[str, list[_Found]] = {}
    for group in groups:
        for treated in group.treated:
            if treated.treatment in wrong(group):
                found.setdefault(group.path, []).append(_Found(rule=group.rule, treated=treated))
    for path, several in found.items():
        yield case.fails(_said(case, path, several), population=population, field_path=path, reproduce=_curl(several))
    if found:
        return
    if why := _unshown(case, kind, groups, wrong):
        yield case.inconclusive(why, population=population)
    elif not groups:
        yield case.not_applicable(f"{fact.object_type} has no property that such a message could be made of")
    elif not population.examined:
        yield case.not_applicable(f"{kind.none} ({where(case.driver)})")
    else:
        yield case.passes(f"{kind.right} ({where(case.driver)})", population=population)


def _unshown(case: Case[MutantsTreated], kind: "_Kind", groups: Iterable[MutantGroup], wrong: Wrong) -> str | None:
    """Why nothing wrong was found, and yet nothing is called right."""
    fact = case.driver.fact
    if why := fact.cut_short or _unread(fact, groups, wrong):
        return f"{where(case.driver)}: {why}"
    if lacking := _never_sent(fact, kind, groups):
        return f"of {_all(fact)} messages the budget let out {fact.sent}, and of {lacking} kinds none; raise --budget"
    return None


def _population(fact: MutantsTreated, kind: "_Kind", groups: Iterable[MutantGroup]) -> Population:
    """The messages that the verdict stands on; of how many, where that does not hang on their answers."""
    examined = sum(t.times for g in groups for t in g.treated if t.treatment in kind.counts(g))
    left_out = sum(o.mutants for o in fact.left_out if o.family in kind.families and kind.weighs(o.rule))
    return Population(examined=examined, of=examined + left_out if kind.counts is any_answer else None, unit="message")


def _unread(fact: MutantsTreated, groups: Iterable[MutantGroup], wrong: Wrong) -> str | None:
    """What was accepted or broke the platform, and cannot be read back: it may have been stored."""
    if wrong not in {refusable, silently}:
        return None
    if any(t.treatment is Treatment.UNREAD for g in groups if wrong(g) for t in g.treated):
        return "messages that may do harm were accepted, and what became of them cannot be read back"
    decided = {t.treatment for g in groups if g.expectation is not Expectation.MAY_EITHER for t in g.treated}
    if wrong is refusable and fact.crashes_unread and decided & CRASHED:
        return "messages were not answered but by an error, and what became of them cannot be read back"
    return None


def _said(case: Case[MutantsTreated], path: str, several: list[_Found]) -> str:
    """`/kwh: number-negative, number-huge accepted and stored; the first: ...`."""
    by_treatment: dict[Treatment, list[str]] = {}
    for one in several:
        by_treatment.setdefault(one.treated.treatment, []).append(one.rule)
    parts = [f"{_listed(rules)} {treatment}" for treatment, rules in by_treatment.items()]
    what = path or "the whole message"
    return f"{case.driver.fact.object_type} {what}: {'; '.join(parts)}"


def _listed(rules: list[str]) -> str:
    more = len(rules) - _SHOWN_RULES
    return ", ".join(rules[:_SHOWN_RULES]) + (f" and {more} more kinds" if more > 0 else "")


def _curl(several: list[_Found]) -> str | None:
    return next((one.treated.example.curl for one in several if one.treated.example.curl), None)


def _all(fact: MutantsTreated) -> int:
    return fact.sent + sum(rule.mutants for rule in fact.left_out)


def _never_sent(fact: MutantsTreated, kind: "_Kind", groups: Iterable[MutantGroup]) -> int:
    """How many kinds of message that OCPI decides were not sent at all."""
    sent = {group.rule for group in groups}
    wanted = {o.rule for o in fact.left_out if o.decided and o.family in kind.families and kind.weighs(o.rule)}
    return len(wanted - sent)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    id: str
    title: str
    families: frozenset[Family]
    right: str
    none: str = ""
    weighs: Weighs = any_kind
    counts: Wrong = any_answer
    controls: tuple[str, ...]
    severity: Severity
    source: str
    remediation: str


_TYPES: Final = "types, object descriptions"
_EVERY: Final = frozenset(Family)
_KINDS: Final = (
    _Kind(
        id="ocpi-mutation-types",
        title="Values of a wrong type, length, form or alphabet are refused",
        families=frozenset(
            {Family.WRONG_TYPE, Family.LENGTH, Family.ENUMERATION, Family.DATE, Family.URL, Family.UNICODE}
        ),
        right="every ill-typed value was refused or without effect",
        controls=("OCPI-VUL-01", "OCPI-TST-01"),
        severity=Severity.HIGH,
        source=f"OCPI 2.1.1, 2.2.1, 2.3.0: {_TYPES}",
        remediation="Validate every property by type, length and enumeration of the version spoken, and answer 2001.",
    ),
    _Kind(
        id="ocpi-mutation-missing",
        title="Objects without a mandatory property are not stored",
        families=frozenset({Family.MISSING}),
        right="every object without a mandatory property was refused",
        controls=("OCPI-VUL-02", "OCPI-TST-02", "OCPI-PIT-04"),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: object descriptions, cardinality 1 and +",
        remediation="Refuse an object that lacks a property of cardinality 1 or +, and answer 2001.",
    ),
    _Kind(
        id="ocpi-mutation-absence",
        title="null, empty and absent are told apart",
        families=frozenset({Family.ABSENCE}),
        right="null and empty values did no harm",
        controls=("OCPI-VUL-04",),
        severity=Severity.MEDIUM,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: object descriptions, cardinality",
        remediation="Refuse null and empty values of mandatory properties; never let them wipe what is stored.",
    ),
    _Kind(
        id="ocpi-mutation-range",
        title="Numbers beyond what they can mean are refused",
        families=frozenset({Family.NUMBER}),
        right="every number out of range was refused or without effect",
        controls=("OCPI-VUL-13", "OCPI-TST-13", "OCPI-INT-03"),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: types, number; RFC 8259, 6",
        remediation="Bound every amount, price, power and time; refuse NaN, Infinity and numbers that overflow.",
    ),
    _Kind(
        id="ocpi-mutation-contradiction",
        title="Related properties are checked together",
        families=frozenset({Family.CONTRADICTION}),
        right="every contradiction was refused",
        weighs=heavy,
        controls=("OCPI-VUL-14", "OCPI-TST-14", "OCPI-INT-03", "OCPI-PIT-04"),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: object descriptions",
        remediation="Check dates, totals, currency and references of an object against each other before it is stored.",
    ),
    _Kind(
        id="ocpi-mutation-meaning",
        title="Codes and texts mean what OCPI says that they mean",
        families=frozenset({Family.CONTRADICTION}),
        weighs=light,
        right="every code and text that means nothing was refused",
        controls=("OCPI-VUL-14", "OCPI-INT-01"),
        severity=Severity.LOW,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: object descriptions and types (ISO codes, DisplayText)",
        remediation="Check country, language and currency codes against their lists, and texts for markup.",
    ),
    _Kind(
        id="ocpi-mutation-protected",
        title="Properties that name the owner or the object cannot be changed by a message",
        families=frozenset({Family.PROTECTED, Family.SURPLUS}),
        right="no surplus or protected property took effect",
        controls=("OCPI-VUL-03", "OCPI-TST-03"),
        severity=Severity.HIGH,
        source="OCPI 2.2.1 and 2.3.0: transport and format, client owned objects; 2.3.0: unknown fields",
        remediation="Take owner and id from the URL and the token; ignore properties that OCPI does not know.",
    ),
    _Kind(
        id="ocpi-mutation-json",
        title="What is not one plain JSON object is refused",
        families=frozenset({Family.FRAMING, Family.DUPLICATE, Family.NESTING, Family.CONTENT_TYPE}),
        right="every broken, doubled or wrapped message was refused",
        controls=("OCPI-COM-01", "OCPI-TST-04"),
        severity=Severity.HIGH,
        source="RFC 8259, 2 and 8.1; OCPI transport and format, content type",
        remediation="Parse strictly: one UTF-8 JSON object, no duplicate names, bounded depth and size.",
    ),
    _Kind(
        id="ocpi-mutation-injection",
        title="Injection markers do no harm",
        families=frozenset({Family.INJECTION}),
        right="no marker of an injection changed or broke anything",
        controls=("OCPI-VUL-01", "OCPI-TST-01"),
        severity=Severity.HIGH,
        source="OWASP ASVS 5.0, 1.2; OCPI types, string",
        remediation="Treat every string as data: bind parameters, encode on output.",
    ),
)


def _checks() -> Iterable[Check[MutantsTreated]]:
    for kind in _KINDS:
        yield _check(kind, refusable)


def _check(kind: _Kind, wrong: Wrong) -> Check[MutantsTreated]:
    return Check(
        id=kind.id,
        title=kind.title,
        controls=kind.controls,
        severity=kind.severity,
        source=kind.source,
        looks_at=Need(fact=MutantsTreated),
        judge=partial(_judge, kind=kind, wrong=wrong),
        remediation=kind.remediation,
        by_writing=True,
        witness=Witness.PROTOCOL,
    )


_ANSWERS: Final[Mapping[Wrong, _Kind]] = {
    crash: _Kind(
        id="ocpi-mutation-crash",
        title="A malformed message is answered, not crashed on",
        families=_EVERY,
        right="every message was answered, and none with a server error",
        controls=("OCPI-VUL-16", "OCPI-COM-01"),
        severity=Severity.MEDIUM,
        source="OCPI status codes: 2xxx for errors of the client, 3xxx for those of the server",
        remediation="Catch errors of parsing and validation, and answer 2000 or 2001; find out what the message broke.",
    ),
    silently: _Kind(
        id="ocpi-mutation-success-for-refused",
        title="A message that is not stored is not answered as a success",
        families=_EVERY,
        right="no malformed message that was not stored was answered as a success",
        none="looked for malformed messages that were answered and not stored; there was none",
        counts=not_stored,
        controls=("OCPI-VUL-16",),
        severity=Severity.LOW,
        source="OCPI status codes, 1000 and 2001",
        remediation="Answer 2001 for what is not stored as it was sent, so that the sender knows.",
    ),
    status: _Kind(
        id="ocpi-mutation-status",
        title="A malformed message is refused with a status that says so",
        families=_EVERY,
        right="every refusal had the status of a malformed message",
        none="looked for refusals of malformed messages; there was none",
        counts=refused,
        controls=("OCPI-VUL-16",),
        severity=Severity.LOW,
        source="OCPI transport and format, and status codes",
        remediation="Answer HTTP 400 (or 200) with OCPI status 2000 or 2001; keep 401, 404 and 405 for what they mean.",
    ),
}

CHECKS: Final[tuple[Check[Any], ...]] = (
    *_checks(),
    *(_check(kind, wrong) for wrong, kind in _ANSWERS.items()),
)
