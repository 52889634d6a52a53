"""The engine: cases, joins over identities and environments, and never a pass from silence."""

from dataclasses import dataclass, replace
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.engine import judge
from checks.model.check import Check, Need, Speaker
from checks.model.finding import fingerprint
from checks.model.verdict import Outcome, Population, Verdict
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import ConflictingObservation, FactStore
from scanner.model.observation import FactKey, Observation, Reason, Seen, Unavailable
from scanner.model.severity import Severity
from scanner.model.subject import EndpointSubject, EnvironmentSubject, InterfaceSubject
from scanner.model.witness import Witness

EVIDENCE = EvidenceRef(id="ev-1", sha256="0" * 64, path="evidence/00/0.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    may_be_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    shut: bool


def module(name="cdrs", environment="prod"):
    return InterfaceSubject(environment=environment, endpoint="main", version="2.2.1", module=name)


def seen(fact, subject, identity=None, witness=Witness.PROTOCOL):
    key = FactKey(fact=type(fact), subject=subject, witness=witness, identity=identity)
    return Observation(key=key, result=Seen(fact=fact, evidence=(EVIDENCE,)))


def blank(kind, subject, reason=Reason.UNREACHABLE, identity=None):
    key = FactKey(fact=kind, subject=subject, witness=Witness.PROTOCOL, identity=identity)
    return Observation(key=key, result=Unavailable(reason=reason, detail="no answer"))


def door_check(**changes):
    def judged(case):
        yield case.holds(not any(s.fact.open for s in case.drivers), "shut", "open")

    base = Check(
        id="door-shut",
        title="The door is shut",
        controls=("OCPI-AZ-01",),
        severity=Severity.HIGH,
        source="house rules",
        looks_at=Need(fact=Door),
        judge=judged,
        remediation="shut it",
        witness=Witness.PROTOCOL,
    )
    return replace(base, **changes)


def outcomes(check, *observations, environments=("prod",)):
    return [f.outcome for f in judge([check], FactStore(observations), environments)]


def test_each_observation_is_a_case_of_its_own():
    found = outcomes(door_check(), seen(Door(open=False), module("cdrs")), seen(Door(open=True), module("tokens")))
    assert sorted(found) == [Outcome.FAIL, Outcome.PASS]


def test_silence_is_not_tested():
    assert outcomes(door_check()) == [Outcome.NOT_TESTED]


@pytest.mark.parametrize("reason", Reason)
def test_what_could_not_be_seen_is_never_a_pass(reason):
    expected = Outcome.NOT_TESTED if reason.was_chosen else Outcome.INCONCLUSIVE
    assert outcomes(door_check(), blank(Door, module(), reason)) == [expected]


def test_a_missing_input_of_a_join_is_inconclusive():
    check = door_check(joins=(Need(fact=Rule, on=("environment",)),))
    assert outcomes(check, seen(Door(open=False), module())) == [Outcome.INCONCLUSIVE]


def test_a_join_is_made_over_the_coordinates_that_both_have():
    def judged(case):
        yield case.holds(case.one(Rule).fact.may_be_open, "agreed", "not agreed")

    check = door_check(joins=(Need(fact=Rule),), judge=judged)
    facts = [
        seen(Door(open=True), module("cdrs")),
        seen(Door(open=True), module("tokens")),
        seen(Rule(may_be_open=True), module("cdrs")),
        seen(Rule(may_be_open=False), module("tokens")),
    ]
    by_module = {f.subject.coordinates()["module"]: f.outcome for f in judge([check], FactStore(facts), ["prod"])}
    assert by_module == {"cdrs": Outcome.PASS, "tokens": Outcome.FAIL}


def test_a_pass_on_a_join_that_was_seen_in_part_is_not_a_pass():
    def judged(case):
        yield case.passes("all rules agree")

    check = door_check(joins=(Need(fact=Rule, on=("environment",)),), judge=judged)
    seen_part = [seen(Door(open=True), module()), seen(Rule(may_be_open=True), module())]
    assert outcomes(check, *seen_part) == [Outcome.PASS]
    assert outcomes(check, *seen_part, blank(Rule, module("tokens"))) == [Outcome.INCONCLUSIVE]


def test_a_fail_stands_where_only_a_part_of_a_join_was_seen():
    check = door_check(joins=(Need(fact=Rule, on=("environment",)),))
    rules = seen(Rule(may_be_open=False), module("a")), blank(Rule, module("b"))
    assert outcomes(check, seen(Door(open=True), module()), *rules) == [Outcome.FAIL]


def test_a_check_is_not_asked_where_one_of_its_joins_brought_nothing():
    asked = []

    def judged(case):
        asked.append(case)
        yield case.passes("said")

    joins = (Need(fact=Rule, on=("environment",)), Need(fact=Lock, on=("environment",)))
    check = door_check(joins=joins, judge=judged)
    rule = seen(Rule(may_be_open=True), module())
    assert outcomes(check, seen(Door(open=True), module()), rule) == [Outcome.INCONCLUSIVE]
    assert not asked


def test_joins_reach_other_identities_and_other_environments():
    def judged(case):
        yield case.holds(not case.all(Door), "nobody else sees it", "somebody else sees it")

    check = door_check(joins=(Need(fact=Door, speaker=Speaker.OTHER, required=False),), judge=judged)
    mine, theirs = seen(Door(open=True), module(), "a"), seen(Door(open=True), module(), "b")
    assert outcomes(check, mine) == [Outcome.PASS]
    assert outcomes(check, mine, theirs) == [Outcome.FAIL, Outcome.FAIL]
    elsewhere = seen(Door(open=True), module(environment="test"), "b")
    assert outcomes(check, mine, elsewhere) == [Outcome.PASS]
    across = replace(check, joins=(Need(fact=Door, speaker=Speaker.OTHER, required=False, all_environments=True),))
    assert outcomes(across, mine, elsewhere) == [Outcome.FAIL]


def test_grouped_cases_share_the_coordinates_of_the_group():
    check = door_check(group_by=("environment",))
    doors = [seen(Door(open=False), module(name)) for name in ("cdrs", "tokens", "sessions")]
    (finding,) = judge([check], FactStore(doors), ["prod"])
    assert finding.subject == EnvironmentSubject(environment="prod")
    assert finding.population.examined == 3


@pytest.mark.parametrize(
    "group_by, subjects",
    [
        (("environment", "endpoint"), [EndpointSubject(environment="prod", endpoint="main")]),
        (
            ("environment", "endpoint", "module"),
            [InterfaceSubject(environment="prod", endpoint="main", module=name) for name in ("cdrs", "tokens")],
        ),
        (
            ("environment", "endpoint", "version"),
            [InterfaceSubject(environment="prod", endpoint="main", version=v) for v in ("2.1.1", "2.2.1")],
        ),
    ],
)
def test_a_group_is_the_first_kind_of_subject_that_its_coordinates_name(group_by, subjects):
    places = [replace(module(name), version=version) for name in ("cdrs", "tokens") for version in ("2.1.1", "2.2.1")]
    found = judge([door_check(group_by=group_by)], FactStore([seen(Door(open=False), p) for p in places]), ["prod"])
    assert [finding.subject for finding in found] == subjects


def test_what_two_identities_saw_of_one_subject_is_judged_on_that_subject():
    facts = FactStore([seen(Door(open=False), module(), identity) for identity in ("a", "b")])
    (finding,) = judge([door_check(group_by=("version",))], facts, ["prod"])
    assert finding.subject == module()


def test_a_bug_in_a_check_is_inconclusive_and_is_told():
    told = []

    def broken(case):
        raise KeyError(case)

    check = door_check(judge=broken)
    (finding,) = judge([check], FactStore([seen(Door(open=True), module())]), ["prod"], lambda *bug: told.append(bug))
    assert finding.outcome is Outcome.INCONCLUSIVE
    assert "KeyError" in told[0][1]


BEST_FIRST = (Outcome.NOT_APPLICABLE, Outcome.NOT_TESTED, Outcome.PASS, Outcome.INCONCLUSIVE, Outcome.FAIL)


@pytest.mark.parametrize("better, worse", list(combinations(BEST_FIRST, 2)))
def test_of_two_verdicts_on_one_subject_the_worse_stands_and_it_is_told(better, worse):
    told = []

    def twice(outcomes):
        def judged(case):
            yield from (replace(case.passes("said"), outcome=outcome) for outcome in outcomes)

        return judged

    facts = FactStore([seen(Door(open=True), module())])
    for said in ((better, worse), (worse, better)):
        (finding,) = judge([door_check(judge=twice(said))], facts, ["prod"], lambda *bug: told.append(bug))
        assert finding.outcome is worse
    assert [check for check, _ in told] == ["door-shut", "door-shut"]


def test_a_check_that_says_nothing_is_inconclusive():
    assert outcomes(door_check(judge=lambda _case: ()), seen(Door(open=True), module())) == [Outcome.INCONCLUSIVE]


def test_a_does_not_apply_on_a_join_that_was_seen_in_part_is_doubted():
    def judged(case):
        yield case.not_applicable("no rule speaks of it")

    check = door_check(joins=(Need(fact=Rule, on=("environment",)),), judge=judged)
    part = [seen(Door(open=True), module()), seen(Rule(may_be_open=True), module()), blank(Rule, module("tokens"))]
    assert outcomes(check, *part) == [Outcome.INCONCLUSIVE]


def test_a_look_that_failed_weighs_more_than_one_that_nobody_took():
    check = door_check(joins=(Need(fact=Rule, on=("environment",)),))
    chosen, failed = blank(Rule, module("a"), Reason.NOT_PERMITTED), blank(Rule, module("b"))
    assert outcomes(check, seen(Door(open=True), module()), chosen, failed) == [Outcome.INCONCLUSIVE]


def test_groups_of_two_endpoints_do_not_share_a_fingerprint():
    def broken(case):
        raise KeyError(case)

    doors = [
        seen(Door(open=True), InterfaceSubject(environment="prod", endpoint=endpoint, module=name))
        for endpoint in ("a", "b")
        for name in ("cdrs", "tokens")
    ]
    check = door_check(group_by=("environment", "endpoint"), judge=broken)
    found = judge([check], FactStore(doors), ["prod"])
    assert [f.subject.coordinates()["endpoint"] for f in found] == ["a", "b"]


@pytest.mark.parametrize("outcome", [Outcome.PASS, Outcome.FAIL])
def test_a_verdict_without_evidence_cannot_be_made(outcome):
    with pytest.raises(ValueError, match="evidence"):
        Verdict(outcome=outcome, subject=module(), message="so it seems")


def test_a_fact_without_evidence_cannot_be_made():
    with pytest.raises(ValueError, match="evidence"):
        Seen(fact=Door(open=True), evidence=())


@pytest.mark.parametrize("facts", [(blank(Door, module()),), ()])
def test_of_what_was_not_seen_nothing_counts_as_examined(facts):
    (finding,) = judge([door_check()], FactStore(facts), ["prod"])
    assert str(finding.population) == "0 subjects"


def test_nothing_examined_is_no_pass():
    with pytest.raises(ValueError, match="nothing"):
        Verdict(
            outcome=Outcome.PASS, subject=module(), message="x", evidence=(EVIDENCE,), population=Population(examined=0)
        )


def test_one_thing_cannot_be_seen_in_two_ways():
    with pytest.raises(ConflictingObservation):
        FactStore([seen(Door(open=True), module()), seen(Door(open=False), module())])


def test_what_one_probe_saw_stands_over_what_another_could_not_see():
    sighting = seen(Door(open=True), module())
    unseen, other = blank(Door, module()), blank(Door, module(), Reason.TIMED_OUT)
    for order in ((sighting, unseen), (unseen, sighting)):
        assert list(FactStore(order)) == [sighting]
    assert list(FactStore([unseen, other])) == list(FactStore([other, unseen]))


NAMES = st.text(min_size=1, max_size=8, alphabet="abcdefgh-")


@given(st.lists(st.tuples(NAMES, st.booleans()), max_size=12, unique_by=lambda pair: pair[0]), st.integers())
def test_findings_do_not_depend_on_who_finished_first(doors, seed):
    observations = [seen(Door(open=is_open), module(name)) for name, is_open in doors]
    shuffled = observations[:]
    Random(seed).shuffle(shuffled)
    check = door_check()
    assert judge([check], FactStore(observations), ["prod"]) == judge([check], FactStore(shuffled), ["prod"])


@given(NAMES, NAMES, NAMES, st.text(max_size=20), st.text(max_size=20))
def test_a_fingerprint_depends_on_check_subject_and_field_path_only(check, name, path, message, other):
    def worded(text):
        def judged(case):
            yield case.fails(text or "x", field_path=path)

        return door_check(id=check, judge=judged, title=text or "t", remediation=text)

    facts = FactStore([seen(Door(open=True), module(name))])
    (first,), (second,) = judge([worded(message)], facts, ["prod"]), judge([worded(other)], facts, ["prod"])
    assert first.fingerprint == second.fingerprint == fingerprint(check, module(name), path)


def test_fingerprints_tell_subjects_paths_speakers_and_environments_apart():
    prints = {
        fingerprint("c", module()),
        fingerprint("c", module("tokens")),
        fingerprint("c", module(environment="test")),
        fingerprint("c", module(), "/id"),
        fingerprint("c", module(), identity="a"),
        fingerprint("d", module()),
    }
    assert len(prints) == 6
