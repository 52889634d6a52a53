"""From facts to findings: every check on every case.

What is missing is dealt with here, so that a check function meets facts only: an observation that failed becomes
`inconclusive` (or `not_tested` where nobody tried by choice), a join without its facts likewise, and a pass that rests
on a join of which a part could not be seen is not a pass.
"""

import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import MISSING, fields, replace
from typing import Any, Final

from checks.model.check import Case, Check, Need, Sighting, Speaker
from checks.model.finding import Finding, fingerprint
from checks.model.verdict import Outcome, Verdict, blind
from scanner.model.fact_store import FactStore
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import AnyObservation, Reason, Seen, Unavailable
from scanner.model.subject import SUBJECT_TYPES, Coordinates, EnvironmentSubject, Subject, agree

OnBug = Callable[[str, str], None]  # check id, traceback

_WORSE: Final = (Outcome.NOT_APPLICABLE, Outcome.NOT_TESTED, Outcome.PASS, Outcome.INCONCLUSIVE, Outcome.FAIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Joinable:
    """What a need may bring to the cases of one environment, each observation with the coordinates of its subject."""

    need: Need[Any]
    observations: tuple[tuple[AnyObservation, Coordinates], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Joined:
    """What a need brought to a case, and why something of it is missing."""

    sightings: list[Sighting[Any]]
    blank: Unavailable | None


def judge(
    checks: Sequence[Check[Any]],
    facts: FactStore,
    environments: Iterable[str],
    on_bug: OnBug = lambda _check, _trace: None,
) -> tuple[Finding, ...]:
    """Every check on everything that was looked at; sorted.

    A check that found nothing to judge in an environment gives one `not_tested` finding there, so that silence shows.

    """
    findings = [
        finding
        for check in checks
        for environment in sorted(set(environments))
        for finding in _findings(check, facts, environment, on_bug)
    ]
    return tuple(sorted(findings, key=Finding.sort_key))


def _findings(check: Check[Any], facts: FactStore, environment: str, on_bug: OnBug) -> Iterable[Finding]:
    """One finding for each fingerprint; of two verdicts on one subject, a bug of the check, the worse stands."""
    findings: dict[str, Finding] = {}
    for verdict in _verdicts(check, facts, environment, on_bug):
        finding = _finding(check, verdict)
        known = findings.get(finding.fingerprint)
        if known is not None:
            on_bug(check.id, f"two verdicts on {verdict.subject.label()} {verdict.field_path}".strip())
            finding = max(known, finding, key=lambda f: _WORSE.index(f.outcome))
        findings[finding.fingerprint] = finding
    return findings.values()


def _verdicts(check: Check[Any], facts: FactStore, environment: str, on_bug: OnBug) -> list[Verdict]:
    need = check.looks_at
    drivers = [o for o in facts.of(need.fact, need.witness) if o.key.subject.environment == environment]
    if not drivers:
        nothing = Unavailable(reason=Reason.NOT_CONFIGURED, detail="nothing in this run looked for it")
        return [blind(EnvironmentSubject(environment=environment), nothing)]
    verdicts = [blind(o.key.subject, o.result, o.key.identity) for o in drivers if isinstance(o.result, Unavailable)]
    joins = [_joinable(need, facts, environment) for need in check.joins]
    for subject, group in _groups(check, drivers):
        verdicts += _judge_case(check, joins, subject, group, on_bug)
    return verdicts


def _groups(check: Check[Any], drivers: Sequence[AnyObservation]) -> Iterator[tuple[Subject, list[Sighting[Any]]]]:
    """One case per sighting, or one per value of the `group_by` coordinates."""
    sightings = [_sighting(o) for o in drivers if isinstance(o.result, Seen)]
    if check.group_by is None:
        yield from ((sighting.subject, [sighting]) for sighting in sightings)
        return
    groups: dict[tuple[str | None, ...], list[Sighting[Any]]] = {}
    for sighting in sightings:
        coordinates = sighting.subject.coordinates()
        groups.setdefault(tuple(coordinates.get(name) for name in check.group_by), []).append(sighting)
    for group in groups.values():
        yield _in_common(group, check.group_by), group


def _in_common(group: Sequence[Sighting[Any]], group_by: tuple[str, ...]) -> Subject:
    """The subject that the sightings share: the one they all have, else what the coordinates of the group name."""
    first = group[0].subject
    if len({sighting.subject for sighting in group}) == 1:
        return first
    wanted = {*group_by, "environment"}
    shared = {field.name: getattr(first, field.name) for field in fields(first) if field.name in wanted}
    for kind in SUBJECT_TYPES:
        names = {field.name: field.default is MISSING for field in fields(kind)}
        needed = {name for name, is_needed in names.items() if is_needed}
        if needed <= set(shared) <= set(names):
            return kind(**shared)
    return EnvironmentSubject(environment=first.environment)


def _judge_case(
    check: Check[Any], joins: Sequence[_Joinable], subject: Subject, group: list[Sighting[Any]], on_bug: OnBug
) -> list[Verdict]:
    parts = [_join(joinable, subject, group) for joinable in joins]
    blank = _gravest([part.blank for part in parts if part.blank])
    if blank and any(part.blank and not part.sightings for part in parts):
        return [blind(subject, blank, group[0].identity)]
    case = Case(subject=subject, drivers=tuple(group), joined=tuple(s for part in parts for s in part.sightings))
    try:
        verdicts = list(check.judge(case))
    except Exception:  # noqa: BLE001 - a bug in one check must not hide what the others found
        on_bug(check.id, traceback.format_exc())
        return [_bug(check, subject, group, "failed; the traceback is in the log")]
    if not verdicts:
        on_bug(check.id, "said nothing about a case")
        return [_bug(check, subject, group, "said nothing about it")]
    return [_doubted(verdict, blank) if blank else verdict for verdict in verdicts]


def _bug(check: Check[Any], subject: Subject, group: Sequence[Sighting[Any]], what: str) -> Verdict:
    return blind(subject, Unavailable(reason=Reason.PROBE_BUG, detail=f"check {check.id} {what}"), group[0].identity)


def _gravest(blanks: Sequence[Unavailable]) -> Unavailable | None:
    """A look that failed weighs more than one that nobody took by choice."""
    return min(blanks, key=lambda blank: blank.reason.was_chosen, default=None)


def _doubted(verdict: Verdict, blank: Unavailable) -> Verdict:
    """A pass, and a "does not apply", become what their missing part is; a fail stands."""
    if verdict.outcome not in {Outcome.PASS, Outcome.NOT_APPLICABLE}:
        return verdict
    doubt = blind(verdict.subject, blank, verdict.identity)
    message = f"{verdict.message}; but not everything could be seen: {doubt.message}"
    return replace(verdict, outcome=doubt.outcome, message=message)


def _joinable(need: Need[Any], facts: FactStore, environment: str) -> _Joinable:
    found = facts.of(need.fact, need.witness)
    if not need.all_environments:
        found = tuple(o for o in found if o.key.subject.environment == environment)
    return _Joinable(need=need, observations=tuple((o, o.key.subject.coordinates()) for o in found))


def _join(joinable: _Joinable, subject: Subject, group: Sequence[Sighting[Any]]) -> _Joined:
    need, here = joinable.need, subject.coordinates()
    speakers = {sighting.identity for sighting in group}
    matching = [
        o
        for o, there in joinable.observations
        if agree(here, there, _shared(need, here, there)) and _is_heard(need.speaker, o, speakers)
    ]
    sightings = [_sighting(o) for o in matching if isinstance(o.result, Seen)]
    if not need.required:
        return _Joined(sightings=sightings, blank=None)
    blanks = [o.result for o in matching if isinstance(o.result, Unavailable)]
    if not matching:
        blanks = [Unavailable(reason=Reason.NOT_EVALUATED, detail="nothing in this run saw it")]
    named = [replace(blank, detail=f"{need.fact.__name__} is needed, too: {blank.detail}") for blank in blanks]
    return _Joined(sightings=sightings, blank=_gravest(named))


def _shared(need: Need[Any], here: Coordinates, there: Coordinates) -> tuple[str, ...] | None:
    """The coordinates in which both have to be alike; None: in each that both have."""
    if not need.all_environments:
        return need.on
    if need.on is None:
        return tuple(here.keys() & there.keys() - {"kind", "environment"})
    return tuple(name for name in need.on if name != "environment")


def _is_heard(speaker: Speaker, o: AnyObservation, speakers: set[str | None]) -> bool:
    match speaker:
        case Speaker.ANY:
            return True
        case Speaker.SAME:
            return o.key.identity in speakers
        case Speaker.OTHER:
            return o.key.identity not in speakers


def _sighting(observation: AnyObservation) -> Sighting[Any]:
    if not isinstance(observation.result, Seen):
        raise TypeError("only what was seen is a sighting")
    key = observation.key
    return Sighting(
        fact=observation.result.fact,
        subject=key.subject,
        witness=key.witness,
        identity=key.identity,
        evidence=observation.result.evidence,
    )


def _finding(check: Check[Any], verdict: Verdict) -> Finding:
    return Finding(
        fingerprint=fingerprint(check.id, verdict.subject, verdict.field_path, verdict.identity),
        check=check.id,
        title=check.title,
        controls=check.controls,
        outcome=verdict.outcome,
        severity=check.severity,
        witness=check.witness,
        subject=verdict.subject,
        message=verdict.message,
        source=check.source,
        evidence=verdict.evidence,
        population=verdict.population,
        field_path=verdict.field_path,
        identity=verdict.identity,
        reproduce=verdict.reproduce,
        position=verdict.position,
        remediation=check.remediation if verdict.outcome is Outcome.FAIL else "",
        claim=check.claim,
        by_writing=check.by_writing,
        path=verdict.path,
    )
