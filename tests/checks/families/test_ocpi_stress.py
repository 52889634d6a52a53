"""The stress lab: each fault is found by its checks and no other, the service with its limits passes all of them."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml

from checks.catalog import CATALOG
from checks.model.finding import Finding
from checks.model.verdict import Outcome
from infra.service.faults import load
from scanner.model.effect import Mode
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.ocpi.stress import (
    STRESS_FACTS,
    BrokenBodiesSeen,
    Crowd,
    ExpensiveLoadSeen,
    GoodPartner,
    IdleConnectionsHeld,
    MalformedLoadSeen,
    Misframed,
    MisframedTreated,
    MixedLoadSeen,
    ReconnectsSeen,
    SlowBodiesHeld,
    SlowHeadersHeld,
    VolumeSeen,
)
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.subject import EndpointSubject
from scanner.model.witness import Witness
from tests.targets.busy_machine import seen_in_time
from tests.targets.protocol_runs import checks_with
from tests.targets.stressed import CHECKS, findings_of, limited_service, look, stressed_findings, stressed_target

EXPECTED = yaml.safe_load((Path(__file__).parents[2] / "expected_findings" / "stress.yaml").read_text())
LOADED: dict[str, set[type]] = {  # the loads that show a fault; `make verify` looks at each under all of them
    "no-throttle": {VolumeSeen, BrokenBodiesSeen},
    "throttle-without-retry-after": {VolumeSeen},
    "throttle-shared": {VolumeSeen, BrokenBodiesSeen},
    "throttle-breaks": {VolumeSeen, BrokenBodiesSeen},
    "throttle-locks-out": {VolumeSeen},
    "bad-limit-blocks": {MixedLoadSeen},
    "bad-limit-crashes": {MixedLoadSeen},
    "long-number-blocks": {MalformedLoadSeen},
    "long-number-crashes": {MalformedLoadSeen},
    "new-connection-blocks": {ReconnectsSeen},
    "new-connection-crashes": {ReconnectsSeen},
    "large-page-blocks": {ExpensiveLoadSeen},
    "large-page-crashes": {ExpensiveLoadSeen},
    "body-blocks": {BrokenBodiesSeen},
    "body-crashes": {BrokenBodiesSeen},
    "body-unlimited": {BrokenBodiesSeen},
    "body-lingers": {BrokenBodiesSeen},
    "endless-headers": {SlowHeadersHeld},
    "endless-bodies": {SlowBodiesHeld},
    "long-body-blocks": {SlowBodiesHeld},
    "few-connections": {SlowHeadersHeld, IdleConnectionsHeld},
}
ATTEMPTS = 5  # a starved machine may not manage, or serve, a load within a second
# what a starved machine turns red by itself, each time; `make verify` holds these to the table, too
BY_TIME = ("-isolated", "-harmless", "-recovers", "-leave-nothing")
BY_MESSAGE = "ocpi-stress-one-reading"  # misframed messages: a server that reads them twice is played below
QUIET = Crowd(asked=30, answered=30, p50_ms=10.0, p95_ms=12.0, p99_ms=12.0, longest_ms=13.0)
GOOD = GoodPartner(identity="b", apart=True, before=QUIET, during=QUIET, after=QUIET)
VOLUME = VolumeSeen(
    what="a list",
    per_second=60.0,
    seconds=6.0,
    agreed=20.0,
    load=Crowd(asked=360, answered=360),
    good=GOOD,
    first_throttled_s=None,
    recovered_after_s=0.1,
    watched_s=1.0,
    bytes_received=1,
    stopped=None,
    curve=(),
    curl="curl x",
)


REF = EvidenceRef(id="ev-1", sha256="0" * 64, path="evidence/0/0.json")


def findings_on(fact, ref=REF):
    facts = FactStore()
    key = FactKey(
        fact=type(fact),
        subject=EndpointSubject(environment="test", endpoint="main"),
        witness=Witness.PROTOCOL,
        identity="a",
    )
    facts.record(Observation(key=key, result=Seen(fact=fact, evidence=(ref,))))
    return findings_of(facts)


def judged(fact):
    return {f.check: f.outcome for f in findings_on(fact)}


def throttled(**changes):
    return judged(replace(VOLUME, **changes))["ocpi-stress-throttled"]


def volume_checks(**changes):
    return {
        check.removeprefix("ocpi-stress-"): outcome for check, outcome in judged(replace(VOLUME, **changes)).items()
    }


def sound_findings() -> tuple[Finding, ...]:
    """Of the service with its limits; looked at again where the machine was too busy to serve anybody in time."""
    return seen_in_time(
        lambda attempt: stressed_findings(None, frozenset(STRESS_FACTS), attempt),
        lambda found: all(f.outcome is Outcome.PASS for f in found),
        ATTEMPTS,
    )


def test_the_table_names_every_fault_and_no_other():
    assert EXPECTED.keys() == LOADED.keys() == {fault.name for fault in load.FAULTS}


def test_every_check_is_in_the_catalogue_and_has_a_fault():
    assert set(CHECKS) <= set(CATALOG)
    faulty = {check for checks in EXPECTED.values() for check in checks}
    assert {check.id for check in CHECKS} == faulty | {BY_MESSAGE}


@pytest.mark.parametrize("fault", sorted(LOADED))
def test_a_fault_turns_exactly_the_checks_of_the_table_red_with_evidence(fault):
    found = seen_in_time(
        lambda attempt: stressed_findings(fault, frozenset(LOADED[fault]), attempt),
        lambda found: checks_with(found, Outcome.FAIL) == EXPECTED[fault],
        ATTEMPTS,
    )
    red = [f for f in found if f.outcome is Outcome.FAIL]
    seen, expected = set(checks_with(red, Outcome.FAIL)), set(EXPECTED[fault])
    assert expected <= seen
    assert not {check for check in seen - expected if not check.endswith(BY_TIME)}
    assert all(f.evidence and f.remediation and f.source and (f.reproduce or "").startswith("curl ") for f in red)


@pytest.mark.slow
@pytest.mark.parametrize("fault", sorted(LOADED.keys() - {"few-connections"}))  # every load needs more than those
def test_a_fault_turns_nothing_else_red_under_any_other_load(fault):
    red = seen_in_time(
        lambda attempt: checks_with(stressed_findings(fault, frozenset(STRESS_FACTS), attempt), Outcome.FAIL),
        lambda red: red == EXPECTED[fault],
        ATTEMPTS,
    )
    assert red == EXPECTED[fault]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_passes_on_the_service_with_its_limits(check):
    assert {f.outcome for f in sound_findings() if f.check == check.id} == {Outcome.PASS}


def test_where_the_good_partner_is_not_served_beforehand_nothing_is_told():
    with limited_service(requests_per_second=0.2, burst=2) as service, TemporaryDirectory() as folder:
        only = frozenset({VolumeSeen, SlowHeadersHeld})
        found = findings_of(look(stressed_target(service), service.tokens, Path(folder), only))
    of_these = {f.check: f for f in found if "selected" not in f.message}
    assert {f.outcome for f in of_these.values()} == {Outcome.INCONCLUSIVE}
    assert len(of_these) == 7
    assert all("nothing can be told" in f.message or "no module was found" in f.message for f in of_these.values())


@pytest.mark.parametrize("kind", [MixedLoadSeen, MalformedLoadSeen, ExpensiveLoadSeen])
@pytest.mark.parametrize("throttled, expected", [(55, Outcome.PASS), (56, Outcome.INCONCLUSIVE)])
def test_questions_that_were_throttled_show_nothing_of_what_they_ask(kind, throttled, expected):
    fields = {name: getattr(VOLUME, name) for name in VOLUME.__dataclass_fields__}
    load = Crowd(asked=60, answered=60 - throttled, throttled=throttled)
    of_these = [o for o in judged(kind(**{**fields, "load": load})).values() if o is not Outcome.NOT_TESTED]
    assert of_these == [expected] * 2


def test_without_mode_stress_nothing_was_tested():
    with limited_service() as service, TemporaryDirectory() as folder:
        target = replace(stressed_target(service), mode=Mode.OBSERVE)
        found = findings_of(look(target, service.tokens, Path(folder)))
    assert len(found) == len(CHECKS)
    assert {f.outcome for f in found} == {Outcome.NOT_TESTED}


def test_a_limit_that_nobody_agreed_or_nobody_exceeded_is_not_missed():
    assert throttled() is Outcome.FAIL
    assert throttled(agreed=None) is Outcome.INCONCLUSIVE
    assert throttled(per_second=25.0, load=Crowd(asked=150, answered=150)) is Outcome.INCONCLUSIVE
    assert throttled(stopped="interrupted", load=Crowd(asked=30, answered=30)) is Outcome.INCONCLUSIVE
    told = Crowd(asked=360, answered=300, throttled=60, told_when=60)
    assert throttled(agreed=None, load=told, first_throttled_s=1.0) is Outcome.PASS


def test_a_load_that_hardly_began_tells_nothing():
    outcomes = volume_checks(load=Crowd(asked=3, answered=3), stopped="no authorisation covers now")
    assert outcomes["volume-no-errors"] is outcomes["volume-isolated"] is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    "load, outcome",
    [
        (Crowd(asked=300, answered=0, throttled=100, refused=200), Outcome.PASS),
        (Crowd(asked=300, answered=0, throttled=100, refused=200, turned_away=199), Outcome.PASS),
        (Crowd(asked=300, answered=0, throttled=100, refused=200, turned_away=200), Outcome.INCONCLUSIVE),
        (Crowd(asked=300, answered=0, throttled=300), Outcome.INCONCLUSIVE),
    ],
)
def test_bodies_that_nobody_can_have_read_show_nothing(load, outcome):
    fields = {**{name: getattr(VOLUME, name) for name in VOLUME.__dataclass_fields__}, "first_throttled_s": 1.0}
    outcomes = judged(BrokenBodiesSeen(**{**fields, "load": load}))
    checks = ("no-errors", "isolated", "leave-nothing")
    assert {outcomes[f"ocpi-stress-bodies-{check}"] for check in checks} == {outcome}
    worse = replace(GOOD, during=replace(QUIET, answered=20), after=replace(QUIET, answered=20))
    outcomes = judged(BrokenBodiesSeen(**{**fields, "load": load, "good": worse}))
    assert outcomes["ocpi-stress-bodies-isolated"] is outcomes["ocpi-stress-bodies-leave-nothing"] is Outcome.FAIL


def test_one_partner_alone_cannot_show_that_another_is_served():
    assert volume_checks(good=replace(GOOD, apart=False))["volume-isolated"] is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    "during, outcome",
    [
        (QUIET, Outcome.PASS),
        (replace(QUIET, answered=29, unanswered=1), Outcome.PASS),
        (replace(QUIET, answered=28, unanswered=2), Outcome.FAIL),
        (replace(QUIET, asked=28, answered=28, not_sent=2), Outcome.FAIL),
        (replace(QUIET, p50_ms=200.0), Outcome.PASS),
        (replace(QUIET, p50_ms=400.0), Outcome.FAIL),
        (replace(QUIET, asked=50, answered=50, p95_ms=400.0), Outcome.PASS),
        (replace(QUIET, asked=0, answered=0), Outcome.INCONCLUSIVE),
    ],
)
def test_a_good_partner_suffers_from_lost_and_from_much_later_answers(during, outcome):
    assert volume_checks(good=replace(GOOD, during=during))["volume-isolated"] is outcome


def test_of_many_answers_the_slowest_few_in_a_hundred_tell():
    many = replace(QUIET, asked=60, answered=60)
    slow = GoodPartner(identity="b", apart=True, before=many, during=replace(many, p95_ms=400.0), after=many)
    assert volume_checks(good=slow)["volume-isolated"] is Outcome.FAIL


@pytest.mark.parametrize(
    "message, outcome",
    [
        (Misframed(what="w", statuses=(400,), ended=True), Outcome.PASS),
        (Misframed(what="w", statuses=(), ended=True), Outcome.PASS),
        (Misframed(what="w", statuses=(400,), ended=False), Outcome.FAIL),
        (Misframed(what="w", statuses=(404, 404), ended=True), Outcome.FAIL),
        (Misframed(what="w", statuses=(), ended=False), Outcome.FAIL),
    ],
)
def test_a_doubtful_message_ends_its_connection_or_is_found(message, outcome):
    assert judged(MisframedTreated(control=401, messages=(message,)))[BY_MESSAGE] is outcome


def test_nothing_is_judged_that_was_not_looked_for():
    assert {
        f.outcome for f in stressed_findings("no-throttle", frozenset(LOADED["no-throttle"]), 1) if "held" in f.message
    } == set()
    assert frozenset(STRESS_FACTS) == {check.looks_at.fact for check in CHECKS}
