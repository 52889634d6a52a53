"""Malformed messages: refused rightly, never stored, never a crash.

A finding stands for a property of an object and one kind of damage; which rules were broken there is in its message.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from checks.families.ocpi_words import where
from checks.model.check import Case, Check, Need, Sighting
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.mutation import (
    FullRefused,
    MutantGroup,
    MutantsTreated,
    Treated,
    Treatment,
    ValidObjectProven,
)
from scanner.model.ocpi.mutation.mutant import Expectation, Family
from scanner.model.ocpi.rules.catalog import RULES
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_TAKEN: Final = frozenset(
    {
        Treatment.STORED,
        Treatment.STORED_ELSEWHERE,
        Treatment.STORED_THOUGH_REFUSED,
        Treatment.SPOILED,
        Treatment.UNREAD,
    }
)
_CHANGED: Final = _TAKEN - {Treatment.UNREAD}
_SILENT: Final = frozenset({Treatment.IGNORED, Treatment.LEFT_OUT, Treatment.KEPT, Treatment.PUT_RIGHT})
_CRASHED: Final = frozenset({Treatment.SERVER_ERROR, Treatment.DROPPED, Treatment.HUNG})
_SHOWN_RULES: Final = 6
_STAMP: Final = "/last_updated"  # some platforms set it when they store an object
_ILL_FORMED: Final = frozenset({200, 400, 422})
_INVALID: Final = 2001  # status_codes: invalid or missing parameters

Wrong = Callable[[MutantGroup], frozenset[Treatment]]
Weighs = Callable[[MutantGroup], bool]
_SEVERITY: Final = {rule.id: rule.severity for rule in RULES}


def _any(_group: MutantGroup) -> bool:
    return True


def _heavy(group: MutantGroup) -> bool:
    """A contradiction that somebody can be charged, or sent astray, by."""
    return _SEVERITY.get(group.rule, Severity.HIGH).rank > Severity.LOW.rank


def _light(group: MutantGroup) -> bool:
    return not _heavy(group)


def _refusable(group: MutantGroup) -> frozenset[Treatment]:
    """What must not become of the group, where OCPI says that it is wrong or may not take effect."""
    match group.expectation:
        case Expectation.MUST_REFUSE:
            return _TAKEN
        case Expectation.MUST_NOT_CHANGE:
            return _CHANGED
        case _:
            return frozenset({Treatment.SPOILED, Treatment.EVALUATED})


def _silently(group: MutantGroup) -> frozenset[Treatment]:
    return _SILENT if group.expectation is Expectation.MUST_REFUSE else frozenset()


def _crash(_group: MutantGroup) -> frozenset[Treatment]:
    return _CRASHED


def _status(group: MutantGroup) -> frozenset[Treatment]:
    # Who names another party, another id or another owner may be told that it is not allowed or not there.
    speaks_of_access = group.family in {Family.PROTECTED, Family.CONTRADICTION}
    return frozenset() if speaks_of_access else frozenset({Treatment.OTHER_STATUS})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    rule: str
    treated: Treated


def _judge(
    case: Case[MutantsTreated], *, families: frozenset[Family], weighs: Weighs, wrong: Wrong, right: str
) -> Iterable[Verdict]:
    fact = case.driver.fact
    groups = [group for group in fact.groups if group.family in families and weighs(group)]
    population = Population(examined=sum(t.times for g in groups for t in g.treated), unit="messages")
    found: dict[str, list[_Found]] = {}
    for group in groups:
        for treated in group.treated:
            if treated.treatment in wrong(group):
                found.setdefault(group.path, []).append(_Found(rule=group.rule, treated=treated))
    for path, several in found.items():
        yield case.fails(_said(case, path, several), population=population, field_path=path, reproduce=_curl(several))
    if found:
        return
    if fact.cut_short:
        yield case.inconclusive(f"{where(case.driver)}: {fact.cut_short}", population=population)
    elif wrong is _refusable and any(t.treatment is Treatment.UNREAD for g in groups for t in g.treated):
        said = "messages that may do harm were accepted, and what became of them cannot be read back"
        yield case.inconclusive(f"{where(case.driver)}: {said}", population=population)
    elif lacking := _never_sent(fact, families, groups):
        said = f"of {_all(fact)} messages the budget let out {fact.sent}, and of {lacking} kinds none; raise --budget"
        yield case.inconclusive(said, population=population)
    elif not groups:
        yield case.not_applicable(f"{fact.object_type} has no property that such a message could be made of")
    else:
        yield case.passes(f"{right} ({where(case.driver)})", population=population)


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


def _never_sent(fact: MutantsTreated, families: frozenset[Family], groups: Iterable[MutantGroup]) -> int:
    """How many kinds of message that OCPI decides were not sent at all."""
    sent = {group.rule for group in groups}
    return len({o.rule for o in fact.left_out if o.decided and o.family in families and o.rule not in sent})


def _alike_on_every_path(case: Case[MutantsTreated]) -> Iterable[Verdict]:
    """The same property and rule, refused on one path and taken on another."""
    seen: dict[tuple[str, str], dict[str, bool]] = {}
    for driver in case.drivers:
        for group in driver.fact.groups:
            if group.expectation is Expectation.MUST_REFUSE:
                taken = any(t.treatment in _TAKEN for t in group.treated)
                seen.setdefault((group.path, group.rule), {})[_way(driver)] = taken
    compared = {key: paths for key, paths in seen.items() if len(paths) > 1}
    population = Population(examined=len(compared), unit="message of more than one path")
    if not compared:
        yield case.not_applicable("looked for a second path (PATCH, or another version) for the same kind of object")
        return
    differing = {key: paths for key, paths in compared.items() if len(set(paths.values())) > 1}
    by_path: dict[str, list[str]] = {}
    for (path, rule), paths in differing.items():
        by_whom = ", ".join(sorted(name for name, is_taken in paths.items() if is_taken))
        by_path.setdefault(path, []).append(f"{rule} is taken by {by_whom} alone")
    for path, several in by_path.items():
        more = f" and {len(several) - 1} more kinds" if len(several) > 1 else ""
        yield case.fails(f"{path or 'the whole message'}: {several[0]}{more}", population=population, field_path=path)
    if not differing:
        yield case.passes("each path treats the same malformed message alike", population=population)


def _way(driver: Sighting[MutantsTreated]) -> str:
    """Version, module, side and method: a PUT and a PATCH are two ways."""
    return f"{where(driver)} {driver.subject.coordinates().get('method', '')}".rstrip()


def _valid_accepted(case: Case[ValidObjectProven]) -> Iterable[Verdict]:
    fact = case.driver.fact
    population = Population(examined=1, unit=fact.object_type)
    if fact.full_refused:
        yield _full_refused(case, fact.full_refused, population)
    elif not fact.read_back:
        yield case.inconclusive(
            f"a valid {fact.object_type} was accepted, and cannot be read back", population=population
        )
    elif fact.not_where_said:
        yield case.fails(
            f"no Location header leads to a {fact.object_type} that was accepted; it is under its id",
            population=population,
            reproduce=fact.curl,
        )
    elif otherwise := [pointer for pointer in fact.unlike if not pointer.endswith(_STAMP)]:
        yield case.fails(
            f"a valid {fact.object_type} comes back otherwise than it was sent, at {', '.join(otherwise[:5])}",
            population=population,
            reproduce=fact.curl,
        )
    else:
        yield case.passes(f"a valid {fact.object_type} is stored as it was sent", population=population)


def _full_refused(case: Case[ValidObjectProven], refused: FullRefused, population: Population) -> Verdict:
    """A fail where the answer calls the object ill-formed; it may have been refused for what it refers to."""
    kind = case.driver.fact.object_type
    message = f"{refused.says}; a {kind} with its mandatory properties alone was"
    of_its_form = refused.http_status in _ILL_FORMED and refused.ocpi_status in {None, _INVALID}
    return (case.fails if of_its_form else case.inconclusive)(message, population=population)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    id: str
    title: str
    families: frozenset[Family]
    right: str
    weighs: Weighs = _any
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
        weighs=_heavy,
        controls=("OCPI-VUL-14", "OCPI-TST-14", "OCPI-INT-03", "OCPI-PIT-04"),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: object descriptions",
        remediation="Check dates, totals, currency and references of an object against each other before it is stored.",
    ),
    _Kind(
        id="ocpi-mutation-meaning",
        title="Codes and texts mean what OCPI says that they mean",
        families=frozenset({Family.CONTRADICTION}),
        weighs=_light,
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
        yield _check(kind, _refusable)


def _check(kind: _Kind, wrong: Wrong) -> Check[MutantsTreated]:
    return Check(
        id=kind.id,
        title=kind.title,
        controls=kind.controls,
        severity=kind.severity,
        source=kind.source,
        looks_at=Need(fact=MutantsTreated),
        judge=partial(_judge, families=kind.families, weighs=kind.weighs, wrong=wrong, right=kind.right),
        remediation=kind.remediation,
        by_writing=True,
        witness=Witness.PROTOCOL,
    )


_ANSWERS: Final[Mapping[Wrong, _Kind]] = {
    _crash: _Kind(
        id="ocpi-mutation-crash",
        title="A malformed message is answered, not crashed on",
        families=_EVERY,
        right="every message was answered, and none with a server error",
        controls=("OCPI-VUL-16", "OCPI-COM-01"),
        severity=Severity.MEDIUM,
        source="OCPI status codes: 2xxx for errors of the client, 3xxx for those of the server",
        remediation="Catch errors of parsing and validation, and answer 2000 or 2001; find out what the message broke.",
    ),
    _silently: _Kind(
        id="ocpi-mutation-success-for-refused",
        title="A message that is not stored is not answered as a success",
        families=_EVERY,
        right="no malformed message was answered as a success",
        controls=("OCPI-VUL-16",),
        severity=Severity.LOW,
        source="OCPI status codes, 1000 and 2001",
        remediation="Answer 2001 for what is not stored as it was sent, so that the sender knows.",
    ),
    _status: _Kind(
        id="ocpi-mutation-status",
        title="A malformed message is refused with a status that says so",
        families=_EVERY,
        right="every refusal had the status of a malformed message",
        controls=("OCPI-VUL-16",),
        severity=Severity.LOW,
        source="OCPI transport and format, and status codes",
        remediation="Answer HTTP 400 (or 200) with OCPI status 2000 or 2001; keep 401, 404 and 405 for what they mean.",
    ),
}

CHECKS: Final[tuple[Check[Any], ...]] = (
    Check(
        id="ocpi-mutation-valid-object",
        title="A valid object is stored as it was sent",
        controls=("OCPI-INT-01",),
        severity=Severity.MEDIUM,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: PUT and POST methods of the modules",
        looks_at=Need(fact=ValidObjectProven),
        judge=_valid_accepted,
        remediation="Store every property of the specification, without rounding, cutting or renaming.",
        by_writing=True,
        witness=Witness.PROTOCOL,
    ),
    *_checks(),
    *(_check(kind, wrong) for wrong, kind in _ANSWERS.items()),
    Check(
        id="ocpi-mutation-alike",
        title="The same malformed message is treated alike on every path",
        controls=("OCPI-VUL-15",),
        severity=Severity.MEDIUM,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: PUT and PATCH methods of the modules",
        looks_at=Need(fact=MutantsTreated),
        judge=_alike_on_every_path,
        remediation="Validate in one place, behind every method and version.",
        group_by=("environment", "endpoint", "module"),
        by_writing=True,
        witness=Witness.PROTOCOL,
    ),
)
